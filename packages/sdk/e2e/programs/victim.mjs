// Starts, uses and closes testbeds, for ever, and says what it is doing: somebody kills it at a random moment.
import { Testbed } from '@streambed/sdk'

const count = Number(process.argv[2] ?? 3)
const hosts = Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, { networks: ['lan'] }]))
for (;;) {
  console.log('start')
  const testbed = await Testbed.start({ networks: { lan: { subnet: ['10.0.0.0/16', 'fd00::/64'] } }, hosts })
  console.log('use')
  const server = await testbed.hosts.h0.listen(80)
  server.on('connection', (socket) => socket.on('error', () => undefined).resume())
  await testbed.hosts.h1.connect('h0', 80)
  const capture = await testbed.hosts.h0.capture()
  const process = await testbed.hosts.h1.spawn(['sh', '-c', 'sleep 1000 & sleep 1000'])
  await testbed.hosts.h1.exec(['true'])
  await testbed.reachability({ hosts: ['h0', 'h1'] })
  console.log('close')
  capture.return().catch(() => undefined)
  process.exited.catch(() => undefined)
  await testbed.close()
  await testbed.closed
}
