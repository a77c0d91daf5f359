// A server and its clients in this process, on hosts of their own, over IPv6: HTTP and UDP.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  networks: { lan: { subnet: 'fd00:1::/64' } },
  hosts: { web: { networks: ['lan'] }, laptop: { networks: ['lan'] }, phone: { networks: ['lan'] } },
})
const { web, laptop, phone } = testbed.hosts

// web.listen() opens the socket in web's network; node:http takes it over.
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ path: request.url, from: request.socket.remoteAddress }))
})
server.listen(await web.listen(80))

for (const host of [laptop, phone]) {
  const response = await host.fetch(`http://web/${host.name}`)
  console.log(`${host.name}: ${response.status} ${await response.text()}`)
}
const byAddress = await laptop.fetch(`http://[${web.ip6()}]/by-address`)
console.log(`by address: ${byAddress.status}`)

// UDP likewise: an ordinary dgram.Socket. It sends to addresses, not to names.
const echo = await web.createSocket('udp6', { port: 7 })
echo.on('message', (message, sender) => echo.send(`echo ${message.toString()}`, sender.port, sender.address))
const client = await phone.createSocket('udp6')
const answered = once(client, 'message')
client.send('hello', 7, web.ip6())
const [answer] = (await answered) as [Buffer]
console.log(`udp: ${answer.toString()}`)

console.log(`open ports of web: tcp 80 ${await laptop.canConnect(web, { tcp: 80 })}, tcp 81 ${await laptop.canConnect(web, { tcp: 81 })}, udp 7 ${await laptop.canConnect(web, { udp: 7 })}`)
