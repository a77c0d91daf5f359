// Transactions that add one port each, one after the other: with the library, and by hand on the socket.
import { once } from 'node:events'
import { connect } from 'node:net'
import { OvsdbClient, OvsdbReplica } from '@streambed/ovs'

const db = 'Open_vSwitch'
let named = 0
const unusedName = () => `seq${(named++).toString(36)}`

/** Adds a bridge for each side, so that both work on equally many ports. */
export async function addBridge(socket, name) {
  const client = new OvsdbClient(connect(socket))
  await client.transact(db, [
    { op: 'insert', table: 'Bridge', row: { name }, 'uuid-name': 'bridge' },
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', [{ namedUuid: 'bridge' }]]] },
  ])
  await client.close()
}

const operations = (bridge, name) => [
  { op: 'insert', table: 'Interface', row: { name, type: 'internal' }, 'uuid-name': 'i' },
  { op: 'insert', table: 'Port', row: { name, interfaces: [{ namedUuid: 'i' }] }, 'uuid-name': 'p' },
  { op: 'mutate', table: 'Bridge', where: [['name', '==', bridge]], mutations: [['ports', 'insert', [{ namedUuid: 'p' }]]] },
]

/** Milliseconds of `count` transactions through `OvsdbClient.transact`. */
export async function clientTransactions(socket, bridge, count) {
  const client = new OvsdbClient(connect(socket))
  await client.getSchema(db)
  const start = performance.now()
  for (let done = 0; done < count; done++) await client.transact(db, operations(bridge, unusedName()))
  const elapsed = performance.now() - start
  await client.close()
  return elapsed
}

/** Milliseconds of `count` transactions through a replica that has the bridges, ports and interfaces. */
export async function replicaTransactions(socket, bridge, count) {
  const client = new OvsdbClient(connect(socket))
  const replica = await OvsdbReplica.open(client, { db, tables: { Bridge: ['name', 'ports'], Port: ['name', 'interfaces'], Interface: ['name', 'type'] } })
  const start = performance.now()
  for (let done = 0; done < count; done++) await replica.transact(operations(bridge, unusedName()))
  const elapsed = performance.now() - start
  await replica.close()
  await client.close()
  return elapsed
}

/**
 * The floor: JSON.stringify, write, read, JSON.parse and nothing else. With `monitor` the connection also gets, and
 * parses, the updates that a replica would, and drops them.
 */
export async function rawTransactions(socket, bridge, count, { monitor = false } = {}) {
  const stream = connect(socket)
  await once(stream, 'connect')
  stream.setEncoding('utf8')
  let answered
  let text = ''
  let depth = 0
  let inString = false
  let escaped = false
  stream.on('data', (chunk) => {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at)
      if (inString) {
        if (escaped) escaped = false
        else if (code === 92) escaped = true
        else if (code === 34) inString = false
      } else if (code === 34) inString = true
      else if (code === 123) depth++
      else if (code === 125 && --depth === 0) {
        const message = JSON.parse(text + chunk.slice(from, at + 1))
        text = ''
        from = at + 1
        if (message.id !== null && message.method === undefined) answered(message)
      }
    }
    text += chunk.slice(from)
  })
  let id = 0
  const call = (method, params) => {
    stream.write(JSON.stringify({ id: id++, method, params }))
    return new Promise((resolve) => (answered = resolve))
  }
  if (monitor) {
    const tables = { Bridge: [{ columns: ['name', 'ports'] }], Port: [{ columns: ['name', 'interfaces'] }], Interface: [{ columns: ['name', 'type'] }] }
    await call('monitor_cond_since', [db, 'raw', tables, '00000000-0000-0000-0000-000000000000'])
  }
  const start = performance.now()
  for (let done = 0; done < count; done++) {
    const name = unusedName()
    const { error, result } = await call('transact', [
      db,
      { op: 'insert', table: 'Interface', row: { name, type: 'internal' }, 'uuid-name': 'i' },
      { op: 'insert', table: 'Port', row: { name, interfaces: ['named-uuid', 'i'] }, 'uuid-name': 'p' },
      { op: 'mutate', table: 'Bridge', where: [['name', '==', bridge]], mutations: [['ports', 'insert', ['named-uuid', 'p']]] },
    ])
    if (error || result.length !== 3) throw new Error(JSON.stringify(error ?? result))
  }
  const elapsed = performance.now() - start
  stream.destroy()
  return elapsed
}
