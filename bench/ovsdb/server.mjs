// A private ovsdb-server with a number of ports in it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { initialDatabase, OvsdbClient, ovsdbServerCommand } from '@streambed/ovs'

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

/** Starts a server; `stop` ends it and removes its files. */
export async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), 'ovsdb-bench-'))
  const { command, args, env: own } = ovsdbServerCommand({ runDir: dir })
  await writeFile(join(dir, 'conf.db'), initialDatabase({}))
  const child = spawn(command, args, { env: { ...env, ...own }, stdio: 'ignore' })
  const socket = join(dir, 'db.sock')
  for (let tries = 0; ; tries++) {
    try {
      const probe = connect(socket)
      await once(probe, 'connect')
      probe.destroy()
      break
    } catch (error) {
      if (tries > 500) throw error
      await sleep(10)
    }
  }
  return {
    socket,
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
      await rm(dir, { recursive: true })
    },
  }
}

/** Puts a bridge with `count` ports in the database, 1000 in each transaction. */
export async function addPorts(socket, count) {
  const client = new OvsdbClient(connect(socket))
  const bridge = (first) => [
    { op: 'insert', table: 'Bridge', row: { name: 'br0', ports: first }, 'uuid-name': 'bridge' },
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', [{ namedUuid: 'bridge' }]]] },
  ]
  for (let from = 0; from < count; from += 1000) {
    const operations = []
    const ports = []
    for (let port = from; port < Math.min(from + 1000, count); port++) {
      const name = `port${String(port).padStart(5, '0')}`
      operations.push(
        { op: 'insert', table: 'Interface', row: { name, type: 'internal' }, 'uuid-name': `i${port}` },
        { op: 'insert', table: 'Port', row: { name, interfaces: [{ namedUuid: `i${port}` }], external_ids: { owner: `vm${port}` } }, 'uuid-name': `p${port}` },
      )
      ports.push({ namedUuid: `p${port}` })
    }
    operations.push(
      ...(from === 0 ? bridge(ports) : [{ op: 'mutate', table: 'Bridge', where: [], mutations: [['ports', 'insert', ports]] }]),
    )
    await client.transact('Open_vSwitch', operations)
  }
  await client.close()
}
