// A database of Open vSwitch, followed and changed. The server is the one in memory of @streambed/ovs/testing, so that this
// runs anywhere; with a real one open the replica with `{ remotes: 'unix:/run/openvswitch/db.sock' }`.
import { OvsdbClient, OvsdbReplica } from '@streambed/ovs'
import { InMemoryOvsdbServer } from '@streambed/ovs/testing'

const server = new InMemoryOvsdbServer()
server.transact('Open_vSwitch', [{ op: 'insert', table: 'Open_vSwitch', row: {} }])

const client = new OvsdbClient(server.connect())
const replica = await OvsdbReplica.open(client, {
  db: 'Open_vSwitch',
  tables: { Open_vSwitch: ['bridges'], Bridge: ['name', 'ports'], Port: ['name', 'tag', 'external_ids', 'interfaces'], Interface: ['name', 'type'] },
  indexes: { Port: { owner: ['external_ids:owner'] } },
})

// Every change, in order, with the row before and after; none is left out.
replica.onChange(({ changes }) => {
  for (const change of changes) {
    if (change.table !== 'Port') continue
    if (change.type === 'insert') console.log(`port ${change.new.name} is there`)
    else if (change.type === 'modify') console.log(`port ${change.new.name}: VLAN ${change.old.tag} -> ${change.new.tag}`)
    else console.log(`port ${change.old.name} is gone`)
  }
})

/** Adds a port with its interface, and the bridge when it is missing. What is read is guarded against others' changes. */
function addPort(bridge: string, name: string, owner: string) {
  return replica.update((transaction) => {
    const type = 'internal'
    const iface = transaction.insert('Interface', { name, type })
    const port = transaction.insert('Port', { name, interfaces: [iface], external_ids: { owner } })
    const [row] = transaction.find('Bridge', [['name', '==', bridge]])
    if (row) {
      transaction.mutate('Bridge', row._uuid, [['ports', 'insert', [port]]])
    } else {
      const added = transaction.insert('Bridge', { name: bridge, ports: [port] })
      transaction.mutate('Open_vSwitch', [], [['bridges', 'insert', [added]]])
    }
    return port
  })
}

// When the promise resolves, the rows are in the replica, and the inserted row has its uuid.
const port = await addPort('br0', 'web-eth0', 'alice')
await addPort('br0', 'db-eth0', 'alice')
await addPort('br0', 'mail-eth0', 'bob')
console.log(`the replica has ${replica.row('Port', port.uuid)?.name}; ports of alice: ${replica.lookup('Port', 'owner', 'alice').length}`)

await replica.transact([{ op: 'update', table: 'Port', where: [['name', '==', 'web-eth0']], row: { tag: 100 } }])

// Mistakes are found before anything is sent.
await replica
  .transact([{ op: 'update', table: 'Port', where: [['name', '==', 'web-eth0']], row: { tag: 5000 } }])
  .catch((error: Error) => console.log(error.message))

// A port goes when nothing refers to it any more.
await replica.transact([{ op: 'mutate', table: 'Bridge', where: [['name', '==', 'br0']], mutations: [['ports', 'delete', [port.uuid]]] }])

await replica.close()
await client.close()
await server.close()
