// Two networks with the same subnet on one switch, kept apart by their VLANs, and a trunk that carries both.
import { formatPacket, Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  networks: {
    red: { subnet: '10.0.0.0/24', vlan: 100 },
    blue: { subnet: '10.0.0.0/24', vlan: 200 },
  },
  hosts: {
    r1: { networks: { red: { ip: '10.0.0.1' } } },
    r2: { networks: { red: { ip: '10.0.0.2' } } },
    b1: { networks: { blue: { ip: '10.0.0.11' } } },
    b2: { networks: { blue: { ip: '10.0.0.12' } } },
    tap: { trunks: { trunk0: { networks: ['red', 'blue'] } } },
  },
})

const { r1, b1, b2, tap } = testbed.hosts

// tap has no address: it sees the tagged frames of both networks, and nobody can ping it.
const matrix = await testbed.reachability({ hosts: ['r1', 'r2', 'b1', 'b2'], timeout: 500 })
matrix.assert({ r1: ['r2'], r2: ['r1'], b1: ['b2'], b2: ['b1'] })
console.log(`${matrix}\n`)

// Each network asks for an address that nobody has: ARP requests are broadcasts, so all of the VLAN hears them.
await using trunk = await tap.capture({ interface: 'trunk0' })
await using blue = await b2.capture()
await Promise.all([r1.ping('10.0.0.99', { timeout: 300 }), b1.ping('10.0.0.88', { timeout: 300 })])

const fromRed = await trunk.find((packet) => packet.arp?.tpa === '10.0.0.99')
const fromBlue = await blue.find((packet) => packet.arp?.tpa === '10.0.0.88')
console.log(`on the trunk: ${formatPacket(fromRed)}`)
console.log(`on b2's access port: ${formatPacket(fromBlue)}`)

await blue.close()
const strangers = blue.take().filter(({ arp }) => arp?.spa === '10.0.0.1')
console.log(`frames from red that b2 saw: ${strangers.length}`)

// The same, as Open vSwitch itself says it: what the trunk lets in.
const [port] = testbed.inspect().switches.flatMap(({ ports }) => ports.filter(({ host }) => host === 'tap'))
const { stdout } = await testbed.exec(['ovs-ofctl', '-O', 'OpenFlow13', '--no-stats', 'dump-flows', 's1', `table=0,in_port=${port?.ofport}`])
console.log(`\n${stdout.trim()}`)
