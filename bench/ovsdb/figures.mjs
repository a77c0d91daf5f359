// The OVSDB client and its replica: beside JSON.parse, beside a loop on the socket, and beside the Python IDL of Open vSwitch.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { python } from '../../scripts/python.mjs'

const run = promisify(execFile)
const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const ports = { few: 5_000, many: 20_000 }
const transactions = 1000

/** @param figure makes a figure of a name, a part and a unit */
export function ovsdbExperiments(figure) {
  return [
    {
      title: `replay of the initial update of ${ports.many} ports`,
      peerName: 'JSON.parse',
      figures: [figure('ovsdb.replay.floor', 'replay')],
      async open() {
        const { parseFloor, replayReplica } = await import('./replay.mjs')
        const bytes = await recorded(ports.many)
        return {
          ours: async () => ({ replay: await replayReplica(bytes, ports.many) }),
          peer: async () => ({ replay: parseFloor(bytes) }),
          async close() {},
        }
      },
    },
    {
      title: `replay, for each 1,000 of ${ports.many} ports`,
      peerName: `for each 1,000 of ${ports.few}`,
      figures: [figure('ovsdb.replay.linear', 'replay')],
      async open() {
        const { replayReplica } = await import('./replay.mjs')
        const many = await recorded(ports.many)
        const few = await recorded(ports.few)
        return {
          ours: async () => ({ replay: ((await replayReplica(many, ports.many)) / ports.many) * 1000 }),
          peer: async () => ({ replay: ((await replayReplica(few, ports.few)) / ports.few) * 1000 }),
          async close() {},
        }
      },
    },
    {
      title: `${transactions} transactions of one port each, one after the other`,
      peerName: 'a loop on the socket',
      figures: [
        figure('ovsdb.transact.client', 'client', 'ms per call'),
        figure('ovsdb.transact.replica', 'replica', 'ms per call'),
      ],
      async open() {
        const sequential = await import('./sequential.mjs')
        const { startServer } = await import('./server.mjs')
        // A new server each time: the more ports there are, the longer each takes.
        const onNewServer = async (work) => {
          const server = await startServer()
          try {
            await sequential.addBridge(server.socket, 'br0')
            return (await work(server.socket)) / transactions
          } finally {
            await server.stop()
          }
        }
        const { clientTransactions, rawTransactions, replicaTransactions } = sequential
        return {
          ours: async () => ({
            client: await onNewServer((socket) => clientTransactions(socket, 'br0', transactions)),
            replica: await onNewServer((socket) => replicaTransactions(socket, 'br0', transactions)),
          }),
          peer: async () => ({
            client: await onNewServer((socket) => rawTransactions(socket, 'br0', transactions)),
            replica: await onNewServer((socket) => rawTransactions(socket, 'br0', transactions, { monitor: true })),
          }),
          async close() {},
        }
      },
    },
    {
      title: `a mirror of ${ports.many} ports, in a new process`,
      peerName: 'Python IDL',
      figures: [figure('ovsdb.mirror.idl', 'mirror')],
      async open() {
        const { addPorts, startServer } = await import('./server.mjs')
        const { openVSwitchSchemaText } = await import('@streambed/ovs')
        const server = await startServer()
        const folder = mkdtempSync(join(tmpdir(), 'ovsdb-schema-'))
        const schema = join(folder, 'vswitch.ovsschema')
        writeFileSync(schema, openVSwitchSchemaText)
        await addPorts(server.socket, ports.many)
        const mirror = async (program, ...args) => {
          const { stdout } = await run(program, args)
          const [elapsed, rows] = stdout.trim().split(' ').map(Number)
          if (rows !== ports.many) throw new Error(`${program} mirrored ${rows} of ${ports.many} ports`)
          return { mirror: elapsed }
        }
        return {
          ours: () => mirror(process.execPath, path('mirror.mjs'), server.socket),
          peer: () => mirror(python, path('idl.py'), server.socket, schema),
          async close() {
            await server.stop()
            rmSync(folder, { recursive: true })
          },
        }
      },
    },
  ]
}

/** The bytes of a server's initial update. */
async function recorded(count) {
  const { addPorts, startServer } = await import('./server.mjs')
  const { recordInitial } = await import('./replay.mjs')
  const server = await startServer()
  try {
    await addPorts(server.socket, count)
    return await recordInitial(server.socket)
  } finally {
    await server.stop()
  }
}
