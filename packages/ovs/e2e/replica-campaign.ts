import { deepStrictEqual } from 'node:assert'
import { setTimeout as sleep } from 'node:timers/promises'
import { OvsdbReplica, OvsdbSession, type OvsdbSessionOptions } from '@streambed/ovs'
import { Random } from './random.js'
import { type Items, Writer } from './replica-model.js'
import { CampaignServers } from './replica-servers.js'
import { dumpRows, itemsOf, sorted, wireRows, Witness } from './replica-witness.js'

const tables = { State: true, Counter: true, Item: true } as const
const columns = ['name', 'n', 'label', 'tags', 'ext'] as const

/** What a campaign has seen. */
export interface CampaignReport {
  readonly rounds: number
  readonly commits: number
  /** Transactions of which the writer did not know at first whether they had taken place. */
  readonly unknown: number
  readonly batches: number
  readonly resyncs: number
  readonly updates: number
  /** What went wrong, round by round; the campaign stops at the first. */
  readonly failures: readonly string[]
}

/**
 * Kills the server, or the leader, ends every connection, or converts the schema, in each round in the midst of
 * transactions. The writer knows the rows of every version: each batch of the replica's feed must lead from one of them
 * to a later one, and at the end of a round the feed, the replica and `ovsdb-client dump` must agree.
 */
export async function runCampaign(servers: 1 | 3, total: number): Promise<CampaignReport> {
  const database = await CampaignServers.start(servers)
  try {
    return await campaignOn(database, servers, total)
  } finally {
    await database.stop()
  }
}

async function campaignOn(database: CampaignServers, servers: 1 | 3, total: number): Promise<CampaignReport> {
  const random = new Random(servers * 1000 + total)
  const options: OvsdbSessionOptions = {
    remotes: database.remotes,
    db: 'Campaign',
    backoff: { min: 10, max: 200 },
    timeout: 20_000,
  }
  const sessions = await Promise.all([OvsdbSession.open(options), OvsdbSession.open(options)])
  const [writing, watching] = sessions
  const writer = new Writer(writing)
  await writer.start()
  const replica = await OvsdbReplica.open(watching, { db: 'Campaign', tables })
  const some = await OvsdbReplica.open(watching, {
    db: 'Campaign',
    tables: { Item: { columns, where: [['n', '<', 50]] } },
  })
  const witness = new Witness(writer.history, servers === 1)
  const feed = replica.changes({ initial: true })
  const failures: string[] = []
  let counted = 0
  let watched = 0
  const follow = (async () => {
    for await (const batch of feed) {
      witness.take(batch)
      watched++
    }
  })().catch((error: unknown) => void failures.push(`in the feed: ${String(error)}`))

  /** Counts up to a number, whatever happens in between: an update that looks whether there is still something to do. */
  const count = async (to: number) => {
    await replica.update(
      (transaction) => {
        const [row] = transaction.find('Counter', [])
        if (!row) throw new Error('the counter is gone')
        if (row['value'] !== BigInt(to - 1)) return
        transaction.update('Counter', row._uuid, { value: to })
      },
      { attempts: 100, repeatUnknown: true, timeout: 20_000 },
    )
  }

  const round = async (number: number) => {
    const fault = random.pick(['crash', 'disconnect', 'convert'] as const)
    const low = number % 2 === 0
    const work = [
      (async () => {
        for (let commits = 10 + random.below(20); commits > 0; commits--) await writer.commit()
      })(),
      (async () => {
        for (let updates = 3; updates > 0; updates--) await count(++counted)
      })(),
      sleep(random.below(20)).then(() => database[fault]()),
      sleep(random.below(20)).then(() => some.setConditions({ Item: [['n', low ? '>=' : '<', 50]] })),
    ]
    await withinSeconds(30, `round ${number} (${fault})`, Promise.all(work))
    const version = BigInt(writer.version)
    const arrived = (held: typeof replica) => held.synchronised && [...held.rows('State').values()][0]?.['version'] === version
    await replica.until(() => arrived(replica), { timeout: 20_000 })
    // The feed has everything that the replica has; it needs a turn of the loop to hand it over.
    while (witness.version < writer.version && failures.length === 0) await sleep(1)
    const items = writer.history[writer.version] as Items
    for (const table of ['State', 'Counter', 'Item'] as const) {
      deepStrictEqual(wireRows(replica.rows(table).values()), dumpRows(await database.dump(table)), `${table} and its dump`)
      deepStrictEqual(new Map(witness.tables.get(table)), new Map(replica.rows(table)), `${table} and the feed`)
    }
    deepStrictEqual([...replica.rows('Counter').values()].map((row) => row['value']), [BigInt(counted)])
    const wanted = () => sorted([...items.values()].filter(({ n }) => n >= 50n === low))
    await some.until(() => some.synchronised && JSON.stringify(named(some)) === JSON.stringify(named(wanted())), { timeout: 20_000 })
    deepStrictEqual(itemsOf(some.rows('Item').values()), wanted(), 'the rows of the conditions')
  }

  try {
    for (let number = 0; number < total && failures.length === 0; number++) {
      await round(number).catch((error: unknown) => void failures.push(`round ${number}: ${String(error)}`))
    }
  } finally {
    await Promise.all([some.close(), replica.close()])
    await follow
    await Promise.all(sessions.map((session) => session.close()))
  }
  const { batches, resyncs } = witness
  if (watched !== batches) failures.push('the feed stopped')
  return { rounds: total, commits: writer.version, unknown: writer.unknown, batches, resyncs, updates: counted, failures }
}

function named(items: { rows: (table: 'Item') => ReadonlyMap<string, unknown> } | readonly { readonly name: string }[]): string[] {
  const list = 'rows' in items ? ([...items.rows('Item').values()] as { readonly name: string }[]) : items
  return list.map(({ name }) => name).sort()
}

async function withinSeconds(seconds: number, what: string, promise: Promise<unknown>): Promise<void> {
  const controller = new AbortController()
  const late = sleep(seconds * 1000, undefined, { signal: controller.signal }).then(
    () => Promise.reject(new Error(`${what} is stuck`)),
    () => undefined,
  )
  try {
    await Promise.race([promise, late])
  } finally {
    controller.abort()
  }
}
