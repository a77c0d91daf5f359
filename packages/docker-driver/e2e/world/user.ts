import { appendFileSync, chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Daemon, run } from './program.js'

/** Its number and that of its group: nobody's on the machine, whose user database the world has changed for itself. */
const id = 54321
const become = ['--reuid', String(id), '--regid', String(id), '--clear-groups']
const checkout = fileURLToPath(new URL('../../../../', import.meta.url))

/** An ordinary user, known in this world only, with numbers for the users of its containers as `adduser` gives them. */
export class OrdinaryUser {
  readonly id = id
  readonly name = 'streambed'
  /** XDG_RUNTIME_DIR. */
  readonly runtime = `/run/user/${id}`
  #home = ''
  #node = ''

  /** Makes the user. */
  async begin(): Promise<void> {
    const database = '/run/lab/users'
    mkdirSync(database, { recursive: true })
    const lines = {
      passwd: `${this.name}:*:${id}:${id}::${(this.#home = mkdtempSync('/tmp/sb-home-'))}:/bin/sh`,
      group: `${this.name}:*:${id}:`,
      subuid: `${this.name}:600000:65536`,
      subgid: `${this.name}:600000:65536`,
    }
    for (const [file, line] of Object.entries(lines)) {
      if (!existsSync(`/etc/${file}`)) writeFileSync(`/etc/${file}`, '')
      copyFileSync(`/etc/${file}`, join(database, file))
      appendFileSync(join(database, file), `${line}\n`)
      await run('mount', '--bind', join(database, file), `/etc/${file}`)
    }
    // Not below /run, which a rootless Docker replaces by a copy of links; in memory, and gone with this world.
    await run('mount', '-t', 'tmpfs', 'streambed-tests', this.#home)
    // A checkout and a Node.js may be where an ordinary user does not get to, below /root for one.
    for (const [from, to] of [[checkout, '/run/lab/checkout'], [dirname(dirname(process.execPath)), '/run/lab/node']] as const) {
      mkdirSync(to, { recursive: true })
      await run('mount', '--bind', from, to)
    }
    this.#node = `/run/lab/node/bin/${process.execPath.split('/').at(-1)}`
    mkdirSync(this.runtime, { recursive: true })
    chmodSync(this.runtime, 0o700)
    chownSync(this.runtime, id, id)
    chownSync(this.#home, id, id)
  }

  /** Takes the home away; everything else ends with the world. */
  async end(): Promise<void> {
    await run('umount', '--lazy', this.#home)
    rmdirSync(this.#home)
  }

  get home(): string {
    return this.#home
  }

  get environment(): Readonly<Record<string, string>> {
    return { HOME: this.home, XDG_RUNTIME_DIR: this.runtime, USER: this.name, TMPDIR: '/tmp', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' }
  }

  /** Runs a program of the checkout, by its path in that, with Node.js as the user. */
  node(program: string, ...args: string[]): Promise<string> {
    return this.run({}, this.#node, join('/run/lab/checkout', program), ...args)
  }

  /** Runs a program as the user, with variables beside those of {@link environment}. */
  run(more: Readonly<Record<string, string>>, ...command: string[]): Promise<string> {
    const [program = '', ...args] = this.#command(command, more)
    return run(program, ...args)
  }

  /** Starts a program as the user. */
  daemon(more: Readonly<Record<string, string>>, ...command: string[]): Daemon {
    const [program = '', ...args] = this.#command(command, more)
    return new Daemon(program, args)
  }

  #command(command: readonly string[], more: Readonly<Record<string, string>>): readonly string[] {
    const variables = Object.entries({ ...this.environment, ...more }).map(([name, value]) => `${name}=${value}`)
    return ['setpriv', ...become, 'env', '--ignore-environment', '--chdir=/', ...variables, ...command]
  }
}
