import { expect, it } from 'vitest'
import type { EngineEndpoint } from './endpoint.js'
import { engineError } from './engine-error.js'
import { SshError } from './ssh-agent.js'

const unix: EngineEndpoint = { type: 'unix', path: '/run/docker.sock' }
const tcp: EngineEndpoint = { type: 'tcp', host: 'box', port: 2376, certificates: undefined }
const tls: EngineEndpoint = { ...tcp, certificates: '/certs' }
const ssh: EngineEndpoint = { type: 'ssh', destination: 'me@box', port: undefined }
const refusal = (statusCode: number, message: string): object => ({ statusCode, json: { message } })

it.each<[string, EngineEndpoint, object, string, RegExp]>([
  ['a refusal', unix, refusal(409, 'in use'), 'conflict', /^cannot start it: in use$/],
  ['a socket that is forbidden', unix, { code: 'EACCES' }, 'forbidden', /may not use Docker's socket unix:\/\/\/run\/docker.sock: .*usermod -aG docker/],
  ['a socket that is not there', unix, { code: 'ENOENT' }, 'missing', /no Docker at unix:.*apt-get install/],
  ['a port that nobody listens on', tcp, { code: 'ECONNREFUSED' }, 'missing', /no Docker at tcp:\/\/box:2376 .*let dockerd listen there/],
  ['TLS that was not asked for', tcp, refusal(400, 'Client sent an HTTP request to an HTTPS server.'), 'missing', /speaks TLS only: set DOCKER_TLS_VERIFY=1/],
  ['a server that is not the one', tls, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' }, 'forbidden', /ca.pem stands for, of \/certs/],
  ['a client that is not known', tls, { message: 'error:0A000412:SSL routines::sslv3 alert bad certificate\n' }, 'forbidden', /does not accept cert.pem, of \/certs .*bad certificate\)$/],
  ['ssh that does not get there', ssh, new SshError(255, 'ssh me@box exited with code 255: Permission denied'), 'missing', /no Docker at ssh:\/\/me@box: .*Permission denied; see to it that ssh/],
  ['another machine without Docker', ssh, new SshError(127, 'ssh me@box exited with code 127: docker: not found'), 'missing', /needs the program `docker`/],
  ['another server', tcp, { code: 'HPE_INVALID_CONSTANT', message: 'Parse Error', rawPacket: Buffer.from('SSH-2.0-x\r\n') }, 'missing', /is no Docker: it says "SSH-2.0-x"$/],
  ['anything else', tcp, { code: 'ECONNRESET', message: 'socket hang up' }, 'docker', /^cannot start it: the connection to tcp:\/\/box:2376 failed \(socket hang up\)$/],
])('tells %s', (_, endpoint, cause, code, message) => {
  expect(engineError(cause, 'start it', endpoint)).toMatchObject({ code, message: expect.stringMatching(message) as string })
})
