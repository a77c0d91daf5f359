import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Daemons are in /usr/sbin, which the PATH of an ordinary user may lack. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** A small schema, with a constraint and an index to break. */
export const schema = {
  name: 'Shop',
  version: '1.0.0',
  tables: {
    Item: {
      columns: {
        name: { type: 'string' },
        price: { type: { key: { type: 'integer', minInteger: 0 } } },
      },
      indexes: [['name']],
      isRoot: true,
    },
  },
} as const

/** The same with one column more. */
export const widerSchema = {
  ...schema,
  version: '1.1.0',
  tables: { Item: { ...schema.tables.Item, columns: { ...schema.tables.Item.columns, colour: { type: 'string' } } } },
}

/** The three files that one side of a TLS connection needs. */
export interface TlsFiles {
  readonly privateKey: string
  readonly certificate: string
  readonly ca: string
}

/** A directory for servers that are killed with it. */
export class Workshop {
  readonly dir: string
  readonly #servers: PrivateOvsdb[] = []

  private constructor(dir: string) {
    this.dir = dir
  }

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(join(tmpdir(), 'ovsdb-e2e-')))
  }

  /** A server on an own database and the unix socket `<name>.sock`, and on further remotes. */
  async server(name: string, remotes: readonly string[] = [], tls?: TlsFiles): Promise<PrivateOvsdb> {
    const server = new PrivateOvsdb(this.dir, name, remotes, tls)
    this.#servers.push(server)
    await server.create()
    await server.start()
    return server
  }

  /** An authority, and keys that it vouches for. */
  async tls<const Names extends readonly string[]>(...names: Names): Promise<Record<Names[number], TlsFiles>> {
    const file = (name: string) => join(this.dir, name)
    const openssl = (...args: string[]) => run('openssl', args)
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    await openssl('req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=authority')
    const made: Record<string, TlsFiles> = {}
    for (const name of names) {
      const [privateKey, certificate, request] = [file(`${name}.key`), file(`${name}.pem`), file(`${name}.csr`)]
      await openssl('req', ...key, '-keyout', privateKey, '-out', request, '-subj', `/CN=${name}`)
      const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2']
      await openssl('x509', '-req', '-in', request, ...signed, '-out', certificate)
      made[name] = { privateKey, certificate, ca: file('ca.pem') }
    }
    return made as Record<Names[number], TlsFiles>
  }

  /** Kills every server. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()))
    await rm(this.dir, { recursive: true })
  }
}

/** An ovsdb-server that can be killed, stopped and started again. */
export class PrivateOvsdb {
  readonly socket: string
  readonly database: string
  readonly control: string
  readonly #remotes: readonly string[]
  readonly #tls: TlsFiles | undefined
  #child: ChildProcess | undefined
  #log = ''

  constructor(dir: string, name: string, remotes: readonly string[], tls: TlsFiles | undefined) {
    this.socket = join(dir, `${name}.sock`)
    this.database = join(dir, `${name}.db`)
    this.control = join(dir, `${name}.ctl`)
    this.#remotes = remotes
    this.#tls = tls
  }

  get unix(): string {
    return `unix:${this.socket}`
  }

  /** The port of `ptcp:0` or `pssl:0`, the first or a later one. */
  port(at = 0): number {
    const port = [...this.#log.matchAll(/listening on port (\d+)/g)][at]?.[1]
    if (port === undefined) throw new Error(`no port in the log: ${this.#log}`)
    return Number(port)
  }

  async create(): Promise<void> {
    const text = `${this.database}.schema`
    await writeFile(text, JSON.stringify(schema))
    await run('ovsdb-tool', ['create', this.database, text])
  }

  /** Starts, or starts again, and resolves when the socket is there. */
  async start(): Promise<void> {
    const { privateKey, certificate, ca } = this.#tls ?? {}
    this.#log = ''
    const child = spawn(
      'ovsdb-server',
      [
        ...[`punix:${this.socket}`, ...this.#remotes].map((remote) => `--remote=${remote}`),
        `--unixctl=${this.control}`,
        '--no-chdir',
        '-vconsole:info',
        ...(privateKey ? [`--private-key=${privateKey}`, `--certificate=${certificate}`, `--ca-cert=${ca}`] : []),
        this.database,
      ],
      { env, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    this.#child = child
    const { stderr } = child
    const ready = new Promise<void>((resolve, reject) => {
      stderr.on('data', (text) => {
        this.#log += text
        if (this.#log.includes('ovsdb-server (Open vSwitch)')) resolve()
      })
      child.once('exit', () => reject(new Error(`ovsdb-server ended: ${this.#log}`)))
    })
    await ready
  }

  /** Kills the server; its data stays. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  /** Keeps the server from doing anything, as a machine that hangs. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Runs `ovsdb-client` on the server: an independent witness. */
  async client(command: string, ...args: string[]): Promise<string> {
    return await run('ovsdb-client', [command, this.unix, ...args])
  }

  async appctl(...args: string[]): Promise<string> {
    return await run('ovs-appctl', ['-t', this.control, ...args])
  }
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { env })
  return stdout
}
