import type { BundleMessage, FlowInput } from '@streambed/ovs/openflow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from '../../config/parse.js'
import { afterAclChange } from '../../config/resolve-acl-change.js'
import { resolveFaucetConfig } from '../../config/resolve.js'
import { loadedConfig, type LoadedConfig } from '../../control/config-source.js'
import { FaucetError } from '../../errors.js'
import { initialNetwork } from './configured.js'
import type { Effect } from './effect.js'
import type { NetworkState } from './state.js'
import { step } from './step.js'
import { wantedOf } from './wanted.js'

const ports = 16
const rules = [
  'dl_type: 0x800, nw_proto: 6, tcp_dst: 80, actions: {allow: false}',
  'dl_type: 0x800, nw_proto: 6, tcp_dst: 443, actions: {allow: true}',
  'dl_type: 0x800, nw_proto: 6, tcp_dst: 443, cookie: 7, actions: {allow: true}',
  'dl_type: 0x800, nw_dst: 10.0.0.1, actions: {output: {port: 3}}',
  'actions: {allow: true}',
  'dl_type: 0x800, actions: {output: {set_fields: [{eth_dst: "0e:00:00:00:00:01"}], port: 2}}',
  'in_port: 5, actions: {allow: true}',
  'vlan_vid: 100, actions: {output: {swap_vid: 200, port: 4}}',
  // What concerns more than the ACL.
  'dl_type: 0x806, actions: {allow: true, mirror: 2}',
  'dl_type: 0x800, nw_proto: 17, actions: {allow: true, meter: m}',
  'dl_type: 0x86dd, actions: {output: {failover: {group_id: 1, ports: [3, 4]}}}',
  'dl_type: 0x88cc, actions: {output: {tunnel: {dp: sw, port: 4, tunnel_id: 300}}}',
  // What Faucet takes and a switch does not.
  'tcp_dst: 80, actions: {allow: true}',
  // What is wrong.
  'nw_dst: nowhere, actions: {allow: true}',
  'actions: {output: {port: 99}}',
  'actions: {allow: maybe}',
]
const usual = fc.integer({ min: 0, max: 7 })
const rule = fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.integer({ min: 0, max: rules.length - 1 }) })
const name = fc.constantFrom('a', 'b', 'c', 'd')

interface Model {
  readonly acls: Readonly<Record<string, { readonly rules: readonly number[]; readonly exact: boolean }>>
  readonly places: Readonly<Record<string, readonly string[]>>
  readonly hairpin: boolean
  /** Where comments stand, which move everything. */
  readonly comments: number
}

