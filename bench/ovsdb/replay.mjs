// Replays a recorded initial update into the typed replica, beside JSON.parse of the same bytes.
import { once } from 'node:events'
import { connect } from 'node:net'
import { duplexPair } from '@streambed/ovs/testing'
import { JsonFramer, OvsdbClient, OvsdbReplica, openVSwitchSchemaText } from '@streambed/ovs'

const schema = JSON.parse(openVSwitchSchemaText)
const columnsOf = (table) => Object.keys(schema.tables[table].columns)

/** The bytes of a server's answer to `monitor_cond_since` for every column of the tables Port and Interface. */
export async function recordInitial(socket) {
  const stream = connect(socket)
  await once(stream, 'connect')
  const tables = Object.fromEntries(['Port', 'Interface'].map((table) => [table, [{ columns: columnsOf(table) }]]))
  const params = ['Open_vSwitch', 'm', tables, '00000000-0000-0000-0000-000000000000']
  stream.write(JSON.stringify({ id: 0, method: 'monitor_cond_since', params }))
  const chunks = []
  const framer = new JsonFramer()
  for await (const chunk of stream) {
    chunks.push(chunk)
    if (!framer.push(chunk).next().done) break
  }
  stream.destroy()
  return Buffer.concat(chunks)
}

/** Milliseconds of JSON.parse alone. */
export function parseFloor(bytes) {
  const text = bytes.toString()
  const start = performance.now()
  JSON.parse(text)
  return performance.now() - start
}

/**
 * Milliseconds from the first byte of the answer until the replica is there, on a stream in memory that hands over 64
 * KiB at a time as a socket does: framing, UTF-8, parsing, decoding and freezing of 40,000 rows included.
 */
export async function replayReplica(bytes, ports) {
  const [ours, theirs] = duplexPair()
  const client = new OvsdbClient(ours)
  let start
  theirs.on('data', (chunk) => {
    const { id, method } = JSON.parse(chunk.toString())
    if (method === 'get_schema') theirs.write(`{"id":${id},"error":null,"result":${openVSwitchSchemaText}}`)
    if (method !== 'monitor_cond_since') return
    // The recorded answer begins with its own id.
    const answer = Buffer.concat([Buffer.from(`{"id":${id}`), bytes.subarray(bytes.indexOf(','))])
    start = performance.now()
    for (let at = 0; at < answer.length; at += 65536) theirs.write(answer.subarray(at, at + 65536))
  })
  const replica = await OvsdbReplica.open(client, { db: 'Open_vSwitch', tables: { Port: true, Interface: true } })
  const elapsed = performance.now() - start
  if (replica.rows('Port').size !== ports || replica.rows('Interface').size !== ports) throw new Error('rows are missing')
  client.abort()
  return elapsed
}
