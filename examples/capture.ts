// Packets on the wire: as an async iterator of decoded packets, and as a pcap file.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPacket, Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  networks: { lan: { subnet: '10.0.0.0/24' } },
  hosts: { client: { networks: ['lan'] }, server: { networks: ['lan'] } },
})
const { client, server } = testbed.hosts

const folder = await mkdtemp(join(tmpdir(), 'capture-'))
try {
  const file = join(folder, 'server.pcap')
  const capture = await server.capture({ file, filter: ({ tcp }) => tcp !== undefined })

  // One TCP connection: one line there, one line back.
  const listener = await server.listen(7)
  listener.on('connection', (socket) => socket.once('data', (data) => socket.end(`echo ${data.toString()}`)))
  const socket = await client.connect('server', 7)
  socket.write('hello\n')
  for await (const answer of socket) console.log(`answer: ${String(answer).trim()}\n`)

  // Every packet of the connection, until the last segment with FIN has been seen from both sides.
  const finished = new Set<string>()
  for await (const packet of capture) {
    console.log(formatPacket(packet))
    if (packet.tcp?.flags.fin === true && packet.ipv4 !== undefined) finished.add(packet.ipv4.src)
    if (finished.size === 2) break // ends the capture and completes the file
  }

  const { received, dropped } = await capture.close()
  const bytes = await readFile(file)
  console.log(`\n${received} frames received, ${dropped} dropped; the file has ${bytes.length} bytes and begins with 0x${bytes.readUInt32LE(0).toString(16)}`)
} finally {
  await rm(folder, { recursive: true })
}
