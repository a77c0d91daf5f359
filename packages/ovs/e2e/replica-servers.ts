import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PrivateOvsdb } from './private-ovsdb.js'

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
const run = async (command: string, ...args: string[]) => (await promisify(execFile)(command, args, { env })).stdout

const unlimited = { min: 0, max: 'unlimited' } as const

/** The schema of the campaign. Every conversion gives it another version, and every other one a column more. */
export function campaignSchema(version: number) {
  return {
    name: 'Campaign',
    version: `1.${version}.0`,
    tables: {
      State: { columns: { version: { type: 'integer' } }, isRoot: true, maxRows: 1 },
      Counter: { columns: { value: { type: 'integer' } }, isRoot: true, maxRows: 1 },
      Item: {
        columns: {
          name: { type: 'string' },
          n: { type: { key: 'integer' } },
          label: { type: { key: 'string', min: 0 } },
          tags: { type: { key: 'string', ...unlimited } },
          ext: { type: { key: 'string', value: 'string', ...unlimited } },
          ...(version % 2 === 1 ? { extra: { type: { key: 'integer', ...unlimited } } } : {}),
        },
        indexes: [['name']],
        isRoot: true,
      },
    },
  }
}

/** One server with a database of the campaign's schema, alone or a member of a cluster. */
class Member extends PrivateOvsdb {
  readonly address: string
  readonly #join: string | undefined
  readonly #clustered: boolean

  constructor(dir: string, name: string, clustered: boolean, joins?: string) {
    super(dir, name, [], undefined)
    this.address = `unix:${join(dir, `${name}.raft`)}`
    this.#clustered = clustered
    this.#join = joins
  }

  override async create(): Promise<void> {
    if (this.#join !== undefined)
      return void (await run('ovsdb-tool', 'join-cluster', this.database, 'Campaign', this.address, this.#join))
    const file = `${this.database}.schema`
    await writeFile(file, JSON.stringify(campaignSchema(0)))
    if (!this.#clustered) return void (await run('ovsdb-tool', 'create', this.database, file))
    await run('ovsdb-tool', '--election-timer=100', 'create-cluster', this.database, file, this.address)
  }
}

/** The servers of one database, in a directory of their own. */
export class CampaignServers {
  readonly #dir: string
  readonly #members: readonly Member[]
  #conversions = 0

  private constructor(dir: string, members: readonly Member[]) {
    this.#dir = dir
    this.#members = members
  }

  /** Starts one server, or a cluster of three. */
  static async start(count: 1 | 3): Promise<CampaignServers> {
    const dir = await mkdtemp(join(tmpdir(), 'replica-e2e-'))
    const first = new Member(dir, 's0', count > 1)
    const others = Array.from({ length: count - 1 }, (_, i) => new Member(dir, `s${i + 1}`, true, first.address))
    const servers = new CampaignServers(dir, [first, ...others])
    try {
      for (const member of servers.#members) {
        await member.create()
        await member.start()
      }
      for (const member of servers.#members) await run('ovsdb-client', '--timeout=20', 'wait', member.unix, 'Campaign', 'connected')
      return servers
    } catch (error) {
      await servers.stop()
      throw error
    }
  }

  get remotes(): readonly string[] {
    return this.#members.map(({ unix }) => unix)
  }

  /** Kills the server, or the leader of the cluster, with no warning. Starts it again. */
  async crash(): Promise<void> {
    const victim = await this.#leader()
    await victim.kill()
    await victim.start()
  }

  /** Ends every client's connection to every server. */
  async disconnect(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.appctl('ovsdb-server/reconnect')))
  }

  /** Changes the schema. */
  async convert(): Promise<void> {
    const file = join(this.#dir, 'convert.schema')
    await writeFile(file, JSON.stringify(campaignSchema(++this.#conversions)))
    await run('ovsdb-client', '--timeout=20', 'convert', this.remotes.join(','), file)
  }

  /** The rows of a table as `ovsdb-client` sees them, column by column in wire form: the independent witness. */
  async dump(table: string): Promise<Record<string, unknown>[]> {
    const text = await run('ovsdb-client', '--timeout=20', '--format=json', 'dump', this.remotes.join(','), 'Campaign', table)
    const { headings, data } = JSON.parse(text) as { headings: string[]; data: unknown[][] }
    return data.map((row) => Object.fromEntries(row.map((value, at) => [headings[at], value])))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.kill()))
    await rm(this.#dir, { recursive: true })
  }

  async #leader(): Promise<Member> {
    for (const member of this.#members.length > 1 ? this.#members : []) {
      const status = await member.appctl('cluster/status', 'Campaign').catch(() => '')
      if (/^Role: leader$/m.test(status)) return member
    }
    return this.#members[0] as Member
  }
}
