// Rules: an ACL, routing between networks, a tap, and why a packet does not get through.
import { allow, deny, formatPacket, Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  acls: { 'no-telnet': [deny({ tcp: { dst: 23 } }, { description: 'use ssh' }), allow()] },
  networks: {
    office: { subnet: '10.1.0.0/24', acl: 'no-telnet', gateway: true },
    dmz: { subnet: '10.2.0.0/24', gateway: true },
  },
  hosts: {
    laptop: { networks: ['office'] },
    web: { networks: ['dmz'] },
    ids: { taps: { tap: ['web'] } },
  },
})

const { laptop, web, ids } = testbed.hosts
await using copies = await ids.capture({ interface: 'tap' })

// The gateways route, from the first packet on.
console.log(`ping over the gateway: ${(await laptop.ping(web)).ok}`)
console.log(`the tap sees: ${formatPacket(await copies.find((packet) => packet.icmp?.type === 8))}`)

console.log(`\n${await testbed.explain({ from: laptop, to: web, tcp: 23 })}`)
console.log(`\n${await testbed.explain({ from: laptop, to: web, tcp: 22 })}`)

// Rules change while packets flow.
await testbed.networks.office.setAcl('lockdown', [deny()])
console.log(`\nping under lockdown: ${(await laptop.ping(web, { timeout: 300 })).ok}`)
await testbed.networks.office.setAcl('no-telnet')
console.log(`ping afterwards: ${(await laptop.ping(web)).ok}`)
