import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from './parse.js'
import { validateFaucetConfig } from './resolve.js'

// Each verdict was taken from the real Faucet 1.10.12 (check_faucet_config).
const sw1 = (body: string, rest = ''): string => `${rest}
dps:
  sw1:
    dp_id: 1
    interfaces:
${body}`
const port = (option: string): string => sw1(`      1: {native_vlan: 100, ${option}}\n      2: {native_vlan: 100}`)
const acl = (rule: string): string => sw1('      1: {native_vlan: 100, acls_in: [a]}\n      2: {native_vlan: 100}', `acls:
  a:
    - rule: {${rule}}`)
const dp = (option: string): string => `${port('enabled: true')}\n    ${option}`
const vlan = (option: string): string => sw1('      1: {native_vlan: 100}', `vlans:\n  100: {${option}}`)

const accepted: readonly string[] = [
  port('max_hosts: true'),
  port('mirror: ""'),
  port('description: null'),
  port('number: 3'),
  dp('timeout: 0x100'),
  dp('port_table_scale_factor: 2.0'),
  dp('dp_acls: []'),
  vlan('faucet_vips: ["10.0.0.254/255.255.255.0"]'),
  vlan('routes: [{ip_dst: 10.1.0.0/16, ip_gw: 10.0.0.1}]'),
  vlan('faucet_mac: "e00.0.1"'),
  sw1('      1: {tagged_vlans: [100, 200]}\n      2: {output_only: true, mirror: 1}'),
  sw1('      uplink: {number: 7, native_vlan: 100}'),
  acl('dl_type: "0x800", nw_src: 10.0.0.0/8, actions: {allow: 1}'),
  acl('in_port: nonsense, actions: {allow: 1}'),
  acl('actions: {output: [{pop_vlans: 1}, {port: 2}]}'),
  acl('actions: {output: {set_fields: [{eth_type: "0x800"}]}}'),
  acl('actions: {ct: {table: 1, zone: 1, nat: {range_ipv4_min: 10.0.0.1}}}'),
  acl('cookie: 65536'),
]

