import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import type { ForwardingCase } from './forwarding-case.js'
import { aclCases } from './forwarding-cases-acl.js'
import { routingCases } from './forwarding-cases-routing.js'
import { stackCases } from './forwarding-cases-stack.js'
import { switchingCases } from './forwarding-cases-switching.js'
import { type Comparison, compareForwarding, type FlowDifference, type ForwardingDifference } from './forwarding-comparison.js'
import { RealFaucet } from './forwarding-faucet.js'
import { ForwardingLab } from './forwarding-lab.js'
import { randomCase } from './forwarding-random-case.js'
import { knownFlowDifferences, knownForwardingDifferences } from './known-forwarding-differences.js'
import { Random } from './random.js'

/** In `npm test` every so many cases, each time others of every kind; in the campaign all. */
const step = rounds(9, 1)
const generated = rounds(5, 150)
/** Milliseconds for a case, when the machine has other things to do as well. */
const limit = 60_000

let lab: ForwardingLab
let real: RealFaucet
let number = 0
const sum = { configurations: 0, packets: 0, delivered: 0, flows: 0 }

beforeAll(async () => {
  lab = await ForwardingLab.start()
  real = await RealFaucet.start()
})

afterAll(async () => {
  await real.close()
  await lab.close()
})

const random = new Random(20260801)
const groups: Readonly<Record<string, readonly ForwardingCase[]>> = {
  'within a switch': switchingCases,
  'with ACLs': aclCases,
  'between VLANs': routingCases,
  'in stacks': stackCases,
  'with any options together': Array.from({ length: generated }, (_, index) => randomCase(random, index)),
}

describe('packets come out as with the real Faucet', () => {
  for (const [group, all] of Object.entries(groups)) {
    const cases = all.filter((_, index) => all === groups['with any options together'] || index % step === 0)
    describe(group, () => {
      it.for(cases)('$name', { timeout: limit }, async (one, { signal }) => {
        // One that is still at something, or has ended, has failed an earlier case: it must not fail this one as well.
        if (!real.isIdle) {
          await real.close()
          real = await RealFaucet.start()
        }
        const compared = await compareForwarding(lab, real, one, number++, signal)
        sum.configurations++
        sum.packets += compared.packets
        sum.delivered += compared.delivered
        sum.flows += compared.flows
        const different = compared.different.filter((found) => !knownForwardingDifferences.some((known) => known.is(found, compared)))
        const flows = compared.flowDifferences.filter((found) => !knownFlowDifferences.some((known) => known.is(found)))
        const told = [...different.slice(0, 3).map((found) => toldPacket(one, found)), flows.slice(0, 10).map(toldFlow).join('\n')]
        expect(told.filter((text) => text !== '').join('\n\n')).toBe('')
        expect(compared.packets, 'packets that were tried').toBeGreaterThan(0)
      })
    })
  }

  it('of which there are enough, and many that arrive somewhere', () => {
    expect(sum.configurations).toBeGreaterThanOrEqual(rounds(30, 300))
    expect(sum.packets).toBeGreaterThanOrEqual(rounds(3000, 90_000))
    expect(sum.delivered).toBeGreaterThan(sum.packets / 4)
    expect(sum.flows).toBeGreaterThan(1000)
  })
})

describe('the real Faucet as it is installed', () => {
  it('forgets fields to set in a rule when another one sets the same and drops the packet', { timeout: limit }, async ({ signal }) => {
    const asInstalled = await RealFaucet.start({ asInstalled: true })
    try {
      const set = 'output: {set_fields: [{eth_dst: "02:00:00:00:00:02"}]}'
      const yaml = [
        'vlans: {v100: {vid: 100}}',
        `acls: {a: [{rule: {eth_type: 0x800, ip_proto: 17, actions: {${set}}}}, {rule: {eth_type: 0x800, actions: {allow: 1, ${set}}}}]}`,
        'dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v100, acls_in: [a]}, 2: {native_vlan: v100}}}}',
      ].join('\n')
      const compared = await compareForwarding(lab, asInstalled, { name: 'shared instructions', yaml, absent: [] }, number++, signal)
      const before = compared.flowDifferences.filter(({ side, phase }) => side === 'ours' && phase === 'before')
      const setting = before.filter(({ flow }) => flow.includes('set_field:02:00:00:00:00:02->eth_dst'))
      expect(setting.map(({ flow }) => flow)).toEqual([expect.stringContaining('priority=20479,ip,in_port=1')])
      expect(different(compared)).toBe(true)
    } finally {
      await asInstalled.close()
    }
  })
})

function different({ different: packets }: Comparison): boolean {
  return packets.length > 0
}

function toldPacket({ yaml }: ForwardingCase, { phase, dp, packet, real: one, ours, realTrace, ourTrace }: ForwardingDifference): string {
  const lines = (outcome: readonly string[]) => (outcome.length === 0 ? 'dropped' : outcome.join('\n      '))
  const told = [`${phase} learning, at ${dp}: ${packet}`, `real: ${lines(one)}`, `ours: ${lines(ours)}`, yaml, realTrace, ourTrace]
  return told.join('\n')
}

function toldFlow({ phase, dp, side, flow }: FlowDifference): string {
  return `${phase} learning, at ${dp}, only ${side}: ${flow}`
}
