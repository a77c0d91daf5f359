import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LinuxError } from '@streambed/linux'
import { DockerDriverError } from '../errors.js'
import type { Container, ContainerState } from './container.js'
import type { EventHub } from './events.js'
import { listeningPorts, type ListeningPort } from './listening-ports.js'
import { isProcessOf } from './process-of.js'
import type { HttpReadiness, PortReadiness, Readiness } from './readiness.js'
import { tryHttp } from './try-http.js'

/** The container that is waited for. */
export interface Awaited {
  readonly container: Container
  readonly hub: EventHub
  readonly where: string
  /** The machine that published ports are on. */
  readonly engineHost: string
}

/** One thing that is waited for: `now` says how it stands. */
interface Condition {
  readonly run: (signal: AbortSignal) => Promise<void>
  readonly now: () => string
}

const DEFAULT_MS = 30_000
const LOG_LINES = 20
/** What a program in the container may take: one that hangs is tried again. */
const COMMAND_MS = 10_000

/** Waits until all that is asked for holds. @throws DockerDriverError `not-ready`, `aborted`, `invalid` */
export async function awaitReady(awaited: Awaited, readiness: Readiness, signal?: AbortSignal): Promise<void> {
  const { container, hub, where } = awaited
  const { timeoutMs = DEFAULT_MS } = readiness
  const stop = new AbortController()
  let onDie = (): void => undefined
  const died = new Promise<'died'>((resolve) => (onDie = () => resolve('died')))
  const health = { last: undefined as ContainerState['health'], wake: (): void => undefined }
  const unsubscribe = await hub.subscribe((event) => {
    if (event.containerId !== container.id) return
    // An event of a life before (podman tells late) is none of this one: it is asked.
    if (event.action === 'die') void container.state().then(({ running }) => running || onDie(), onDie)
    if (event.health !== undefined) {
      health.last = event.health
      health.wake()
    }
  })
  let timer: NodeJS.Timeout | undefined
  const onAbort = new Promise<'aborted'>((resolve) => signal?.addEventListener('abort', () => resolve('aborted'), { once: true, signal: stop.signal }))
  try {
    if (signal?.aborted === true) throw new DockerDriverError('aborted', `${where}: waiting was aborted`, { cause: signal.reason })
    const state = await container.state()
    if (!state.running) throw await ended(awaited, state)
    health.last ??= state.health
    if (readiness.health === true && state.health === undefined) throw new DockerDriverError('invalid', `readiness.health: the image of ${where} has no HEALTHCHECK; use port, log, command or http`)
    const conditions = conditionsOf(awaited, readiness, state, health)
    const pending = new Set(conditions)
    const all = Promise.all(conditions.map(async (condition) => {
      await condition.run(stop.signal)
      pending.delete(condition)
    })).then(() => 'ready' as const)
    all.catch(() => undefined)
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), timeoutMs)))
    const outcome = await Promise.race([all, died, late, onAbort])
    if (outcome === 'died') throw await ended(awaited, await container.state())
    if (outcome === 'aborted') throw new DockerDriverError('aborted', `${where}: waiting was aborted`, { cause: signal?.reason })
    if (outcome === 'late') {
      throw new DockerDriverError('not-ready', `${where} is not ready after ${timeoutMs} ms: ${[...pending].map(({ now }) => now()).join('; ')}.${await logEnd(container)}`)
    }
  } catch (error) {
    // A condition fails when its container ends under it.
    if (error instanceof DockerDriverError && error.code !== 'conflict' && error.code !== 'closed') throw error
    const state = await container.state().catch(() => undefined)
    throw state !== undefined && !state.running ? await ended(awaited, state) : error
  } finally {
    clearTimeout(timer)
    unsubscribe()
    stop.abort()
  }
}

/** The error for a container that has ended, with the end of its log. */
export async function ended({ container, where }: Pick<Awaited, 'container' | 'where'>, state: ContainerState): Promise<DockerDriverError> {
  const why = state.outOfMemory ? ' (out of memory)' : ''
  const hint = state.exitCode === 0 ? ' Its command came to its end: a container runs as long as its first process; give a command that stays.' : ''
  return new DockerDriverError('not-ready', `${where} ended with exit code ${state.exitCode ?? '?'}${why} instead of running.${hint}${await logEnd(container)}`)
}

/** The end of a log, to be appended to a message. */
export async function logEnd(container: Container): Promise<string> {
  try {
    const lines: string[] = []
    for await (const { line } of container.logs({ tail: LOG_LINES })) lines.push(line)
    return lines.length === 0 ? ' Its log is empty.' : ` The end of its log:\n${lines.join('\n')}`
  } catch (error) {
    return ` Its log cannot be read: ${(error as Error).message}`
  }
}

function conditionsOf(awaited: Awaited, readiness: Readiness, state: ContainerState, health: { last: ContainerState['health']; wake: () => void }): readonly Condition[] {
  const { container } = awaited
  const { port, log, command, http } = readiness
  const ports = port === undefined ? [] : Array.isArray(port) ? (port as readonly (number | PortReadiness)[]) : [port as number | PortReadiness]
  return [
    ...(ports.length === 0 ? [] : [portsCondition(container, state, ports.map((item) => (typeof item === 'number' ? { port: item } : item)))]),
    ...(log === undefined ? [] : [logCondition(container, state, log)]),
    ...(command === undefined ? [] : [commandCondition(container, command)]),
    ...(http === undefined ? [] : [httpCondition(awaited, state, http)]),
    ...(readiness.health === true ? [healthCondition(health)] : []),
  ]
}

