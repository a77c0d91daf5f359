import { describe, expect, it } from 'vitest'
import { buildModel } from '../topology/build.js'
import type { HostModel } from '../topology/model.js'
import type { HostSpec } from '../topology/spec.js'
import { Containers, type ContainersOptions } from './containers.js'

class DockerDriverError extends Error {
  override readonly name = 'DockerDriverError'
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** A Docker that does what it is told and remembers it. */
class FakeEngine {
  readonly calls: string[] = []
  /** Tells a container's end. */
  readonly ends = new Map<string, (exitCode: number) => void>()
  /** Containers whose start waits until it is let go on. */
  readonly starting: (() => void)[] = []
  hold = false
  local = true
  broken: Error | undefined
  endsAtOnce = false
  running = true
  visible = true
  connectOptions: unknown

  get module() {
    return {
      isProcessOf: () => this.visible,
      ContainerEngine: {
        connect: (options: unknown) => {
          this.connectOptions = options
          return this.broken === undefined ? Promise.resolve(this as never) : Promise.reject(this.broken)
        },
      },
    } as never
  }

  get info() {
    return { local: this.local, endpoint: 'ssh://box' }
  }

  create({ image, name }: { image: string; name: string }) {
    this.calls.push(`create ${image}`)
    return Promise.resolve(this.container(name, true))
  }

  adopt(name: string) {
    this.calls.push(`adopt ${name}`)
    return Promise.resolve(this.container(name, false))
  }

  container(name: string, owned: boolean) {
    const { ends } = this
    const short = /-(\w+)-[0-9a-f]{6}-\d+$/.exec(name)?.[1] ?? name
    return {
      id: `id of ${short}`,
      name,
      owned,
      pid: this.endsAtOnce ? undefined : 1000 + this.calls.length,
      start: async () => {
        this.calls.push(`start ${short}`)
        if (this.hold) await new Promise<void>((resolve) => this.starting.push(resolve))
      },
      wait: () => Promise.resolve(3),
      state: () => Promise.resolve({ running: this.running, status: 'exited' }),
      ready: ({ readiness }: { readiness: unknown }) => {
        this.calls.push(`ready ${short} ${JSON.stringify(readiness)}`)
        return this.endsAtOnce ? Promise.reject(new DockerDriverError('not-ready', 'it ended with exit code 1; the end of its log: no')) : Promise.resolve()
      },
      events: async function* (this: void) {
        for (;;) yield await new Promise<{ action: string; exitCode: number }>((resolve) => ends.set(short, (exitCode) => resolve({ action: 'die', exitCode })))
      },
      remove: () => {
        this.calls.push(`remove ${short}`)
        return Promise.resolve()
      },
    }
  }

