import { describe, expect, it } from 'vitest'
import { Testbed } from '@streambed/sdk'
import { testbedTest } from '@streambed/sdk/vitest'

const topology = {
  networks: { lan: { subnet: '10.0.0.0/24' }, island: { subnet: '10.9.0.0/24' } },
  hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] }, castaway: { networks: ['island'] } },
} as const

describe('a testbed for each test', () => {
  const seen: Testbed<string, string>[] = []
  const test = testbedTest(topology)
  test('is running and typed', async ({ testbed }) => {
    seen.push(testbed)
    expect((await testbed.hosts.a.ping('b')).ok).toBe(true)
    await testbed.removeHost('b')
  })
  test('is another one in the next test, the first is closed', async ({ testbed }) => {
    expect(testbed).not.toBe(seen[0])
    expect(seen[0]?.inspect().state).toBe('closed')
    expect((await testbed.hosts.a.ping('b')).ok).toBe(true)
  })
})

const sharedTest = testbedTest(topology, { scope: 'file' })

describe('a testbed for a file', () => {
  const seen: Testbed<string, string>[] = []
  const test = sharedTest
  test('is started by the first test', ({ testbed }) => void seen.push(testbed))
  test('and is the same in the second, with matchers that name the pairs', async ({ testbed }) => {
    expect(testbed).toBe(seen[0])
    await expect(testbed).toReach('a', 'b')
    await expect(testbed).toHaveReachability({ a: ['b'], b: ['a'] })
    const matrix = await testbed.reachability()
    await expect(expect(matrix).toBeFullyConnected()).rejects.toThrow(/a -> castaway, b -> castaway, castaway -> a, castaway -> b not reachable/)
    await expect(expect(matrix).toHaveReachability({ a: ['b', 'castaway'], b: ['a'] })).rejects.toThrow(/a -> castaway: should be reachable, 10\.9\.0\.2: ENETUNREACH/)
    await expect(expect(testbed).toReach('a', 'castaway')).rejects.toThrow(/a -> castaway is not reachable/)
    expect(() => matrix.assertAll()).toThrow(/4 of 6 pairs differ/)
    expect(String(matrix)).toMatchInlineSnapshot(`
      "from       a   b  castaway
      a          ·   ✓      –
      b          ✓   ·      –
      castaway   –   –      ·
      2 of 6 pairs reach each other"
    `)
  })
})

it('draws the testbed in all formats', async () => {
  await using testbed = await Testbed.start(topology)
  expect(await testbed.diagram('dot')).toContain('castaway')
  expect(await testbed.diagram('mermaid')).toContain('flowchart LR')
  expect(await testbed.diagram('svg')).toMatch(/^<svg[\s\S]*castaway[\s\S]*<\/svg>\s*$/)
})
