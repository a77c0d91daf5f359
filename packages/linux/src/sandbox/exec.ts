import type { Readable } from 'node:stream'
import { ExecRun, type ExecOptions, type ExecResult } from './exec-run.js'
import { destroyStreams, spawnIn, type ProcessExit } from './host-process.js'
import type { Sandbox } from './sandbox.js'

/** How long the end of the output is waited for after the program has ended: something that it left running may hold it open. */
const DRAIN_MS = 200
/** What a pipe can hold at most (fs.pipe-max-size): more than that, after the program has ended, is not its own. */
const PIPE_CAPACITY = 1024 * 1024

/**
 * Runs a program in a namespace of the sandbox to its end.
 * @throws ExecError `exit`, `timeout`, `aborted`, `max-buffer`; LinuxError `not-found`, `invalid`, `closed`
 */
export async function execIn(sandbox: Sandbox, namespace: string, where: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const run = new ExecRun(argv, where, options)
  const { input, env, cwd } = options
  const child = await spawnIn(sandbox, namespace, argv, { env, cwd, stdin: input !== undefined })
  run.begin({ kill: (signal) => void child.kill(signal).catch(() => undefined) })
  const ended = (['stdout', 'stderr'] as const).map((name) => {
    child[name].on('data', (chunk: Buffer) => run.take(name, chunk))
    return endOf(child[name])
  })
  if (child.stdin !== null) child.stdin.end(input)
  let exit: ProcessExit
  try {
    exit = await child.exited
    await drained(ended, () => run.printed)
  } finally {
    run.end()
    destroyStreams(child)
  }
  return run.result(exit)
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve)
    stream.once('end', resolve)
  })
}

/**
 * Waits for the end of both streams, but not for ever for a background process that inherited them: what the program
 * itself wrote lies in the pipes when it has ended, and is there when a turn of the event loop has found them empty.
 */
async function drained(ended: readonly Promise<void>[], printed: () => number): Promise<void> {
  const atExit = printed()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), DRAIN_MS)))
  const outcome = await Promise.race([Promise.all(ended), late])
  clearTimeout(timer)
  if (outcome !== 'late') return
  for (let before = -1; before !== printed() && printed() - atExit <= ended.length * PIPE_CAPACITY; ) {
    before = printed()
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
