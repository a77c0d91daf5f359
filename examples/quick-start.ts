// The quick start of the README: two networks, four hosts, a web server and its client in this very process.
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  networks: {
    office: { subnet: ['10.1.0.0/24', 'fd00:1::/64'] },
    dmz: { subnet: ['10.2.0.0/24', 'fd00:2::/64'] },
  },
  hosts: {
    laptop: { networks: ['office'], routes: [{ to: '10.2.0.0/24', via: '10.1.0.1' }, { to: 'fd00:2::/64', via: 'fd00:1::1' }] },
    printer: { networks: ['office'] },
    web: { networks: ['dmz'], routes: [{ to: '10.1.0.0/24', via: '10.2.0.1' }, { to: 'fd00:1::/64', via: 'fd00:2::1' }] },
    fw: { networks: { office: { ip: ['10.1.0.1', 'fd00:1::1'] }, dmz: { ip: ['10.2.0.1', 'fd00:2::1'] } }, forwarding: true },
  },
})

const { laptop, printer, web } = testbed.hosts

// Who reaches whom, by real packets. The printer has no route to the dmz.
console.log(`${await testbed.reachability()}\n`)

// This process answers on web's address, port 80, and asks from laptop's.
const server = createServer((request, response) => response.end(`hello ${request.socket.remoteAddress}, this is web\n`))
server.listen(await web.listen(80))
const response = await laptop.fetch('http://web/')
console.log(`laptop asks web: ${response.status} ${await response.text()}`)

// Any program runs in a host; names resolve there too.
const { stdout } = await laptop.exec(['ping', '-c', '1', 'web'])
console.log(stdout)

// Packets on the wire.
await using capture = await printer.capture()
await printer.ping('laptop')
const request = await capture.find((packet) => packet.icmp?.type === 8)
console.log(`printer's wire: ${request.ipv4?.src} > ${request.ipv4?.dst}, ICMP echo request, ${request.originalLength} bytes`)

const folder = new URL('.', import.meta.url)
await mkdir(folder, { recursive: true })
await writeFile(new URL('quick-start.svg', folder), await testbed.diagram('svg'))
console.log(`diagram: ${new URL('quick-start.svg', folder).pathname}`)
