import { checkAborted, checkArgv, hostProcess, type HostProcess, type ProcessExit } from '@streambed/linux'
import { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerSpawnOptions } from './container.js'
import { exitOf } from './exec.js'
import { signalExec } from './exec-signal.js'
import { couldNotStart, demultiplex, endedState, execState, notStarted, startExec, type ExecState, type ExecTarget } from './exec-start.js'

/** Bytes of each output that are kept while nobody reads; then the program has to wait, as at a full pipe. */
const BUFFER = 256 * 1024

/** Starts a program in a container and answers when it has begun, as `spawnIn` of @streambed/linux does in a namespace. */
export async function spawnInContainer(target: ExecTarget, argv: readonly string[], options: ContainerSpawnOptions = {}): Promise<HostProcess> {
  checkArgv(argv)
  const { signal, env, cwd, user } = options
  const command = `"${argv.join(' ')}" in ${target.where}`
  checkAborted(signal, command)

  // Its end is told by an event too: the connection does not end while nobody reads what it wrote.
  const early = new Map<string, number>()
  const started: { execId?: string } = {}
  let onDie = (_code: number): void => undefined
  const unsubscribe = await target.hub.subscribe((event) => {
    if (event.containerId !== target.id || event.action !== 'exec_die' || event.execId === undefined || event.exitCode === undefined) return
    if (started.execId === undefined) early.set(event.execId, event.exitCode)
    else if (event.execId === started.execId) onDie(event.exitCode)
  })
  const child = await startExec(target, { argv, env, cwd, user, stdin: options.stdin === true }).catch((error: unknown) => {
    unsubscribe()
    throw error
  })
  started.execId = child.execId
  const { socket } = child
  const { stdout, stderr, stdin } = streamsOf(socket, options.stdin === true)

  const sent = new Set<NodeJS.Signals>()
  let ended = false
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    const finish = (state: Pick<ExecState, 'exitCode'>): void => {
      if (ended) return
      ended = true
      unsubscribe()
      stdin?.destroy()
      resolve(exitOf(state, sent))
    }
    onDie = (exitCode) => finish({ exitCode })
    const died = early.get(child.execId)
    if (died !== undefined) finish({ exitCode: died })
    const onEnd = (): void => {
      endedState(target, child.execId, argv).then(finish, (error: unknown) => {
        if (ended) return
        ended = true
        unsubscribe()
        reject(error as Error)
      })
    }
    socket.once('end', onEnd)
    socket.once('close', onEnd)
  })
  exited.catch(() => undefined)

  const state = await begun(target, child.execId).catch((error: unknown) => {
    unsubscribe()
    socket.destroy()
    throw error
  })
  if (couldNotStart(state)) {
    unsubscribe()
    let said = ''
    for await (const chunk of stdout) said += String(chunk)
    throw notStarted(said, `run ${command}`, state.exitCode)
  }

  const running = hostProcess({
    pid: state.pid,
    argv,
    stdin,
    stdout,
    stderr,
    exited,
    signal: async (which) => {
      sent.add(which)
      return await signalExec(target, child, which)
    },
    abort: signal,
  })
  return {
    ...running,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      socket.destroy()
    },
  }
}

/** Waits until Docker has begun it, or could not: nothing tells, it has to be asked. */
async function begun(target: ExecTarget, execId: string): Promise<ExecState> {
  for (let pause = 4; ; pause = Math.min(pause + 4, 20)) {
    const state = await execState(target, execId)
    if (state.pid !== 0 || state.exitCode !== null) return state
    await sleep(pause)
  }
}

/** The three streams that one connection carries. */
function streamsOf(socket: NodeJS.ReadWriteStream & { destroyed?: boolean; destroy?: () => void }, withStdin: boolean): { readonly stdout: Readable; readonly stderr: Readable; readonly stdin: Writable | null } {
  const full = new Set<Readable>()
  const resume = (stream: Readable): void => {
    if (full.delete(stream) && full.size === 0) socket.resume()
  }
  const output = (): Readable => {
    const stream: Readable = new Readable({ highWaterMark: BUFFER, read: () => resume(stream), destroy: (error, done) => {
      // Nobody will read it: it must not hold up the other one.
      resume(stream)
      done(error)
    } })
    stream.on('error', () => undefined)
    return stream
  }
  const stdout = output()
  const stderr = output()
  demultiplex(socket as never, (name, bytes) => {
    const stream = name === 'stdout' ? stdout : stderr
    if (stream.destroyed || stream.push(bytes)) return
    full.add(stream)
    socket.pause()
  })
  let over = false
  const end = (): void => {
    if (over) return
    over = true
    for (const stream of [stdout, stderr]) if (!stream.destroyed) stream.push(null)
  }
  socket.once('end', end)
  socket.once('close', end)
  const stdin = withStdin
    ? new Writable({
        write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done as never),
        final: (done) => void socket.end(done),
      })
    : null
  stdin?.on('error', () => undefined)
  return { stdout, stderr, stdin }
}
