import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { DockerNetworkDriver } from '../dist/index.js'
import { Docker, dockerSocket } from './world/docker.js'
import { OpenVswitch } from './world/ovs.js'
import { descendantsOf, run, until, whyNotHere } from './world/program.js'

// Docker is killed while a call of its holds: what the call had begun is undone, and all is well when Docker is back.
const reason = whyNotHere()

describe.skipIf(reason !== undefined)('a Docker that is killed', { timeout: 120_000 }, () => {
  let docker: Docker
  let ovs: OpenVswitch
  let driver: DockerNetworkDriver
  let log: string[] = []
  beforeAll(async () => {
    ;[docker, ovs] = [new Docker(), new OpenVswitch()]
    await Promise.all([docker.begin(), ovs.begin()])
    driver = await DockerNetworkDriver.start({ docker: dockerSocket, onLog: ({ level, text }) => log.push(`${level}: ${text}`) })
    await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.userspace=true', '-o', 'ovs.bridge.mode=nat', '--subnet=10.9.0.0/24', 'lab')
    await until(() => driver.networks().some(({ name }) => name === 'lab'), 'the driver knows the name')
  })
  afterEach(() => {
    ovs.resume()
    vi.restoreAllMocks()
    log = []
  })
  afterAll(async () => {
    await docker.removeEverything()
    await driver.close()
    await Promise.all([docker.down(), ovs.down()])
  })

  const network = () => driver.networks()[0] as ReturnType<typeof driver.networks>[number]
  const containerLinks = async (): Promise<readonly string[]> => (await run('ip', '-o', 'link')).split('\n').flatMap((line) => /^\d+: ((?:odsve|ethc)[^:@]+)/.exec(line)?.[1] ?? [])
  const hostLink = async (): Promise<string> => (await containerLinks()).find((name) => name.startsWith('odsve')) ?? ''
  const portNumber = async (): Promise<string> => ovs.vsctl('--if-exists', 'get', 'Interface', await hostLink(), 'ofport').catch(() => '')
  const published = async (): Promise<boolean> => (await run('nft', 'list', 'table', 'inet', 'streambed-dovesnap')).includes('8080')
  /** What lets the packets of a container through. */
  const state = async () => ({ config: driver.control.config(), published: await published() })

  /** Calls back before a call of Docker's is carried out. Resolves with its signal when it is. */
  function before(call: 'createEndpoint' | 'join', prepare: () => unknown): Promise<AbortSignal> {
    const real = driver[call].bind(driver) as (request: object, context: { readonly signal: AbortSignal }) => Promise<never>
    return new Promise((resolve, reject) => {
      vi.spyOn(driver, call).mockImplementationOnce(async (request: object, context?: object) => {
        const { signal } = context as { readonly signal: AbortSignal }
        await Promise.resolve(prepare()).catch(reject)
        const work = real(request, { signal })
        resolve(signal)
        return work
      })
    })
  }

  /** Starts a container, which nobody will see the end of. */
  function start(): Promise<unknown> {
    return docker.cli('run', '--detach', '--init', '--name', 'con1', '-p', '8080:80', '--network', 'lab', 'streambed-busybox', 'sleep', '3600').catch((error: Error) => error)
  }

  /** Kills Docker, and lets go on what is held up when the call is given up. */
  async function kill(call: string, { signal, started, release }: { readonly signal: AbortSignal; readonly started: Promise<unknown>; readonly release: () => void }): Promise<void> {
    await docker.down('SIGKILL')
    expect(await started).toBeInstanceOf(Error)
    await until(() => signal.aborted, () => `the call is given up: ${log.join('\n')}`)
    expect(log.filter((line) => line.includes(`NetworkDriver.${call}`))).toEqual([])
    release()
    await until(() => log.some((line) => line.includes(`NetworkDriver.${call}`) && line.includes('does not wait')), () => `the call has ended: ${log.join('\n')}`)
  }

  /** Docker is back, the container can be started, and afterwards nothing of it is left. */
  async function allIsWell(): Promise<void> {
    await docker.up()
    await driver.reconcile()
    await docker.cli('start', 'con1')
    await docker.sleeper('con2', '--network', 'lab')
    const address = await docker.cli('inspect', '-f', '{{.NetworkSettings.Networks.lab.IPAddress}}', 'con1')
    expect(await docker.reaches('con2', address)).toBe(true)
    await docker.cli('rm', '--force', 'con1', 'con2')
    await until(async () => (await containerLinks()).length === 0, () => `no interface is left; ${log.join('\n')}`)
    expect(network().endpoints.size).toBe(0)
    expect((await ovs.vsctl('list-ports', network().bridge)).split('\n').filter((port) => port.startsWith('odsve'))).toEqual([])
  }

  /** The process that makes links for the driver. */
  const agent = (): number => {
    const found = descendantsOf(process.pid).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('agent'))
    return found.at(-1) as number
  }

  it('during CreateEndpoint leaves no interface', async () => {
    const wanted = await state()
    const pid = agent()
    const called = before('createEndpoint', () => process.kill(pid, 'SIGSTOP'))
    const started = start()
    await kill('CreateEndpoint', { signal: await called, started, release: () => process.kill(pid, 'SIGCONT') })
    expect(network().endpoints.size).toBe(0)
    expect(await containerLinks()).toEqual([])
    expect(await state()).toEqual(wanted)
    await allIsWell()
    expect(await state()).toEqual(wanted)
  })

  it('during Join, before the switch has the port, leaves the container out of the configuration', async () => {
    const wanted = await state()
    void before('createEndpoint', () => ovs.pause())
    const called = before('join', () => undefined)
    const started = start()
    await kill('Join', { signal: await called, started, release: () => ovs.resume() })
    expect([...network().endpoints.values()].map(({ joined }) => joined)).toEqual([undefined])
    expect(await state()).toEqual(wanted)
    await allIsWell()
    expect(await state()).toEqual(wanted)
  })

  it('during Join, while the switch is told of the container, takes all of it back', async () => {
    const wanted = await state()
    const called = before('join', async () => {
      await until(async () => /^\d+$/.test(await portNumber()), 'the port has its number')
      ovs.pause()
    })
    const started = start()
    const signal = await called
    await until(published, () => `its rules are there; ${log.join('\n')}`)
    await kill('Join', { signal, started, release: () => ovs.resume() })
    expect([...network().endpoints.values()].map(({ joined }) => joined)).toEqual([undefined])
    expect(await state()).toEqual(wanted)
    expect(await ovs.vsctl('get', 'Interface', (await hostLink()), 'external_ids')).not.toContain('con1')
    await allIsWell()
    expect(await state()).toEqual(wanted)
  })

  it('before a Join can be carried out leaves a container that may do nothing', async () => {
    const wanted = await state()
    const called = before('join', () => docker.down('SIGKILL'))
    const started = start()
    await called
    expect(await started).toBeInstanceOf(Error)
    await until(() => log.some((line) => line.includes('NetworkDriver.Join')), () => `the call has ended: ${log.join('\n')}`)
    expect([...network().endpoints.values()].map(({ joined }) => joined)).toEqual([undefined])
    expect(await state()).toEqual(wanted)
    await allIsWell()
    expect(await state()).toEqual(wanted)
  })
})
