import { isMac } from './address.js'
import type { Checker } from './checker.js'
import { aclList } from './check-vlan.js'
import type { PortDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote, type OptionSpec } from './option.js'
import { coprocessorOptions, orgTlvOptions, portBeaconOptions, portOptions, portStackOptions } from './options.js'
import { display, entryOf, intOf, truthy, type ConfigValue } from './value.js'

const agnostic = new Set(['enabled', 'number', 'name', 'description', 'max_lldp_lost'])
const nonVlan = ['stack', 'mirror', 'coprocessor', 'output_only'] as const
/** OpenFlow ports that Faucet accepts beyond the physical ones: LOCAL and IN_PORT. */
const reserved = new Set([0xfffffffen, 0xfffffff8n])

/** Checks a port by itself. `undefined` when it has no valid number. */
export function checkPort(
  checker: Checker,
  key: ConfigValue,
  value: ConfigValue,
  path: ConfigPath,
): PortDraft | undefined {
  const options = new Options(checker, value, path, portOptions)
  const fail = (name: string, message: string, expected: string): void => {
    checker.fail([...path, name], options.get(name as keyof typeof portOptions) ?? key, message, expected)
  }
  const number = intOf(options.get('number') ?? key)
  if (number === undefined || number < 1n || (number > 0xf0000000n && !reserved.has(number))) {
    fail('number', `the number of this port is ${quote(options.get('number') ?? key)}`, 'number: 1 to 4026531840')
    return undefined
  }
  const keyText = key.kind === 'bool' ? (key.value ? 'True' : 'False') : display(key)
  const name = options.text('name') ?? keyText
  if (keyText !== String(number) && keyText !== name) {
    fail('name', `the key ${keyText} is neither the number ${String(number)} nor the name ${name}`, 'one of both')
  }
  checkNonVlan(checker, options, key)
  if (options.bool('hairpin') && options.bool('hairpin_unicast')) {
    fail('hairpin_unicast', 'both hairpin and hairpin_unicast', 'one of both')
  }
  if (options.bool('dot1x')) {
    if (number > 65535n) fail('dot1x', 'dot1x on a port above 65535', 'a port up to 65535')
    if (options.bool('dot1x_mab') && options.bool('dot1x_dyn_acl')) {
      fail('dot1x_dyn_acl', 'both dot1x_mab and dot1x_dyn_acl', 'one of both')
    }
    if (options.bool('dot1x_dyn_acl') && options.bool('dot1x_acl')) {
      fail('dot1x_acl', 'both dot1x_acl and dot1x_dyn_acl', 'one of both')
    }
  }
  options.limits(checker, 'lacp_resp_interval')
  options.limits(checker, 'lacp_port_priority')
  const mac = options.text('lldp_peer_mac')
  if (mac && !isMac(mac)) fail('lldp_peer_mac', `lldp_peer_mac is ${JSON.stringify(mac)}`, 'a MAC address')
  const forced = ['lacp_selected', 'lacp_unselected', 'lacp_standby'] as const
  if (forced.filter((option) => options.bool(option)).length > 1) {
    fail('lacp_selected', 'more than one of lacp_selected, lacp_unselected and lacp_standby', 'at most one')
  }
  const coprocessor = options.get('coprocessor')
  if (coprocessor && truthy(coprocessor)) {
    const inner = new Options(checker, coprocessor, [...path, 'coprocessor'], coprocessorOptions)
    if (inner.text('strategy') !== 'vlan_vid') fail('coprocessor', 'no known strategy', 'strategy: vlan_vid')
  }
  const stack = options.get('stack')
  if (stack && truthy(stack)) {
    const inner = new Options(checker, stack, [...path, 'stack'], portStackOptions)
    for (const end of ['dp', 'port'] as const) if (!inner.has(end)) fail('stack', `stack without ${end}`, 'dp and port')
  }
  checkBeacon(checker, options)
  return {
    number: Number(number),
    name,
    path,
    place: key,
    options,
    native: undefined,
    tagged: [],
    aclsIn: aclList(checker, options, 'acl_in', 'acls_in'),
    mirrorTo: [],
    outputOnly: options.bool('output_only'),
    isStack: options.truthy('stack'),
    peer: undefined,
  }
}

// Stack, mirror, coprocessor and output-only ports take no options of ordinary ports.
function checkNonVlan(checker: Checker, options: Options<typeof portOptions>, key: ConfigValue): void {
  const special: string[] = nonVlan.filter((option) => options.truthy(option))
  if (special.length === 0) return
  const fail = (name: string, message: string, expected: string): void => {
    checker.fail([...options.path, name], options.get(name as keyof typeof portOptions) ?? key, message, expected)
  }
  for (const option of ['native_vlan', 'tagged_vlans'] as const) {
    if (options.truthy(option)) fail(option, `${option} on a port with ${special.join(', ')}`, 'a port without VLANs')
  }
  const companions = options.truthy('output_only')
    ? ['mirror', 'output_only']
    : options.truthy('mirror')
      ? ['mirror', 'coprocessor']
      : special.slice(0, 1)
  for (const option of special) {
    if (!companions.includes(option)) {
      fail(option, `${special.join(', ')} on one port`, 'one of them, or mirror with output_only or with coprocessor')
    }
  }
  const acls = special.includes('stack') || special.includes('coprocessor')
  for (const [option, spec] of Object.entries<OptionSpec>(portOptions)) {
    const name = option as keyof typeof portOptions
    if (agnostic.has(option) || special.includes(option) || name === 'native_vlan' || name === 'tagged_vlans') continue
    const value = options.get(name)
    if (!value || !truthy(value) || (acls && option.startsWith('acl'))) continue
    const number = intOf(value)
    const same = number !== undefined && spec.default !== undefined && number === BigInt(Number(spec.default))
    if (!same) fail(option, `${option} on a port with ${special.join(', ')}`, 'an ordinary port, or no such option')
  }
}

function checkBeacon(checker: Checker, options: Options<typeof portOptions>): void {
  const value = options.get('lldp_beacon')
  if (!value || !truthy(value)) return
  const path = [...options.path, 'lldp_beacon']
  const beacon = new Options(checker, value, path, portBeaconOptions)
  if (!beacon.bool('enable') && !options.truthy('stack')) return
  const list = value.kind === 'map' ? entryOf(value, 'org_tlvs')?.value : undefined
  if (list?.kind === 'null') checker.fail([...path, 'org_tlvs'], list, 'org_tlvs is null', 'a list, or no org_tlvs')
  for (const [index, item] of beacon.list('org_tlvs').entries()) {
    const tlv = new Options(checker, item, [...path, 'org_tlvs', index], orgTlvOptions)
    if (!tlv.good) continue
    const oui = intOf(tlv.get('oui'))
    const octets = oui === undefined || oui < 0n ? 0 : oui.toString(16).padStart(6, '0').length
    if (oui === undefined || octets % 2 === 1 || octets === 0 || !tlv.has('subtype') || !tlv.get('info')) {
      checker.fail([...path, 'org_tlvs', index], item, 'the element is not complete', 'oui (24 bits), subtype and info')
    }
  }
}