function portsCondition(container: Container, { pid }: ContainerState, wanted: readonly PortReadiness[]): Condition {
  let seen: readonly ListeningPort[] = []
  const missing = (): readonly PortReadiness[] => wanted.filter(({ port, protocol = 'tcp' }) => !seen.some((item) => item.port === port && item.protocol === protocol))
  const show = (list: readonly PortReadiness[]): string => list.map(({ port, protocol = 'tcp' }) => `${port}/${protocol}`).join(', ')
  const visible = pid !== undefined && isProcessOf(pid, container.id)
  const read = async (protocol: 'tcp' | 'udp'): Promise<readonly ListeningPort[]> => {
    const files = [protocol, `${protocol}6`]
    if (visible) return listeningPorts((await Promise.all(files.map((file) => readFile(`/proc/${pid}/net/${file}`, 'utf8').catch(() => '')))).join('\n'), protocol)
    const { stdout } = await container.exec(['cat', ...files.map((file) => `/proc/net/${file}`)], { check: false, timeout: COMMAND_MS })
    return listeningPorts(stdout, protocol)
  }
  return {
    now: () => `nothing listens on ${show(missing())} (but on: ${show(seen) || 'none'})`,
    run: async (signal) => {
      const protocols = [...new Set(wanted.map(({ protocol = 'tcp' }) => protocol))]
      await until(signal, async () => {
        seen = (await Promise.all(protocols.map(read))).flat()
        return missing().length === 0
      })
    },
  }
}

function logCondition(container: Container, { finishedAt }: ContainerState, wanted: string | RegExp): Condition {
  // A global expression would go on from where it was.
  const expression = typeof wanted === 'string' ? undefined : new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ''))
  const matches = (line: string): boolean => (expression === undefined ? line.includes(wanted as string) : expression.test(line))
  return {
    now: () => `no line of its log ${expression === undefined ? `has ${JSON.stringify(wanted)}` : `matches ${String(expression)}`}`,
    run: async (signal) => {
      // What came after the run before, if there was one: the first line may be older than what Docker says about when this one began.
      for await (const { line } of container.logs({ follow: true, since: finishedAt, signal })) if (matches(line)) return
      // The log is over, and so is the container, which an event tells.
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    },
  }
}

function commandCondition(container: Container, argv: readonly string[]): Condition {
  let last = 'has not ended yet'
  return {
    now: () => `"${argv.join(' ')}" ${last}`,
    run: (signal) =>
      until(signal, async () => {
        try {
          const { code, stderr } = await container.exec(argv, { check: false, timeout: COMMAND_MS, signal })
          last = `exits with code ${code}${stderr.trim() === '' ? '' : ` (${stderr.trim().slice(-300)})`}`
          return code === 0
        } catch (error) {
          if (error instanceof LinuxError && error.code === 'timeout') {
            last = `does not end in ${COMMAND_MS} ms`
            return false
          }
          if (error instanceof LinuxError && error.code !== 'aborted') throw new DockerDriverError('invalid', `readiness.command: ${error.message}`, { cause: error })
          throw error
        }
      }),
  }
}

function healthCondition(health: { last: ContainerState['health']; wake: () => void }): Condition {
  return {
    now: () => `its HEALTHCHECK says ${health.last ?? 'nothing'}`,
    run: async (signal) => {
      signal.addEventListener('abort', () => health.wake(), { once: true })
      while (health.last !== 'healthy' && !signal.aborted) await new Promise<void>((resolve) => (health.wake = resolve))
    },
  }
}

function httpCondition({ container, engineHost, where }: Awaited, state: ContainerState, wanted: HttpReadiness): Condition {
  const url = `${wanted.tls === true ? 'https' : 'http'}://…:${wanted.port}${wanted.path ?? '/'}`
  let last = 'it was not asked yet'
  const now = (): string => `${url} is not answered as it should: ${last}`
  if (state.pid !== undefined && process.getuid?.() === 0 && isProcessOf(state.pid, container.id)) {
    return { now, run: (signal) => probeInside(state.pid as number, wanted, signal, (failure) => (last = failure)) }
  }
  const published = state.ports.find(({ port, protocol }) => port === wanted.port && protocol === 'tcp')
  const address = state.networks.find(({ ipv4 }) => ipv4 !== undefined)?.ipv4
  const [host, port] = published !== undefined ? [engineHost, published.hostPort] : [address, wanted.port]
  if (host === undefined) throw new DockerDriverError('invalid', `readiness.http: ${where} cannot be reached from here: it has no published port ${wanted.port} and no address, and its network can only be entered as root beside a local Docker. Publish the port, or use port or command`)
  return {
    now,
    run: (signal) =>
      until(signal, async () => {
        const failure = await tryHttp(host, { ...wanted, port })
        if (failure !== undefined) last = failure
        return failure === undefined
      }),
  }
}

/** A program that asks from within the container's network, until it is answered. */
function probeInside(pid: number, wanted: HttpReadiness, signal: AbortSignal, onFailure: (failure: string) => void): Promise<void> {
  const program = fileURLToPath(new URL('./containers/probe.js', import.meta.url))
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, '--', process.execPath, program, JSON.stringify(wanted)], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined)
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => onFailure(text.trim().split('\n').at(-1) ?? ''))
  signal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new DockerDriverError('missing', 'readiness.http needs the program nsenter: apt-get install util-linux', { cause })))
    // Another code than 0: the container has ended under it, or the time is over; both are told elsewhere.
    child.once('exit', (code) => code === 0 && resolve())
  })
}

/** Tries until it is so, or the signal fires: soon at first, then ten times a second. */
async function until(signal: AbortSignal, isSo: () => Promise<boolean>): Promise<void> {
  for (let pause = 5; !signal.aborted; pause = Math.min(pause * 2, 100)) {
    if (await isSo()) return
    await sleep(pause, undefined, { signal }).catch(() => undefined)
  }
}
