import type { Readable, Writable } from 'node:stream'
import { OvsError } from '../errors.js'

/** The arguments make no sense: printed with the way to `--help`. */
export class UsageError extends Error {}

/** What a command reads, writes, and is interrupted by. */
export interface CommandContext {
  readonly input: Readable
  /** Fires on SIGINT, SIGTERM and SIGHUP, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  /** Writes a line and waits until there is room for the next. */
  print(line: string): Promise<void>
}

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a command of this package: `--help` prints the usage, an error becomes one line on standard error and exit
 * status 1, an interruption ends the command in order with the status that shells expect, and a closed output (`| head`)
 * ends it silently.
 */
export async function runCommand(
  name: string,
  usage: string,
  command: (args: readonly string[], context: CommandContext) => Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2)
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const abort = new AbortController()
  let interruption: (typeof interruptions)[number] | undefined
  for (const signal of interruptions) {
    process.once(signal, () => {
      interruption = signal
      abort.abort(new Error(`interrupted by ${signal}`))
    })
  }
  let outputClosed = false
  process.stdout.on('error', () => {
    outputClosed = true
    abort.abort(new Error('nobody reads the output'))
  })
  try {
    process.exitCode = await command(args, {
      input: process.stdin,
      signal: abort.signal,
      print: (line) => write(process.stdout, `${line}\n`),
    })
  } catch (error) {
    if (!abort.signal.aborted) {
      process.stderr.write(`${name}: ${describe(error, name)}\n`)
      process.exitCode = 1
    }
  }
  if (interruption) process.exitCode = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[interruption]
  else if (outputClosed) process.exitCode = 0
  // Standard input that nobody reads to its end would keep the process.
  process.stdin.destroy()
}

function describe(error: unknown, name: string): string {
  if (error instanceof OvsError) return error.message
  if (error instanceof UsageError || isParseArgsError(error)) return `${error.message}; see ${name} --help`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

async function write(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed) throw new Error('nobody reads the output')
  if (stream.write(text)) return
  await new Promise<void>((resolve, reject) => {
    const done = (settle: () => void) => () => {
      stream.off('drain', onDrain).off('error', onEnd).off('close', onEnd)
      settle()
    }
    const onDrain = done(resolve)
    const onEnd = done(() => reject(new Error('nobody reads the output')))
    stream.once('drain', onDrain).once('error', onEnd).once('close', onEnd)
  })
}
