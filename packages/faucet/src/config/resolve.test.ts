import { describe, expect, it } from 'vitest'
import { FaucetError } from '../errors.js'
import { faucetJsonSchema } from './json-schema.js'
import { parseFaucetConfig } from './parse.js'
import { resolveFaucetConfig } from './resolve.js'

const stack = `
vlans:
  office: {vid: 100, faucet_vips: [10.0.0.254/24], routes: [{route: {ip_dst: 10.9.0.0/16, ip_gw: 10.0.0.1}}]}
acls:
  send:
    - rule: {dl_type: 0x800, actions: {output: {set_fields: [{ipv4_dst: 10.0.0.9}], pop_vlans: 1, port: uplink}}}
    - rule: {actions: {mirror: 3}}
  unused: [{rule: {actions: {output: {port: 99}}}}]
dps:
  sw1:
    dp_id: 0x1
    stack: {priority: 1}
    interfaces:
      uplink: {number: 1, stack: {dp: sw2, port: 1}}
      2: {native_vlan: office, acl_in: send}
      3: {mirror: [2]}
    interface_ranges:
      4-5,2: {tagged_vlans: [200], max_hosts: 7}
  sw2:
    dp_id: 2
    interfaces:
      1: {stack: {dp: sw1, port: uplink}}
      2: {native_vlan: office}
      3: {native_vlan: office}
      uplink: {number: 9, native_vlan: office}
`

describe('resolveFaucetConfig', () => {
  const { dps } = resolveFaucetConfig(parseFaucetConfig(stack))
  const [sw1, sw2] = dps

  it('fills in the defaults of Faucet', () => {
    expect(sw1).toMatchObject({
      dp_id: 1n, timeout: 300, low_priority: 9000, highest_priority: 9099, learn_jitter: 51, cache_update_guard_time: 150,
      lldp_beacon: { send_interval: 5, max_per_interval: 5, system_name: 'sw1' },
      stack: { root: 'sw1', roots: ['sw1'], ports: [1], route_learning: true, root_flood_reflection: false },
    })
    expect(sw2?.stack).toMatchObject({ priority: undefined, root: 'sw1' })
  })

  it('follows references of ports and VLANs', () => {
    expect(sw1?.ports.get(1)).toMatchObject({ name: 'uplink', stack: { dp: 'sw2', port: 1 }, receive_lldp: true })
    expect(sw1?.ports.get(2)).toMatchObject({ native_vlan: 100, tagged_vlans: [200], mirror: [3], acls_in: ['send'], max_hosts: 7 })
    expect(sw1?.ports.get(3)).toMatchObject({ output_only: true, mirror: [] })
    expect(sw1?.vlans.get(200)).toMatchObject({ name: '200', tagged: [2, 4, 5], untagged: [] })
    expect(sw2?.vlans.get(100)).toMatchObject({
      name: 'office', untagged: [2, 3, 9], proactive_arp_limit: 512,
      faucet_vips: [{ version: 4, address: '10.0.0.254', prefix_length: 24 }],
      routes: [{ version: 4, ip_dst: '10.9.0.0/16', ip_gw: '10.0.0.1' }],
    })
  })

  it('puts the actions of an ACL into their order, and leaves unused ones alone', () => {
    const acl = sw1?.acls.get('send')
    expect(acl?.rules[0]).toMatchObject({
      match: { eth_type: 0x800 },
      actions: {
        ordered: false,
        output: [
          { type: 'pop_vlans', count: 1 },
          { type: 'set_field', field: 'ipv4_dst', value: '10.0.0.9' },
          { type: 'port', port: 1 },
        ],
      },
    })
    expect(acl?.rules[1]?.actions).toMatchObject({ allow: undefined, mirror: 3 })
    expect(sw1?.acls.get('unused')).toMatchObject({ used: false, rules: [] })
  })

  it('is frozen to the bottom', () => {
    expect(Object.isFrozen(sw1?.ports.get(2)?.tagged_vlans)).toBe(true)
  })

  it('throws every issue at once', () => {
    const refuse = (): unknown => resolveFaucetConfig(parseFaucetConfig('dps: {a: {dp_id: -1, interfaces: {0: {}}}}'))
    expect(refuse).toThrow(FaucetError)
    expect(refuse).toThrow(/^\[config\] faucet\.yaml:1:\d+: dps\.a\..* \(and 2 more\)$/)
  })
})

describe('faucetJsonSchema', () => {
  it('has the options, their types and limits', () => {
    expect(faucetJsonSchema).toMatchObject({
      $defs: {
        dp: { properties: { timeout: { type: 'integer', minimum: 15, maximum: 65535, default: 300 } }, required: ['dp_id'] },
        rule: { properties: { eth_type: { type: ['string', 'integer'] } }, additionalProperties: false },
      },
    })
    expect(() => JSON.stringify(faucetJsonSchema)).not.toThrow()
  })
})
