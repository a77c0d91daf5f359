import { ExecRun, type ExecResult } from '@streambed/linux'
import { constants } from 'node:os'
import type { ContainerExecOptions } from './container.js'
import { signalExec } from './exec-signal.js'
import { couldNotStart, demultiplex, endedState, notStarted, startExec, type ExecState, type ExecTarget } from './exec-start.js'

/** How it ended, in the words of a namespace host: Docker tells a signal as 128 and its number, which is taken for one only when we sent it. */
export function exitOf({ exitCode }: Pick<ExecState, 'exitCode'>, sent: ReadonlySet<NodeJS.Signals>): { readonly code: number | null; readonly signal: NodeJS.Signals | null } {
  const code = exitCode ?? 0
  for (const signal of sent) if (code === 128 + constants.signals[signal]) return { code: null, signal }
  return { code, signal: null }
}

/** Runs a program in a container to its end, as `execIn` of @streambed/linux does in a namespace. */
export async function execInContainer(target: ExecTarget, argv: readonly string[], options: ContainerExecOptions = {}): Promise<ExecResult> {
  const run = new ExecRun(argv, target.where, options)
  const { input, env, cwd, user } = options
  const child = await startExec(target, { argv, env, cwd, user, stdin: input !== undefined })
  const sent = new Set<NodeJS.Signals>()
  run.begin({
    kill: (signal) => {
      sent.add(signal)
      void signalExec(target, child, signal).catch(() => undefined)
    },
    // Its container is frozen, or Docker does not answer.
    giveUp: () => child.socket.destroy(),
  })
  demultiplex(child.socket, (stream, bytes) => run.take(stream, bytes))
  if (input !== undefined) child.socket.end(input)
  let state: ExecState | undefined
  try {
    await new Promise<void>((resolve) => {
      child.socket.once('end', resolve)
      child.socket.once('close', resolve)
    })
    const isGivenUp = run.stopped && child.socket.destroyed && !child.socket.readableEnded
    state = isGivenUp ? undefined : await endedState(target, child.execId, argv)
  } catch (error) {
    if (!run.stopped) throw error
  } finally {
    run.end()
    child.socket.destroy()
  }
  if (state !== undefined && !run.stopped && couldNotStart(state)) throw notStarted(run.stdout, `run ${run.command}`, state.exitCode)
  return run.result(state === undefined ? { code: null, signal: 'SIGKILL' } : exitOf(state, sent))
}
