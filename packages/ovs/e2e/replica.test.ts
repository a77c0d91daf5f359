import { OvsdbClient, OvsdbReplica, OvsdbSession } from '@streambed/ovs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { runCampaign } from './replica-campaign.js'
import { Writer } from './replica-model.js'
import { CampaignServers } from './replica-servers.js'
import { dumpRows, itemsOf, sorted, wireRows, Witness } from './replica-witness.js'
import { rounds } from './campaign.js'

const tables = { State: true, Counter: true, Item: true } as const
const cleanup: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step()
})

async function opened() {
  const servers = await CampaignServers.start(1)
  cleanup.push(() => servers.stop())
  const session = await OvsdbSession.open({ remotes: servers.remotes, db: 'Campaign', backoff: { min: 10, max: 100 } })
  cleanup.push(() => session.close())
  const writer = new Writer(session)
  await writer.start()
  return { servers, session, writer }
}

async function singleClient(servers: CampaignServers) {
  const socket = connect((servers.remotes[0] as string).replace('unix:', ''))
  await once(socket, 'connect')
  const client = new OvsdbClient(socket)
  cleanup.push(() => client.close())
  return client
}

describe('OvsdbReplica with ovsdb-server', () => {
  it('has what ovsdb-client dumps after random transactions, and each event is one of them', async () => {
    const { servers, session, writer } = await opened()
    const indexes = { Item: { tag: (row: { readonly [column: string]: unknown }) => row['tags'] as readonly string[] } }
    const replica = await OvsdbReplica.open(session, { db: 'Campaign', tables, indexes })
    const single = await OvsdbReplica.open(await singleClient(servers), { db: 'Campaign', tables })
    const witness = new Witness(writer.history, true)
    const feed = replica.changes({ initial: true })
    for (let count = 0; count < rounds(200, 2000); count++) {
      await writer.commit()
      // What was done through this session is there when it has resolved.
      expect(Number([...replica.rows('State').values()][0]?.['version'])).toBe(writer.version)
    }
    while (witness.version < writer.version) witness.take((await feed.next()).value)
    expect(witness.resyncs).toBe(0)
    await single.until(() => Number([...single.rows('State').values()][0]?.['version']) === writer.version)
    for (const table of ['State', 'Counter', 'Item'] as const) {
      const dump = dumpRows(await servers.dump(table))
      expect(wireRows(replica.rows(table).values())).toEqual(dump)
      expect(wireRows(single.rows(table).values())).toEqual(dump)
      expect([...replica.rows(table).values()].every(Object.isFrozen)).toBe(true)
    }
    const tagged = replica.lookup('Item', 'tag', 'a').map((row) => row['name'])
    const byScan = [...replica.rows('Item').values()].filter((row) => (row['tags'] as string[]).includes('a'))
    expect(tagged.sort()).toEqual(byScan.map((row) => row['name']).sort())
  })

  it('has the rows that its conditions name, changed or not', async () => {
    const { session, writer } = await opened()
    const replica = await OvsdbReplica.open(session, {
      db: 'Campaign',
      tables: { Item: { columns: ['name', 'n', 'label', 'tags', 'ext'], where: [['n', '<', 50]] } },
    })
    const wanted = (test: (n: bigint) => boolean) => sorted([...writer.history.at(-1)!.values()].filter(({ n }) => test(n)))
    for (let count = 0; count < 20; count++) {
      for (let commits = 0; commits < 10; commits++) await writer.commit()
      expect(itemsOf(replica.rows('Item').values())).toEqual(wanted((n) => n < 50))
      await replica.setConditions({ Item: [['n', '>=', 50]] })
      expect(itemsOf(replica.rows('Item').values())).toEqual(wanted((n) => n >= 50))
      await replica.setConditions({ Item: [] })
      expect(replica.rows('Item').size).toBe(0)
      await Promise.all([replica.setConditions({ Item: true }), replica.setConditions({ Item: [['n', '<', 50]] })])
    }
  })

  it('updates that read take place one after the other, whoever makes them', async () => {
    const { servers, session } = await opened()
    const replicas = await Promise.all([
      OvsdbReplica.open(session, { db: 'Campaign', tables }),
      OvsdbReplica.open({ remotes: servers.remotes }, { db: 'Campaign', tables }),
      OvsdbReplica.open(await singleClient(servers), { db: 'Campaign', tables }),
    ])
    cleanup.push(() => replicas[1].close())
    const updates = replicas.flatMap((replica) =>
      Array.from({ length: 10 }, () =>
        replica.update(
          (transaction) => {
            const [row] = transaction.find('Counter', [])
            transaction.update('Counter', row!._uuid, { value: (row!['value'] as bigint) + 1n })
          },
          { attempts: 100 },
        ),
      ),
    )
    await Promise.all(updates)
    expect(await servers.dump('Counter')).toMatchObject([{ value: 30 }])
  })

  it(
    'loses no event and makes none up, on a server that is killed, disconnects and converts its schema',
    async () => expect(await runCampaign(1, rounds(6, 200))).toMatchObject({ failures: [] }),
    rounds(60_000, 1_200_000),
  )
})