const place = fc.constantFrom('vlan', 'out', 'dp', ...Array.from({ length: 6 }, (_, index) => String(index + 1)))
const edit = fc.oneof(
  { weight: 10, arbitrary: fc.record({ acl: name, rules: fc.array(rule, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ place, names: fc.uniqueArray(name, { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ comments: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ exact: name }) },
  { weight: 1, arbitrary: fc.constant({ hairpin: true as const }) },
  { weight: 1, arbitrary: fc.record({ gone: name }) },
)
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

const first: Model = {
  acls: Object.fromEntries(['a', 'b', 'c', 'd'].map((key, index) => [key, { rules: [index, 4], exact: false }])),
  places: { '1': ['a'], '2': ['b'], '3': ['b', 'c'] },
  hairpin: false,
  comments: 0,
}

function edited(model: Model, change: Edit): Model {
  if ('acl' in change) return { ...model, acls: { ...model.acls, [change.acl]: { rules: change.rules, exact: model.acls[change.acl]?.exact ?? false } } }
  if ('place' in change) return { ...model, places: { ...model.places, [change.place]: change.names } }
  if ('comments' in change) return { ...model, comments: change.comments }
  if ('hairpin' in change) return { ...model, hairpin: !model.hairpin }
  if ('gone' in change) return { ...model, acls: Object.fromEntries(Object.entries(model.acls).filter(([key]) => key !== change.gone)) }
  const acl = model.acls[change.exact]
  return acl ? { ...model, acls: { ...model.acls, [change.exact]: { ...acl, exact: !acl.exact } } } : model
}

function textOf({ acls, places, hairpin, comments }: Model): string {
  const used = (key: string, option: string) => (places[key]?.length ? `, ${option}: [${places[key].join(', ')}]` : '')
  const more = `${'# A comment.\n'.repeat(comments)}`
  const port = (number: number) =>
    `      ${String(number)}: {native_vlan: ${number % 2 === 0 ? 'x' : 'y'}, description: "Port ${String(number)}, of a text that is long enough to be taken apart"${used(String(number), 'acls_in')}}`
  return [
    `${more}vlans:`,
    `  x: {vid: 100${used('vlan', 'acls_in')}${used('out', 'acls_out')}}`,
    '  y: {vid: 200}',
    'meters: {m: {meter_id: 1, entry: {flags: KBPS, bands: [{type: DROP, rate: 100}]}}}',
    ...(Object.keys(acls).length > 0 ? ['acls:'] : []),
    ...Object.entries(acls).flatMap(([key, acl]) => [
      `${'  # Another comment, long enough to make the section long\n'.repeat(8 * comments)}  ${key}:`,
      `    exact_match: ${String(acl.exact)}`,
      '    rules:',
      ...acl.rules.map((index) => `      - {rule: {${rules[index] ?? ''}}}`),
    ]),
    'dps:', '  sw:', '    dp_id: 1', ...(places['dp']?.length ? [`    dp_acls: [${places['dp'].join(', ')}]`] : []),
    ...(hairpin ? ['    timeout: 400'] : []),
    '    interfaces:', ...Array.from({ length: ports }, (_, index) => port(index + 1)), '',
  ].join('\n')
}

/** The result, or everything that is wrong. */
function outcome<T>(make: () => T): T | { readonly issues: unknown } {
  try {
    return make()
  } catch (error) {
    if (error instanceof FaucetError && error.code === 'config') return { issues: error.detail?.issues }
    throw error
  }
}

const events = [{ type: 'connected' as const, dpId: 1n, ports: Array.from({ length: ports }, (_, index) => ({ portNo: index + 1, state: 4 })), flows: [] }]
const wanted = (network: NetworkState) => {
  const state = network.dps.get('sw')
  if (!state) throw new Error('no dataplane')
  return wantedOf({ network, state })
}
const idOf = ({ tableId, priority, match }: FlowInput) => JSON.stringify([tableId, priority, match], (_, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value))

/** What a switch has after changes. */
function carriedOut(table: Map<string, FlowInput>, effects: readonly Effect[]): Map<string, FlowInput> {
  const messages: BundleMessage[] = effects.flatMap((effect) => (effect.type === 'change' ? effect.messages : []))
  for (const message of messages) {
    if (message.type !== 'flow_mod') continue
    const { type: _, command, ...flow } = message
    if (command === 'delete_strict') table.delete(idOf(flow))
    else table.set(idOf(flow), { ...(table.get(idOf(flow)) ?? flow), ...flow })
  }
  return table
}

const errorsOf = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.type === 'log' && effect.level === 'error' ? [effect.text] : []))

describe('a configuration that follows another', () => {
  it('is resolved, and becomes flows, as if there had been no other', () => {
    let fast = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        let model = first
        let loaded: LoadedConfig = loadedConfig(parseFaucetConfig(textOf(model)))
        let network = step(initialNetwork(loaded.resolved, 0), events, 1).state
        let table = new Map([...wanted(network).flows.values()].map(({ flow }) => [idOf(flow), flow]))
        for (const change of edits) {
          const next = edited(model, change)
          const text = textOf(next)
          // An asterisk prevents that it is taken apart.
          const full = outcome(() => resolveFaucetConfig(parseFaucetConfig(`${text}# *`)))
          const now = outcome(() => loadedConfig(text, loaded))
          if ('issues' in full || 'issues' in now) {
            expect(now).toEqual(full)
            continue
          }
          if (afterAclChange(loaded.resolution, parseFaucetConfig(text))) fast++
          expect(now.resolved).toEqual(full)
          expect([...(now.resolved.dps[0]?.acls.keys() ?? [])]).toEqual([...(full.dps[0]?.acls.keys() ?? [])])
          const isOther = now.resolved.dps[0] !== loaded.resolved.dps[0]
          model = next
          loaded = now
          const stepped = step(network, [{ type: 'config', config: loaded.resolved }], 2)
          network = stepped.state
          const fresh = step(initialNetwork(full, 0), events, 1)
          const [is, should] = [wanted(network), wanted(fresh.state)]
          expect(new Map([...is.flows].sort())).toEqual(new Map([...should.flows].sort()))
          expect([is.groups, is.meters]).toEqual([should.groups, should.meters])
          const isCompared = stepped.effects.some(({ type }) => type === 'compare')
          table = isCompared ? new Map([...is.flows.values()].map(({ flow }) => [idOf(flow), flow])) : carriedOut(table, stepped.effects)
          expect(new Map([...table].sort())).toEqual(new Map([...should.flows.values()].map(({ flow }) => [idOf(flow), flow] as const).sort()))
          expect(errorsOf(stepped.effects)).toEqual(isOther ? errorsOf(fresh.effects) : [])
        }
      }),
      { numRuns: Number(process.env['STREAMBED_RUNS'] ?? 15), seed: 4 },
    )
    expect(fast).toBeGreaterThan(15)
  }, 60_000)
})
