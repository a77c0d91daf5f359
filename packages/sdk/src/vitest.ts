import { expect, test as base, type TestAPI } from 'vitest'
import { TestbedError } from './errors.js'
import { Reachability, type ExpectedReachability } from './reachability.js'
import type { StartOptions } from './start.js'
import { Testbed } from './testbed.js'
import type { ContainerNames, TypedTopology } from './topology/spec.js'

/** What a test gets from {@link testbedTest}. */
export interface TestbedFixtures<NetworkName extends string, HostName extends string, ContainerName extends string = never> {
  readonly testbed: Testbed<NetworkName, HostName, ContainerName>
}

/** How long a testbed lives. */
export interface FixtureOptions extends StartOptions {
  /** `test`: every test has a fresh one (the default). `file`: all tests of the file share one, started by the first that uses it; call `testbedTest` at the top level of the file then. */
  readonly scope?: 'test' | 'file'
}

/**
 * A `test` function of vitest whose tests get a running testbed, typed from the topology:
 *
 * ```ts
 * const test = testbedTest({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] }, b: { networks: ['lan'] } } })
 * test('a reaches b', async ({ testbed }) => {
 *   expect((await testbed.hosts.a.ping('b')).ok).toBe(true)
 * })
 * ```
 */
export function testbedTest<const NetworkName extends string, const Kinds>(
  topology: TypedTopology<NetworkName, Kinds>,
  options: FixtureOptions = {},
): TestAPI<TestbedFixtures<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>> {
  const { scope = 'test', ...start } = options
  return base.extend<TestbedFixtures<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>>({
    testbed: [
      // vitest reads the names of the fixtures that are used from the first parameter's pattern.
      // eslint-disable-next-line no-empty-pattern
      async ({}, use) => {
        const testbed = await Testbed.start(topology, start)
        try {
          await use(testbed)
        } finally {
          // Not `await using`: in vitest's vm pools the symbol of the module's realm is not that of the test's.
          await testbed.close()
          await testbed.closed
        }
      },
      { scope },
    ],
  }) as TestAPI<TestbedFixtures<NetworkName, keyof Kinds & string, ContainerNames<Kinds>>>
}

interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

async function matrixOf(received: unknown): Promise<Reachability> {
  if (received instanceof Reachability) return received
  if (received instanceof Testbed) return await received.reachability()
  throw new TestbedError('invalid', 'expect() must get a Testbed or the result of testbed.reachability()')
}

/** Matchers for a {@link Testbed} or a {@link Reachability}; their failures name the pairs. */
export const matchers = {
  /** Everybody reaches everybody. */
  async toBeFullyConnected(received: unknown): Promise<MatcherResult> {
    const matrix = await matrixOf(received)
    const missing = matrix.pairs.filter(({ ok }) => !ok)
    return {
      pass: missing.length === 0,
      message: () => (missing.length === 0 ? `everybody reaches everybody\n${matrix}` : `${missing.map(({ from, to }) => `${from} -> ${to}`).join(', ')} not reachable\n${matrix}`),
    }
  },
  /** Exactly these pairs reach each other. */
  async toHaveReachability(received: unknown, expected: ExpectedReachability): Promise<MatcherResult> {
    const matrix = await matrixOf(received)
    const differences = matrix.differences(expected)
    return { pass: differences.length === 0, message: () => (differences.length === 0 ? `reachability is as expected\n${matrix}` : `${differences.join('\n')}\n${matrix}`) }
  },
  /** One host reaches another. */
  async toReach(received: unknown, from: string, to: string): Promise<MatcherResult> {
    const matrix = received instanceof Testbed ? await received.reachability({ hosts: [from, to] }) : await matrixOf(received)
    const pair = matrix.pair(from, to)
    const how = pair.attempts.map(({ address, reason, rttMs }) => `${address}: ${reason ?? `${rttMs?.toFixed(2)} ms`}`).join(', ')
    return { pass: pair.ok, message: () => `${from} -> ${to} ${pair.ok ? 'is' : 'is not'} reachable (${how})` }
  },
}

expect.extend(matchers)

declare module 'vitest' {
  interface Matchers {
    /** Everybody reaches everybody (a Testbed or a Reachability). */
    toBeFullyConnected(): Promise<void>
    /** Exactly these pairs reach each other: for each host, those that it reaches. */
    toHaveReachability(expected: ExpectedReachability): Promise<void>
    /** One host reaches another. */
    toReach(from: string, to: string): Promise<void>
  }
}
