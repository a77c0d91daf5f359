import { mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ContainerEngine } from '@streambed/docker-driver'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OtherMachine } from './world/other-machine.js'
import { run, whyNotHere } from './world/program.js'
import { tour, tourMs, tourProgram, unreachable } from './world/tour.js'

// Docker of another machine: by TCP with TLS, and by ssh.
const reason = whyNotHere()
const program = fileURLToPath(new URL(`../../../${tourProgram}`, import.meta.url))

describe.skipIf(reason !== undefined)('the Docker of another machine', () => {
  const other = new OtherMachine()
  beforeAll(() => other.begin())
  afterAll(() => other.end())

  it('does what the one of this machine does, by TLS, as the environment says', { timeout: tourMs }, async () => {
    const variables = { DOCKER_HOST: other.tcp, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: other.certificates }
    const start = (...args: string[]): Promise<string> => run('env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), process.execPath, program, ...args)
    await tour(start, '', { info: { endpoint: other.tcp, local: false, podman: false, rootless: false }, other: unreachable, steps: ['made', 'exec', 'spawn', 'logs', 'files', 'readiness', 'life', 'adopt', 'reaper', 'closed'] })
    expect(await other.docker('ps', '--all', '--quiet')).toBe('')
    expect(await other.docker('volume', 'ls', '--quiet')).toBe('')
  })

  it('does so by ssh', { timeout: tourMs }, async () => {
    await tour((...args) => run(process.execPath, program, ...args), other.ssh, { info: { endpoint: other.ssh, local: false }, steps: ['made', 'exec', 'spawn', 'logs', 'files', 'closed'] })
    expect(await other.docker('ps', '--all', '--quiet')).toBe('')
  })

  it('is reached with certificates by option, and so is it by what cleans up after a dead process', async () => {
    await using engine = await ContainerEngine.connect({ socket: other.tcp, certificates: other.certificates })
    expect(engine.info.engineId).toBe(await other.docker('info', '--format', '{{.ID}}'))
    const script = `
      const { ContainerEngine } = await import('${import.meta.resolve('@streambed/docker-driver')}')
      const engine = await ContainerEngine.connect(${JSON.stringify({ socket: other.tcp, certificates: other.certificates })})
      const container = await engine.run({ image: 'streambed-busybox', command: ['sleep', '3600'] })
      console.log(container.id)
      process.kill(process.pid, 'SIGKILL')`
    // By SIGKILL, of which `run` tells as of a failure.
    await run('sh', '-c', '"$@" >/run/lab/id; true', 'sh', process.execPath, '--input-type=module', '--eval', script)
    const id = await run('cat', '/run/lab/id')
    const container = await engine.adopt(id)
    await container.wait()
    await expect.poll(() => engine.adopt(id).then(() => 'there', ({ code }: { readonly code: string }) => code), { timeout: 20_000 }).toBe('not-found')
  })

  it('says what is wrong with a connection', async () => {
    const connect = (socket: string, certificates?: string): Promise<string> => ContainerEngine.connect({ socket, certificates }).then(async (engine) => engine.close().then(() => 'connected'), ({ code, message }: { readonly code: string; readonly message: string }) => `${code}: ${message}`)
    const empty = mkdtempSync('/tmp/sb-tls-')
    const strange = mkdtempSync('/tmp/sb-tls-')
    try {
      await run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=stranger', '-keyout', `${strange}/key.pem`, '-out', `${strange}/cert.pem`)
      await run('cp', `${strange}/cert.pem`, `${strange}/ca.pem`)
      expect(await connect(other.tcp)).toMatch(/^missing: the Docker at tcp:\/\/10\.99\.0\.2:2376 speaks TLS only: set DOCKER_TLS_VERIFY=1/)
      expect(await connect(other.tcp, empty)).toMatch(/^missing: TLS to .* needs ca\.pem, cert\.pem and key\.pem in \/tmp/)
      expect(await connect(other.tcp, strange)).toMatch(/^forbidden: no TLS with .*: its certificate is not one that ca\.pem stands for, of \/tmp/)
      await run('cp', `${other.certificates}/ca.pem`, `${strange}/ca.pem`)
      expect(await connect(other.tcp, strange)).toMatch(/^forbidden: no TLS with .*: it does not accept cert\.pem, of \/tmp/)
      expect(await connect('tcp://10.99.0.2:2377', other.certificates)).toMatch(/^missing: there is no Docker at tcp:\/\/10\.99\.0\.2:2377 \(ECONNREFUSED\): let dockerd listen there/)
      expect(await connect('tcp://10.99.0.2:22')).toMatch(/^missing: what answers at tcp:\/\/10\.99\.0\.2:22 is no Docker: it says "SSH-2\.0/)
      expect(await connect('ssh://somebody@10.99.0.2')).toMatch(/^missing: there is no Docker at ssh:.* exited with code 255: .*Permission denied.*; see to it that ssh gets there without a question/)
      expect(await connect('ssh://me@10.99.0.2:2222')).toMatch(/^missing: .*Connection refused/)
      expect(await connect(other.ssh.replace('me', 'poor'))).toMatch(/^missing: .*exited with code 127: .*docker.*not found; the other machine needs the program `docker`/)
    } finally {
      for (const folder of [empty, strange]) rmSync(folder, { recursive: true })
    }
  })
})
