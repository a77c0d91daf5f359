// What breaks, and who still reaches whom: a pulled cable, a host that is off, a frozen host, a network split in two.
import { once } from 'node:events'
import { Testbed } from '@streambed/sdk'

await using testbed = await Testbed.start({
  networks: { lan: { subnet: '10.0.0.0/24' } },
  hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] }, c: { networks: ['lan'] }, d: { networks: ['lan'] } },
})

const { a, b, c } = testbed.hosts
const events = testbed.events()

async function show(title: string): Promise<void> {
  console.log(`${title}\n${await testbed.reachability({ timeout: 300 })}\n`)
}

await show('all is well')

await a.linkDown()
await show("a's cable is pulled")
await a.linkUp()

// A power failure: what runs in b is killed, its sockets are gone. The other side learns of it when it next sends.
await b.listen(80)
const connection = await c.connect('b', 80)
await b.stop()
await show('b is off')
await b.restart()
const reset = once(connection, 'error')
connection.write('is anybody there?')
const [error] = (await reset) as [NodeJS.ErrnoException]
console.log(`the connection to b ended with ${error.code}\n`)
await show('b is back')

// A frozen host does nothing more, but its kernel still answers pings.
await c.exec(['sh', '-c', 'while :; do sleep 0.1; done & echo started'])
await c.stop({ mode: 'freeze' })
console.log(`c is ${c.state} and ${(await a.ping('c')).ok ? 'still answers pings' : 'does not answer'}\n`)
await c.restart()

await testbed.partition(['a', 'b'], ['c', 'd'])
await show('split in two')
await testbed.heal()
await show('healed')

await testbed.close()
const seen: string[] = []
for await (const { type } of events) if (type !== 'control') seen.push(type)
console.log(`events: ${seen.join(', ')}`)
