// An OpenFlow controller: a switch that learns where addresses are. The switch is the double of @streambed/ovs/testing, so
// that this runs anywhere; a bridge of Open vSwitch gets here by `ovs-vsctl set-controller br0 tcp:127.0.0.1:PORT`.
import { connect } from 'node:net'
import { type Datapath, match, OFPP, OpenFlowListener, type PacketIns, printFlow } from '@streambed/ovs'
import { SwitchDouble } from '@streambed/ovs/testing'

/** Forwards packets of unknown destination to all ports, and makes flows for the known ones. */
async function learn(datapath: Datapath, packets: PacketIns): Promise<void> {
  const ports = new Map<string, number>()
  for await (const { data, inPort } of packets) {
    if (inPort === undefined) continue
    const [destination, source] = [mac(data, 0), mac(data, 6)]
    ports.set(source, inPort)
    const port = ports.get(destination)
    if (port !== undefined) {
      await datapath.addFlow({
        priority: 10,
        idleTimeout: 60,
        match: match({ in_port: inPort, eth_dst: destination }),
        instructions: [{ type: 'apply_actions', actions: [{ type: 'output', port }] }],
      })
    }
    await datapath.packetOut({ inPort, data, actions: [{ type: 'output', port: port ?? OFPP.FLOOD }] })
  }
}

function mac(frame: Uint8Array, at: number): string {
  return [...frame.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

const listener = await OpenFlowListener.listen('ptcp:0:127.0.0.1')
const { port } = listener.target as { port: number }

const double = new SwitchDouble({ ports: [1, 2, 3], datapathId: 0x42n })
await double.connect(connect(port, '127.0.0.1'))

const { value: datapath } = await listener.next()
if (!datapath) throw new Error('no switch came')
console.log(`switch ${datapath.dpid} with the ports ${[...(await datapath.ports())].map(({ name }) => name).join(', ')}`)
// The table gets these flows and no others: what was there before goes, in one bundle.
await datapath.sync(['priority=0,actions=CONTROLLER:65535'])
const packets = datapath.packetIns()
await packets.ready
const controller = learn(datapath, packets)

/** Sends a frame into a port, waits until it has come out of so many ports, and tells which. */
async function send(from: number, to: string, source: string, outputs: number): Promise<void> {
  const frame = Buffer.from(`${to}${source}88b5`.replaceAll(':', '').padEnd(120, '0'), 'hex')
  const seen: number[] = []
  const out = new Promise<void>((resolve) => {
    const stop = double.onTransmitted(({ port }) => {
      if (seen.push(port) < outputs) return
      stop()
      resolve()
    })
  })
  double.receive(from, frame)
  await out
  console.log(`${source} at port ${from} to ${to}: out of ${seen.join(' and ')}`)
}

const [a, b] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b']
await send(1, b, a, 2) // nobody knows b yet
await send(2, a, b, 1) // a is known: the first flow
await send(1, b, a, 1) // b is known: the second
await send(1, b, a, 1) // the switch does it alone

for await (const flow of datapath.flows()) console.log(printFlow(flow))

await datapath.close()
await controller
await Promise.all([listener.close(), double.close()])
