import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { endpointText, parseEndpoint, transportTo, wellKnownEndpoints } from './endpoint.js'

it.each([
  ['/run/x.sock', {}, { type: 'unix', path: '/run/x.sock' }, 'unix:///run/x.sock'],
  ['unix:///run/x.sock', {}, { type: 'unix', path: '/run/x.sock' }, 'unix:///run/x.sock'],
  ['tcp://box', {}, { type: 'tcp', host: 'box', port: 2375, certificates: undefined }, 'tcp://box:2375'],
  ['tcp://[2001:db8::1]:99', {}, { type: 'tcp', host: '2001:db8::1', port: 99, certificates: undefined }, 'tcp://[2001:db8::1]:99'],
  ['tcp://box', { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }, { type: 'tcp', host: 'box', port: 2376, certificates: '/certs' }, 'tcp://box:2376'],
  ['ssh://me@box', {}, { type: 'ssh', destination: 'me@box', port: undefined }, 'ssh://me@box'],
  ['ssh://box:22022', {}, { type: 'ssh', destination: 'box', port: 22022 }, 'ssh://box:22022'],
])('%s', (text, environment, endpoint, back) => {
  expect(parseEndpoint(text, environment)).toEqual(endpoint)
  expect(endpointText(parseEndpoint(text, environment))).toBe(back)
})

it.each(['', 'docker', 'unix://', 'tcp://', 'ftp://box', 'npipe:////./pipe/docker'])('refuses "%s"', (text) => {
  expect(() => parseEndpoint(text, {})).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(`(got "${text}")`) }))
})

it('looks at the places of Docker, rootless Docker and podman', () => {
  expect(wellKnownEndpoints({ XDG_RUNTIME_DIR: '/run/user/7', HOME: '/home/me' }).map(endpointText)).toEqual([
    'unix:///var/run/docker.sock',
    'unix:///run/user/7/docker.sock',
    'unix:///home/me/.docker/run/docker.sock',
    'unix:///run/podman/podman.sock',
    'unix:///run/user/7/podman/podman.sock',
  ])
})

it('says which certificates are missing', () => {
  expect(() => transportTo({ type: 'tcp', host: 'box', port: 2376, certificates: '/nowhere' })).toThrow(expect.objectContaining({ code: 'missing', message: expect.stringMatching(/ca\.pem.*\/nowhere/) }))
})

it('takes certificates from an option, whatever the environment says', () => {
  const environment = { DOCKER_TLS_VERIFY: '', DOCKER_CERT_PATH: '/certs' }
  expect(parseEndpoint('tcp://box', environment, 'socket', '/mine')).toEqual({ type: 'tcp', host: 'box', port: 2376, certificates: '/mine' })
  expect(parseEndpoint('/run/x.sock', environment, 'socket', '/mine')).toEqual({ type: 'unix', path: '/run/x.sock' })
})

it('has agents that are printed in a word', () => {
  for (const endpoint of [{ type: 'unix', path: '/run/x.sock' }, { type: 'tcp', host: 'box', port: 1, certificates: undefined }, { type: 'ssh', destination: 'box', port: undefined }] as const) {
    expect(inspect(transportTo(endpoint).options.agent, { showHidden: true, depth: null })).toBe('EngineAgent')
  }
})
