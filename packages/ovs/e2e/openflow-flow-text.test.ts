import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainActionArbitraries } from '../src/openflow/action/action.arbitrary.js'
import { connectOpenFlow, type Datapath, type FlowModInput, type FlowStats } from '../src/openflow/index.js'
import { parseFlow, printFlow, printFlowStats } from '../src/openflow/text/flow.js'
import { printActions } from '../src/openflow/text/action.js'
import { rounds } from './campaign.js'
import { DummyOvs } from './dummy-ovs.js'

let ovs: DummyOvs
let datapath: Datapath
beforeAll(async () => {
  ovs = await DummyOvs.start()
  datapath = await connectOpenFlow(ovs.management())
  await ovs.ofctl('add-meter', 'meter=5,kbps,band=type=drop,rate=1000')
  for (const group of [5, 16]) await ovs.ofctl('add-group', `group_id=${group},type=all,bucket=output:1`)
})
afterAll(async () => {
  await datapath?.close()
  await ovs?.stop()
})

const golden = readFileSync(new URL('../src/openflow/text/flow.golden.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !/^(?:#|delete|modify)/.test(line))
  .map((line) => line.split('\t')[0] as string)

/** Matches that satisfy the prerequisites of what actions set. */
const matches = [
  'ip',
  'tcp,dl_vlan=1',
  'udp6',
  'icmp6,icmp_type=135,icmp_code=0',
  'icmp6,icmp_type=136,icmp_code=0',
  'arp,vlan_tci=0x1000/0x1000',
  'mpls',
  'eth_type=0x894f',
  'sctp,reg0=1',
  'icmp',
  'ct_state=+trk,tcp,ct_nw_proto=6',
]

/** Has no text of its own in Open vSwitch, or a text that means something else on a switch of OpenFlow 1.3. */
const notOnSwitches = [
  /^(?:experimenter|unknown|copy_ttl|push_pbb|pop_pbb|nx_write_metadata|nx_debug|nx_nat)/,
  /^nx_(?:set_queue|group|push_mpls|pop_mpls|set_mpls|dec_ttl$|dec_mpls)/,
]

const arbitraries = Object.entries(plainActionArbitraries).filter(
  ([type]) => !notOnSwitches.some((pattern) => pattern.test(type)),
)
const flowArbitrary = fc
  .tuple(
    fc.constantFrom(...matches),
    fc.array(fc.oneof(...arbitraries.map(([, arbitrary]) => arbitrary)), { minLength: 1, maxLength: 3 }),
  )
  .map(([match, actions]) => `${match},actions=${printActions(actions)}`)

interface NumberedFlow {
  readonly text: string
  readonly flow: FlowModInput
}

/** Those of the texts that can be read, each as a flow of its own: with a cookie and a priority that no other has. */
function numbered(texts: readonly string[]): NumberedFlow[] {
  return texts.flatMap((text, index) => {
    const place = `cookie=${index + 1},priority=${index + 1}`
    const at = text.indexOf('action')
    const own = text.slice(0, at).replace(/\b(?:cookie|priority|check_overlap)(?:=[^, ]*)?/g, '')
    const whole = `${own},${place},${text.slice(at)}`
    try {
      return [{ text: whole, flow: parseFlow(whole, { inapplicable: 'drop' }) }]
    } catch {
      return []
    }
  })
}

async function flowsOfSwitch(): Promise<FlowStats[]> {
  const flows: FlowStats[] = []
  for await (const flow of datapath.flows()) flows.push(flow)
  return flows.sort((a, b) => Number(a.cookie - b.cookie))
}

/** Lines by cookie, so that they are in one order. */
function sorted(lines: readonly string[]): string[] {
  const cookieOf = (line: string) => Number(/cookie=(0x[0-9a-f]+)/.exec(line)?.[1])
  return [...lines].sort((a, b) => cookieOf(a) - cookieOf(b))
}

const withoutTime = (line: string) => line.trim().replace(/duration=[^,]*/, 'duration=0s')

/** What the switch has when we have sent it the flows, and when ovs-ofctl has sent it their texts. */
async function bothWays(texts: readonly string[]): Promise<{ taken: number; lines: string[] }> {
  const flows = numbered(texts)
  await datapath.deleteFlows()
  const refused = new Set<number>()
  await datapath.addFlows(
    flows.map(({ flow }) => flow),
    { onError: (_error, index) => refused.add(index) },
  )
  const taken = flows.filter((_flow, index) => !refused.has(index))

  const stats = await flowsOfSwitch()
  expect(stats).toHaveLength(taken.length)
  const lines = stats.map(printFlow)
  expect(lines).toEqual(sorted(await ovs.dumpFlows()))
  const dumped = (await ovs.ofctl('dump-flows')).split('\n').filter((line) => line.includes('cookie='))
  expect(stats.map(printFlowStats).map(withoutTime)).toEqual(sorted(dumped).map(withoutTime))

  await datapath.deleteFlows()
  await ovs.ofctl('add-flows', await ovs.file('flows', taken.map(({ text }) => `${text}\n`).join('')))
  expect((await flowsOfSwitch()).map(printFlow)).toEqual(lines)

  await datapath.deleteFlows()
  await datapath.addFlows(lines.map((line) => parseFlow(line, { inapplicable: 'drop' })))
  expect(sorted(await ovs.dumpFlows())).toEqual(lines)
  return { taken: taken.length, lines }
}

describe('flows as text on a live bridge', () => {
  it('are the same whether we or ovs-ofctl read and print them: the flows of the golden data', async () => {
    const { taken } = await bothWays(golden)
    expect(taken).toBeGreaterThan(250)
  })

  it('are the same whether we or ovs-ofctl read and print them: flows at random', async () => {
    const count = rounds(600, 40_000)
    let all = 0
    for (let seed = 1; all < count / 4; seed++) {
      const { taken } = await bothWays(fc.sample(flowArbitrary, { numRuns: Math.min(count, 4000), seed }))
      expect(taken).toBeGreaterThan(0)
      all += taken
    }
  }, 600_000)
})
