// A peer runs in a sandbox of its own, so that it cannot leave anything on the machine, whatever happens to it or to us.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { descendants, gone } from './processes.mjs'

/** Where Debian's programs are, and nothing else: a longer PATH would cost the peers time. */
export const plainEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/', LC_ALL: 'C', PYTHONDONTWRITEBYTECODE: '1' }

const running = new Set()

/** Kills whatever still runs. */
export async function killAll() {
  await Promise.all([...running].map((program) => program.kill()))
}

/** A program that answers in lines of JSON, and takes orders as lines. */
export class Program {
  #child
  #answers
  #errors = ''

  /** @param files open as descriptors 3, 4 and so on: to be read as /dev/fd/3, /dev/fd/4 */
  constructor(argv, { files = [], env = plainEnvironment } = {}) {
    // A group of its own: Ctrl-C reaches us only. If we are killed, setpriv's setting kills it.
    this.#child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', ...argv], {
      cwd: '/',
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', ...files],
    })
    running.add(this)
    this.exited = once(this.#child, 'exit').finally(() => running.delete(this))
    this.exited.catch(() => undefined)
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#errors = (this.#errors + text).slice(-4000)))
    // It may be gone before it has read an order; then there is no answer, which is an error of its own.
    this.#child.stdin.on('error', () => undefined)
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  get pid() {
    return this.#child.pid
  }

  /** Its processes, itself among them. */
  get pids() {
    return [this.pid, ...descendants(this.pid)]
  }

  /** The next line that it prints. */
  async answer() {
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`It ended without an answer. ${this.#errors}`.trim())
    return JSON.parse(value)
  }

  order(words) {
    this.#child.stdin.write(`${words}\n`)
    return this.answer()
  }

  /** Kills it and all that it started, and waits until nothing of it is left. */
  async kill() {
    if (!running.has(this)) return
    const pids = this.pids
    // The first process of the sandbox, so that unshare stays until the kernel has collected all others.
    for (const pid of [pids[1], pids[0]]) if (pid !== undefined) tryKill(pid)
    await this.exited.catch(() => undefined)
    await gone(pids)
  }

  /** Kills the first process of its sandbox, with which the kernel kills all others, and waits until the last one is gone. */
  async killFirst() {
    const pids = this.pids
    tryKill(pids[1])
    await gone(pids.slice(1))
  }
}

function tryKill(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

/** A program as the first process of a sandbox with network, mounts and processes of its own. Needs root. */
export function sandboxed(argv, options) {
  const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc', '--kill-child=KILL']
  return new Program(['/usr/bin/unshare', ...namespaces, ...argv], options)
}

/** A file without a name: open for a child to read, and gone with the last process that has it open. */
export function namelessFile(content) {
  const folder = mkdtempSync(join(tmpdir(), 'streambed-bench-'))
  try {
    const path = join(folder, 'file')
    writeFileSync(path, content)
    return openSync(path, 'r')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs `work` with nameless files. */
export async function withFiles(contents, work) {
  const files = contents.map(namelessFile)
  try {
    return await work(files)
  } finally {
    files.forEach((fd) => closeSync(fd))
  }
}
