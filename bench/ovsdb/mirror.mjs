// A copy of a database with many ports, until the rows are there. Run by itself it prints the milliseconds and the rows;
// idl.py does the same with the Python IDL.
import { OvsdbReplica } from '@streambed/ovs'

/** Milliseconds from nothing, connection and schema included, until every port and interface is in the replica. */
export async function mirror(socket) {
  const start = performance.now()
  const replica = await OvsdbReplica.open(
    { remotes: `unix:${socket}` },
    { db: 'Open_vSwitch', tables: { Bridge: true, Port: true, Interface: true } },
  )
  const elapsed = performance.now() - start
  const rows = replica.rows('Port').size
  await replica.close()
  return { elapsed, rows }
}

if (process.argv[1] === import.meta.filename) {
  const { elapsed, rows } = await mirror(process.argv[2])
  console.log(`${elapsed} ${rows}`)
}
