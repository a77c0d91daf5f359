import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DaemonControl, daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'
import { OFPPS, OpenFlowConnection } from '@streambed/ovs/openflow'
import { duplexPair, SwitchDouble } from '@streambed/ovs/testing'

/** Frames by the port through which they left, in hex. */
export type Sent = Readonly<Record<number, readonly string[]>>

/** A switch that the suite examines: a double, or a real Open vSwitch. */
export interface Subject {
  readonly name: 'double' | 'ovs'
  /** A controller's connection. */
  connect(): Promise<OpenFlowConnection>
  /** A frame comes in; resolves when it has been dealt with. */
  receive(port: number, frame: Uint8Array): Promise<void>
  /** What has left since this was last asked. */
  sent(): Promise<Sent>
  setLink(port: number, up: boolean): Promise<void>
  /** Only of a double. */
  readonly trace?: SwitchDouble['trace']
  close(): Promise<void>
}

/** The ports of every subject. */
export const PORTS = [1, 2, 3, 4] as const

const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }

/** A double with {@link PORTS}. */
export function startDouble(): Promise<Subject> {
  const double = new SwitchDouble({ ports: PORTS, datapathId: 0xabn })
  let sent: Record<number, string[]> = {}
  double.onTransmitted(({ port, frame }) => (sent[port] ??= []).push(Buffer.from(frame).toString('hex')))
  return Promise.resolve({
    name: 'double',
    async connect() {
      const [ours, its] = duplexPair()
      const [connection] = await Promise.all([OpenFlowConnection.open(ours), double.connect(its)])
      return connection
    },
    receive: (port, frame) => Promise.resolve(void double.receive(port, frame)),
    sent() {
      const taken = sent
      sent = {}
      return Promise.resolve(taken)
    },
    setLink: (port, up) => Promise.resolve(double.setLink(port, up)),
    trace: (port, frame) => double.trace(port, frame),
    close: () => double.close(),
  })
}

/** A private ovs-vswitchd with a bridge of the dummy datapath, which needs no privilege, and {@link PORTS}. */
export async function startOvs(): Promise<Subject> {
  const dir = await mkdtemp(join(tmpdir(), 'ofsw-'))
  const files = daemonFiles(dir)
  const children: ChildProcess[] = []
  const start = ({ command, args, env: own }: ReturnType<typeof vswitchdCommand>): ChildProcess => {
    const child = spawn(command, args, { env: { ...env, ...own }, stdio: 'ignore' })
    children.push(child)
    return child
  }
  const close = async (): Promise<void> => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }),
    )
    await rm(dir, { recursive: true })
  }
  try {
    await writeFile(files.database, initialDatabase({}))
    start(ovsdbServerCommand({ runDir: dir }))
    ;(await dial(files.databaseSocket)).destroy()
    start(vswitchdCommand({ runDir: dir, extraArguments: ['--enable-dummy=override'] }))
    const pcap = (port: number): string => join(dir, `${port}.pcap`)
    const set = ['--', 'set', 'bridge', 'br', 'datapath_type=dummy', 'fail_mode=secure', 'other_config:datapath-id=00000000000000ab']
    const ports = PORTS.flatMap((port) => [
      ...['--', 'add-port', 'br', `p${port}`, '--', 'set', 'interface', `p${port}`, 'type=dummy'],
      ...[`ofport_request=${port}`, `options:tx_pcap=${pcap(port)}`],
    ])
    const vsctl = [`--db=unix:${files.databaseSocket}`, '--timeout=10', 'add-br', 'br', ...set, ...ports]
    await promisify(execFile)('ovs-vsctl', vsctl, { env })
    const control = new DaemonControl(await dial(files.vswitchd.controlSocket))
    await control.run('netdev-dummy/set-admin-state', ['up'])
    /** How many packets were taken from the queue of a port. */
    const received = async (port: number): Promise<string | undefined> => {
      const shown = await control.run('dpctl/show', ['-s', 'dummy@ovs-dummy'])
      return new RegExp(`: p${port} \\(.*\\)\\s+RX packets:(\\d+)`).exec(shown)?.[1]
    }
    const taken = new Map<number, number>(PORTS.map((port) => [port, 24]))
    return {
      name: 'ovs',
      async connect() {
        return OpenFlowConnection.open(await dial(join(dir, 'br.mgmt')))
      },
      async receive(port, frame) {
        // Nothing may be left in the cache of the datapath: what `learn` does with packets that it deals with is done later.
        await control.run('revalidator/purge')
        const before = await received(port)
        await control.run('netdev-dummy/receive', [`p${port}`, Buffer.from(frame).toString('hex')])
        // A packet is dealt with to its end in the round of the main loop that takes it from the port's queue.
        while ((await received(port)) === before);
      },
      async sent() {
        const sent: Record<number, readonly string[]> = {}
        for (const port of PORTS) {
          const { frames, end } = await readPcap(pcap(port), taken.get(port) as number)
          taken.set(port, end)
          if (frames.length > 0) sent[port] = frames
        }
        return sent
      },
      async setLink(port, up) {
        await control.run('netdev-dummy/set-admin-state', [`p${port}`, up ? 'up' : 'down'])
        // The switch hears of it in a later round of its main loop.
        await using connection = await OpenFlowConnection.open(await dial(join(dir, 'br.mgmt')))
        const isUp = async (): Promise<boolean | undefined> => {
          const ports = (await connection.collect({ type: 'port_desc_request' })).flatMap((part) => part.ports)
          const found = ports.find(({ portNo }) => portNo === port)
          return found && (found.state & OFPPS.LINK_DOWN) === 0
        }
        while ((await isUp()) !== up);
      },
      async close() {
        await control.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A connection to a socket that is about to appear. */
async function dial(path: string): Promise<Socket> {
  for (const deadline = performance.now() + 10_000; ; await sleep(2)) {
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      return socket
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
  }
}

/** The frames of a pcap file in the machine's byte order, from an offset on. */
async function readPcap(path: string, from: number): Promise<{ frames: string[]; end: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.max(size - from, 0))
    await file.read(bytes, 0, bytes.length, from)
    const frames: string[] = []
    let at = 0
    while (at + 16 <= bytes.length) {
      const length = bytes.readUInt32LE(at + 8)
      if (at + 16 + length > bytes.length) break
      frames.push(bytes.toString('hex', at + 16, at + 16 + length))
      at += 16 + length
    }
    return { frames, end: from + at }
  } finally {
    await file.close()
  }
}
