import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchPath } from '@streambed/linux'
import { DockerDriverError } from './errors.js'

/** What a program printed, and how it ended. */
export interface ProgramResult {
  /** Exit code; -1 when a signal ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How to get the programs that this package runs. */
const packages: Readonly<Record<string, string>> = {
  nft: 'nftables', 'iptables-nft': 'iptables', iptables: 'iptables', ip: 'iproute2', nsenter: 'util-linux', setpriv: 'util-linux',
}

/**
 * Runs a program to its end, without a shell. Its exit code is for the caller to judge.
 * @param argv The program and its arguments.
 * @param input What it reads from its standard input.
 * @param options.file It gets a file for that, and no pipe: for programs that open /dev/stdin by its name, which fails for the sockets that Node.js makes.
 * @throws DockerDriverError `missing`: there is no such program. `timeout`: not done after 30 s, and killed.
 */
export function runProgram(argv: readonly [string, ...string[]], input = '', { file = false }: { readonly file?: boolean } = {}): Promise<ProgramResult> {
  const [program, ...args] = argv
  const env = { ...process.env, PATH: searchPath() }
  return new Promise((resolve, reject) => {
    const descriptor = file ? namelessFile(input) : undefined
    const child = spawn(program, args, { env, stdio: [descriptor ?? 'pipe', 'pipe', 'pipe'], timeout: 30_000, killSignal: 'SIGKILL' })
    if (descriptor !== undefined) closeSync(descriptor)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program that ends before it has read everything says why by its exit code.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    child.once('error', (cause: NodeJS.ErrnoException) => { reject(startError(program, cause)) })
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') reject(new DockerDriverError('timeout', `${argv.join(' ')} was not done after 30 s.`))
      else resolve({ code: code ?? -1, stdout, stderr })
    })
  })
}

/** A file without a name: gone when nobody has it open any more. */
function namelessFile(content: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'streambed-'))
  try {
    const path = join(folder, 'input')
    writeFileSync(path, content, { mode: 0o600 })
    return openSync(path, 'r')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function startError(program: string, cause: NodeJS.ErrnoException): DockerDriverError {
  if (cause.code !== 'ENOENT') return new DockerDriverError('kernel', `${program} could not be started: ${cause.message}.`, { cause })
  const where = packages[program]
  return new DockerDriverError('missing', `The program ${program} is not there${where ? `: install the package ${where}` : ''}.`, { cause })
}
