// Tests with Node's own test runner: one testbed for all tests of the file.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Testbed } from '@streambed/sdk'

const start = () =>
  Testbed.start({
    networks: { lan: { subnet: '10.0.0.0/24' }, island: { subnet: '10.9.0.0/24' } },
    hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] }, castaway: { networks: ['island'] } },
  })

let testbed: Awaited<ReturnType<typeof start>>
before(async () => {
  testbed = await start()
})
after(async () => {
  await testbed[Symbol.asyncDispose]()
})

// Node's runner starts and awaits the tests itself.
void test('the two on the lan reach each other, the castaway reaches nobody', async () => {
  const matrix = await testbed.reachability()
  matrix.assert({ a: ['b'], b: ['a'] })
})

void test('the failure of an expectation names the pair', async () => {
  const matrix = await testbed.reachability({ hosts: ['a', 'castaway'], timeout: 300 })
  assert.throws(() => matrix.assert({ a: ['castaway'] }), /a -> castaway: should be reachable/)
})

void test('a program in a host finds the other one by its name', async () => {
  const { stdout } = await testbed.hosts.a.exec(['getent', 'ahostsv4', 'b'])
  assert.match(stdout, new RegExp(`^${testbed.hosts.b.ip()}\\s`))
})