  close() {
    this.calls.push('close')
    return Promise.resolve()
  }
}

function lab(specs: Readonly<Record<string, HostSpec>>, options: Partial<ContainersOptions> = {}) {
  const engine = new FakeEngine()
  const hosts = [...buildModel({ networks: {}, hosts: specs }).hosts.values()]
  let loads = 0
  const containers = new Containers({
    docker: undefined, testbed: 'my lab', signal: new AbortController().signal, onPull: () => undefined,
    load: () => {
      loads += 1
      return Promise.resolve(engine.module)
    },
    ...options,
  })
  return { engine, hosts, containers, host: (name: string) => hosts.find((item) => item.name === name) as HostModel, loads: () => loads }
}

describe('the containers of a testbed', () => {
  it('load nothing as long as there is none', async () => {
    const { containers, loads, engine } = lab({})
    expect(await containers.start([])).toEqual([])
    await containers.ready([])
    await containers.close()
    expect(loads()).toBe(0)
    expect(engine.calls).toEqual([])
  })

  it('start four at a time, and their pids come in the order of the hosts', async () => {
    const { containers, engine, hosts, loads } = lab(Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`h${n}`, { image: `i${n}` }])))
    engine.hold = true
    const starting = containers.start(hosts)
    await expect.poll(() => engine.starting.length).toBe(4)
    engine.hold = false
    for (const go of engine.starting.splice(0)) go()
    const pids = await starting
    expect(pids).toHaveLength(6)
    expect(new Set(pids).size).toBeGreaterThan(1)
    expect(engine.calls.filter((call) => call.startsWith('start'))).toHaveLength(6)
    expect(loads()).toBe(1)
    expect(engine.connectOptions).toMatchObject({ testbed: expect.stringMatching(/^my lab-[0-9a-f]{6}$/) as string })
  })

  it('have names of their own, and are removed; those that were joined stay', async () => {
    const { containers, engine, hosts, host } = lab({ web: { image: 'x' }, db: { container: 'theirs-db' } })
    await containers.start(hosts)
    expect(containers.of(host('web')).name).toMatch(/^my-lab-web-[0-9a-f]{6}-1$/)
    for (const item of hosts) await containers.remove(item)
    expect(engine.calls.filter((call) => call.startsWith('remove'))).toHaveLength(1)
    expect(() => containers.of(host('web'))).toThrow('host "web" has no container')
    await Promise.all([containers.close(), containers.close()])
    expect(engine.calls.filter((call) => call === 'close')).toHaveLength(1)
    await expect(containers.start([host('web')])).rejects.toMatchObject({ code: 'closed' })
  })

  it('tell when they end by themselves, but not of an earlier run, and not after they were removed', async () => {
    const { containers, engine, host } = lab({ web: { image: 'x' }, db: { image: 'y' } })
    const news: unknown[] = []
    containers.onEnd = (...end) => news.push(end)
    await containers.start([host('web'), host('db')])
    engine.ends.get('web')?.(1)
    await new Promise(setImmediate)
    expect(news).toEqual([])
    engine.running = false
    engine.ends.get('web')?.(137)
    await new Promise(setImmediate)
    expect(news).toEqual([[host('web').namespace, 137]])
    await containers.remove(host('db'))
    engine.ends.get('db')?.(137)
    await new Promise(setImmediate)
    expect(news).toHaveLength(1)
  })

  it('that end at once are explained with their log', async () => {
    const { containers, engine, hosts } = lab({ web: { image: 'x' } })
    engine.endsAtOnce = true
    await expect(containers.start(hosts)).rejects.toMatchObject({ name: 'TestbedError', code: 'failed', message: 'host "web" (image x): it ended with exit code 1; the end of its log: no' })
  })

  it('that do not run cannot be joined', async () => {
    const { containers, engine, hosts } = lab({ db: { container: 'theirs' } })
    engine.running = false
    await expect(containers.start(hosts)).rejects.toMatchObject({ code: 'invalid', message: 'host "db" (container theirs): it does not run (exited): start it first, for example with "docker start theirs"' })
  })

  it('are refused where their processes are not to be seen', async () => {
    const { containers, engine, hosts } = lab({ web: { image: 'x' } })
    engine.visible = false
    await expect(containers.start(hosts)).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('is not to be seen on this machine') as string })
  })

  it('are refused on another machine, and without Docker', async () => {
    const far = lab({ web: { image: 'x' } })
    far.engine.local = false
    await expect(far.containers.start(far.hosts)).rejects.toMatchObject({ code: 'missing', message: expect.stringContaining('the Docker at ssh://box is on another machine') as string })
    expect(far.engine.calls).toEqual(['close'])
    for (const [theirs, ours] of [['missing', 'missing'], ['forbidden', 'missing'], ['invalid', 'invalid'], ['aborted', 'aborted']] as const) {
      const { containers, engine, hosts } = lab({ web: { image: 'x' } })
      engine.broken = new DockerDriverError(theirs, 'no')
      await expect(containers.start(hosts)).rejects.toMatchObject({ name: 'TestbedError', code: ours })
      await containers.close()
    }
  })

  it('become ready by what the topology says', async () => {
    const { containers, engine, hosts } = lab({ web: { image: 'x', ready: { port: 80, timeout: 5 } } })
    await containers.start(hosts)
    await containers.ready(hosts)
    expect(engine.calls.at(-1)).toBe('ready web {"port":80,"timeoutMs":5}')
  })
})