const refused: readonly (readonly [text: string, path: string])[] = [
  ['', ''],
  ['version: 3\ndps: {}', 'version'],
  [`${port('enabled: true')}\nunknown: 1`, 'unknown'],
  [port('nonsense: 1'), 'dps.sw1.interfaces.1.nonsense'],
  [port('enabled: yes'), 'dps.sw1.interfaces.1.enabled'],
  [port('max_hosts: 1.0'), 'dps.sw1.interfaces.1.max_hosts'],
  [port('hairpin: true, hairpin_unicast: true'), 'dps.sw1.interfaces.1.hairpin_unicast'],
  [port('output_only: true'), 'dps.sw1.interfaces.1.native_vlan'],
  [port('mirror: 9'), 'dps.sw1.interfaces.1.native_vlan'],
  [port('tagged_vlans: [100]'), 'dps.sw1.interfaces.1.native_vlan'],
  [port('lacp_resp_interval: 0'), 'dps.sw1.interfaces.1.lacp_resp_interval'],
  [port('lacp_port_priority: 256'), 'dps.sw1.interfaces.1.lacp_port_priority'],
  [port('acl_in: a, acls_in: [a]'), 'dps.sw1.interfaces.1.acl_in'],
  [port('acls_in: [missing]'), 'dps.sw1.interfaces.1.acls_in.0'],
  [port('number: 3, name: x'), 'dps.sw1.interfaces.1.name'],
  [sw1('      1: {native_vlan: office}'), 'dps.sw1.interfaces.1.native_vlan'],
  [sw1('      1: {native_vlan: 4096}'), 'dps.sw1.interfaces.1.native_vlan.vid'],
  [sw1('      1: {description: alone}'), 'dps.sw1.interfaces'],
  [dp('timeout: 14'), 'dps.sw1.timeout'],
  [dp('arp_neighbor_timeout: 150'), 'dps.sw1.arp_neighbor_timeout'],
  [dp('port_table_scale_factor: 2'), 'dps.sw1.port_table_scale_factor'],
  [dp('hardware: toaster'), 'dps.sw1.hardware'],
  [dp('global_vlan: 100'), 'dps.sw1.global_vlan'],
  [dp('name: sw2'), 'dps.sw1.name'],
  [dp('interface_ranges: {6-4: {native_vlan: 100}}'), 'dps.sw1.interface_ranges.6-4'],
  [vlan('vid: 0'), 'vlans.100.vid'],
  [vlan('faucet_vips: [10.0.0.254/32]'), 'vlans.100.faucet_vips.0'],
  [vlan('routes: [{ip_dst: 10.1.0.1/16, ip_gw: 10.0.0.1}]'), 'vlans.100.routes.0.ip_dst'],
  [acl('actions: {}'), 'acls.a.0.rule.actions'],
  [acl('cookie: 65537'), 'acls.a.0.rule.cookie'],
  [acl('eth_type: ip, actions: {allow: 1}'), 'acls.a.0.rule.eth_type'],
  [acl('ipv4_src: 10.0.0.0/33'), 'acls.a.0.rule.ipv4_src'],
  [acl('actions: {output: {port: 9}}'), 'acls.a.0.rule.actions.output.port'],
  [acl('actions: {output: {port: 2, ports: [2]}}'), 'acls.a.0.rule.actions.output.ports'],
  [acl('actions: {output: [{pop_vlans: 1, port: 2}]}'), 'acls.a.0.rule.actions.output.0'],
  [acl('actions: {meter: m}'), 'acls.a.0.rule.actions.meter'],
  [acl('actions: {ct: {table: 1}}'), 'acls.a.0.rule.actions.ct.zone'],
  [acl('actions: {output: {tunnel: {dp: sw9}}}'), 'acls.a.0.rule.actions.output.tunnel.dp'],
  [`${port('enabled: true')}\nrouters:\n  r: {vlans: [nowhere]}`, 'routers.r'],
  [`${port('enabled: true')}\nmeters:\n  m: {meter_id: 1, entry: {flags: KBPS}}`, 'meters.m.entry.bands'],
  [sw1('      1: {stack: {dp: sw1, port: 1}}'), 'dps.sw1.stack.priority'],
]

const pathsOf = (text: string): string[] => validateFaucetConfig(parseFaucetConfig(text)).map((one) => one.path.join('.'))

describe('validateFaucetConfig', () => {
  it.each(accepted)('accepts %j', (text) => {
    expect(pathsOf(text)).toEqual([])
  })

  it.each(refused)('refuses %j at %s', (text, path) => {
    expect(pathsOf(text)).toContain(path)
  })

  it('tells all errors at once, each with its place and what would be right', () => {
    const text = 'dps:\n  sw1:\n    dp_id: 1\n    timeout: 3\n    interfaces:\n      1: {native_vlan: 100, enabled: 7}\n'
    const issues = validateFaucetConfig(parseFaucetConfig({ 'net/faucet.yaml': text }))
    expect(issues).toEqual([
      {
        file: 'net/faucet.yaml', line: 4, column: 14, path: ['dps', 'sw1', 'timeout'],
        message: 'timeout is 3: too small', expected: '15 to 65535',
      },
      expect.objectContaining({ path: ['dps', 'sw1', 'arp_neighbor_timeout'] }),
      expect.objectContaining({ path: ['dps', 'sw1', 'nd_neighbor_timeout'] }),
      {
        file: 'net/faucet.yaml', line: 6, column: 38, path: ['dps', 'sw1', 'interfaces', 1, 'enabled'],
        message: 'enabled is 7', expected: 'true or false',
      },
    ])
  })

  it('takes a configuration built by a program, without places', () => {
    const config = { dps: { sw1: { dp_id: 2n ** 63n, interfaces: { 1: { native_vlan: 4096 } } } } }
    const [issue] = validateFaucetConfig(config)
    expect(issue).toMatchObject({ file: undefined, line: undefined, path: ['dps', 'sw1', 'interfaces', 1, 'native_vlan', 'vid'] })
  })
})
