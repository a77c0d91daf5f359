// What the scripts of this folder share.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The folder of the repository, without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

/** Whether the module is the program that was started, not one that it imports. */
export function isMain(meta) {
  return process.argv[1] !== undefined && meta.url === pathToFileURL(process.argv[1]).href
}

/** Something that the person at the keyboard can act on: printed as one sentence, without a stack. */
export class Advice extends Error {}

/** Runs the program that a script is; an `Advice` ends it with its sentence and exit code 1. */
export async function main(program) {
  try {
    process.exitCode = (await program()) ?? 0
  } catch (error) {
    if (!(error instanceof Advice)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

/**
 * Runs a command on this terminal, without standard input, and answers its exit code. Where we are interrupted, the
 * command is too (with everything that it started, if `detached`), and after its end this throws an `Advice`, so that
 * callers clean up and go no further.
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
  let interrupted
  const interrupt = (signal) => {
    interrupted = signal
    if (options.detached) process.kill(-child.pid, signal)
    // A terminal sends Ctrl-C to the child as well; a signal that was sent to us alone has to be passed on.
    else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, interrupt)
  try {
    const [code, signal] = await once(child, 'exit')
    if (interrupted) throw new Advice(`Interrupted (${interrupted}).`)
    return code ?? 128 + constants.signals[signal]
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}
