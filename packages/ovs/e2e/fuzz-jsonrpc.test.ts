import { once } from 'node:events'
import { connect } from 'node:net'
import { JsonFramer, JsonRpcPeer, OvsError, parseJson } from '@streambed/ovs'
import { duplexPair } from '@streambed/ovs/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { usedMemory } from './memory.js'
import { PrivateOvs } from './private-ovs.js'
import { mutate, Random } from './random.js'

/** What a real ovsdb-server said, one JSON text each. */
const texts: Buffer[] = []
let ovs: PrivateOvs

beforeAll(async () => {
  ovs = await PrivateOvs.start({ bridges: [], vswitchd: false })
  const socket = connect(ovs.files.databaseSocket)
  await once(socket, 'connect')
  const framer = new JsonFramer()
  const requests = [
    { id: 0, method: 'list_dbs', params: [] },
    { id: 1, method: 'get_schema', params: ['_Server'] },
    { id: 2, method: 'monitor_cond_since', params: ['Open_vSwitch', 'é"\\', { Open_vSwitch: [{}], Bridge: [{}] }, zero] },
    { id: 3, method: 'transact', params: ['Open_vSwitch', { op: 'insert', table: 'Bridge', row: { name: 'brücke', external_ids: ['map', [['k"', '\\{']]] }, 'uuid-name': 'b' }, { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', ['named-uuid', 'b']], ['next_cfg', '+=', 2 ** 52]] }] },
    { id: 4, method: 'transact', params: ['Open_vSwitch', { op: 'select', table: 'Nothing', where: [] }] },
    { id: 5, method: 'nonsense', params: [] },
    { id: 6, method: 'echo', params: [1.5, null, true, 'x'] },
  ]
  socket.write(requests.map((request) => JSON.stringify(request)).join(''))
  // Seven answers and the update that the transaction causes.
  while (texts.length < requests.length + 1) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    for (const text of framer.push(chunk)) texts.push(Buffer.from(text))
  }
  socket.destroy()
})

afterAll(() => ovs.stop())

const zero = '00000000-0000-0000-0000-000000000000'

/** Feeds bytes in chunks of any length. */
function* chunks(random: Random, bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + random.below(random.pick([1, 4, 64, 4096]))
    yield bytes.subarray(at, at + length)
    at += length
  }
}

function expectOvsError(error: unknown): void {
  if (!(error instanceof OvsError)) throw error
}

describe('JSON-RPC, fuzzed', () => {
  it('parses or refuses any bytes, and keeps nothing of them', () => {
    const seed = 20261121
    const random = new Random(seed)
    const count = rounds(20_000, 1_000_000)
    const half = Math.floor(count / 2)
    let parsed = 0
    let refused = 0
    let before = 0
    for (let round = 0; round < count; round++) {
      if (round === half) before = usedMemory()
      const bytes = random.chance(2)
        ? random.bytes(random.below(200))
        : random.chance(20)
          ? random.pick(texts)
          : mutate(random, random.pick(texts), random.pick(texts))
      try {
        const framer = new JsonFramer({ maxBytes: 1 << 20, maxDepth: 100 })
        for (const chunk of chunks(random, bytes)) {
          for (const text of framer.push(chunk)) {
            parseJson(text)
            parsed++
          }
        }
        framer.end()
      } catch (error) {
        expectOvsError(error)
        refused++
      }
    }
    expect(parsed).toBeGreaterThan(count / 20)
    expect(refused).toBeGreaterThan(count / 20)
    // The same work was done before and after: what is in use may not grow with it.
    expect(usedMemory() - before).toBeLessThan(4 * 1024 * 1024)
  }, 1_800_000)

  it('ends a connection that speaks nonsense with an error, and every call that waits', async () => {
    const random = new Random(7)
    for (let round = 0; round < rounds(500, 20_000); round++) {
      const [ours, theirs] = duplexPair()
      const peer = new JsonRpcPeer(ours, { onNotification: () => {} })
      const call = peer.request('echo', []).then(
        () => undefined,
        (error: unknown) => error,
      )
      theirs.resume()
      theirs.on('error', () => {})
      for (const chunk of chunks(random, mutate(random, random.pick(texts), random.pick(texts)))) theirs.write(chunk)
      theirs.end()
      const [reason, error] = await Promise.all([peer.closed, call])
      if (reason) expectOvsError(reason)
      if (error) expectOvsError(error)
    }
  }, 600_000)
})
