// Containers as hosts: an image beside ordinary hosts, on one network, with the same names, rules, captures and faults.
//
//   sudo node dist/containers.js [image]
//
// The image needs busybox's programs; default busybox:latest, which is fetched when it is not there. DOCKER_HOST says where Docker is, if not in its usual place.
import { allow, deny, formatPacket, Testbed, TestbedError } from '@streambed/sdk'

const image: string = process.argv[2] ?? 'busybox'

async function example(): Promise<void> {
  await using testbed = await Testbed.start(
    {
      name: 'shop',
      acls: { 'web-only': [allow({ tcp: { dst: 80 } }), allow({ arp: {} }), deny()] },
      networks: { lan: { subnet: '10.0.0.0/24' } },
      hosts: {
        laptop: { networks: { lan: { acl: 'web-only' } } },
        web: { networks: ['lan'], image, command: ['httpd', '-f', '-v', '-p', '80'], workdir: '/srv', resources: { memory: 64 * 2 ** 20 }, ready: { port: 80 } },
        db: { networks: ['lan'], image, command: ['nc', '-ll', '-p', '5432', '-e', 'cat'], ready: { port: 5432 } },
      },
    },
    // As networks of Docker, to be seen by `docker network ls`. Left out, containers are wired directly, which is faster.
    { wire: 'driver', onProgress: ({ step, message }) => step === 'containers' && console.log(message) },
  )
  const { laptop, web, db } = testbed.hosts

  // Files go in, programs run in it, its log comes out.
  await web.writeFile('/srv/index.html', 'a page from a container\n')
  console.log(`laptop reads: ${(await (await laptop.fetch('http://web/')).text()).trim()}`)
  console.log(`web is ${(await web.exec(['hostname'])).stdout.trim()}, and finds db: ${(await web.exec(['ping', '-c1', '-W1', 'db'])).stdout.includes('1 packets received')}`)
  for await (const { line } of web.logs()) console.log(`web's log: ${line.replace(/:\d+:/, ':')}`)

  // The switch has the last word, for containers as for all.
  console.log(`laptop may use db: ${await laptop.canConnect(db, { tcp: 5432 }, { timeout: 500 })}, web may: ${await web.canConnect(db, { tcp: 5432 })}`)

  const capture = await db.capture({ filter: ({ icmp }) => icmp !== undefined })
  await web.exec(['ping', '-c1', 'db'])
  console.log(`on db's wire: ${formatPacket(await capture.find(({ icmp }) => icmp?.type === 8)).replace(/id \d+/, 'id …')}`)
  await capture.close()

  // A power failure, and its command runs again.
  await web.stop()
  console.log(`web is ${web.state}: ${(await db.ping('web', { timeout: 300 })).ok}`)
  await web.restart()
  console.log(`web is ${web.state}: ${(await laptop.fetch('http://web/')).status}`)

  const network = await testbed.networks.lan.docker()
  console.log(`in Docker: ${network?.name} with ${(await web.containerState()).networks.map(({ ipv4 }) => ipv4).join(', ')}`)
}

try {
  await example()
} catch (error) {
  // No Docker, no root, no Open vSwitch: the message says what is missing, and what to do.
  if (!(error instanceof TestbedError && error.code === 'missing')) throw error
  console.error(`This example cannot run here: ${error.message}`)
  process.exitCode = 1
}
