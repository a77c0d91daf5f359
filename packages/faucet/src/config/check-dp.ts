import { isMac } from './address.js'
import type { Checker } from './checker.js'
import { checkPort } from './check-port.js'
import { vlanDraft } from './check-vlan.js'
import type { DpDraft, Network, PortDraft, VlanDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote } from './option.js'
import { dpBeaconOptions, dpDot1xOptions, dpOptions, stackOptions, tableSizeOptions } from './options.js'
import { parsePortRange } from './port-range.js'
import {
  display, entryOf, intOf, keyId, pathKey, truthy, type ConfigEntry, type ConfigMap, type ConfigValue,
} from './value.js'

/** The switches for which Faucet has a driver. */
export const hardwareNames: readonly string[] = [
  'Generic', 'GenericTFM', 'Allied-Telesis', 'Aruba', 'CiscoC9K', 'Lagopus', 'Netronome', 'NoviFlow', 'Open vSwitch',
  'Open vSwitch TFM', 'ZodiacFX', 'ZodiacGX',
]

/** Checks a dataplane and its ports by themselves; VLANs that are only referred to come into the network. */
export function checkDp(checker: Checker, entry: ConfigEntry, network: Network): DpDraft | undefined {
  const path: ConfigPath = ['dps', pathKey(entry.key)]
  if (entry.value.kind !== 'map') {
    checker.fail(path, entry.value, 'the dataplane is no mapping', 'a mapping with dp_id and interfaces')
    return undefined
  }
  const options = new Options(checker, entry.value, path, dpOptions)
  const fail = (name: keyof typeof dpOptions, message: string, expected: string): void => {
    checker.fail([...path, name], options.get(name) ?? entry.key, message, expected)
  }
  const name = options.text('name') ?? display(entry.key)
  if (entry.key.kind !== 'str' || name !== entry.key.value) {
    fail('name', `the key ${display(entry.key)} and the name ${name} differ`, 'the same text')
  }
  if (!options.get('dp_id')) fail('dp_id', 'dp_id is missing', 'the datapath id, 0 to 2^64 - 1')
  for (const limited of ['dp_id', 'timeout', 'arp_neighbor_timeout', 'nd_neighbor_timeout'] as const) {
    options.limits(checker, limited)
  }
  for (const timer of ['arp_neighbor_timeout', 'nd_neighbor_timeout'] as const) {
    const [value, most] = [options.int(timer), options.int('timeout') / 2]
    if (value < most) continue
    const at = options.get(timer) ?? options.get('timeout') ?? entry.key
    checker.fail([...path, timer], at, `${timer} is ${String(value)}`, `below half of timeout, ${String(most)}`)
  }
  const mac = options.text('faucet_dp_mac')
  if (mac !== undefined && !isMac(mac)) {
    fail('faucet_dp_mac', `faucet_dp_mac is ${JSON.stringify(mac)}`, 'a MAC address')
  }
  if (options.bool('combinatorial_port_flood') && options.bool('group_table')) {
    fail('group_table', 'both combinatorial_port_flood and group_table', 'one of both')
  }
  if (!hardwareNames.includes(options.text('hardware') ?? '')) {
    fail('hardware', `hardware is ${quote(options.get('hardware') ?? entry.key)}`, hardwareNames.join(', '))
  }
  if (options.int('min_wildcard_table_size') === 0) {
    fail('min_wildcard_table_size', 'min_wildcard_table_size is 0', '1 or more')
  }
  if (!Number.isFinite(options.number('port_table_scale_factor'))) {
    fail('port_table_scale_factor', 'port_table_scale_factor is not finite', 'a factor, such as 1.0')
  }
  if (options.bool('use_classification')) {
    // Its parser accepts it; then the controller stops when a switch connects.
    fail('use_classification', 'use_classification: true ends Faucet as soon as a switch connects', 'false')
  }
  checkBeacon(checker, options)
  const dot1x = options.get('dot1x')
  if (dot1x && truthy(dot1x)) new Options(checker, dot1x, [...path, 'dot1x'], dpDot1xOptions)
  const sizes = options.get('table_sizes')
  if (sizes) new Options(checker, sizes, [...path, 'table_sizes'], tableSizeOptions)
  const stackValue = options.get('stack')
  const stack = stackValue && new Options(checker, stackValue, [...path, 'stack'], stackOptions)
  const ports = checkPorts(checker, options, network)
  return {
    name, index: network.dps.length, path, place: entry.key, options, stack, ports,
    tunnelVlans: [], acls: new Map(), aclUses: new Map(), usedMeters: new Set(), tunnelAcls: new Set(),
  }
}

/** The limits of the LLDP beacon, which also holds where stack ports turn it on. */
function checkBeacon(checker: Checker, options: Options<typeof dpOptions>): void {
  const value = options.get('lldp_beacon')
  if (value?.kind !== 'map' || !truthy(value)) return
  const path = [...options.path, 'lldp_beacon']
  const beacon = new Options(checker, value, path, dpBeaconOptions)
  beacon.limits(checker, 'send_interval')
  const interval = entryOf(value, 'send_interval')?.value
  if (interval?.kind === 'null') {
    checker.fail([...path, 'send_interval'], interval, 'send_interval is null', '1 or more')
  }
}

function checkPorts(checker: Checker, options: Options<typeof dpOptions>, network: Network): Map<number, PortDraft> {
  const ports = new Map<number, PortDraft>()
  for (const [key, body, path] of portBodies(checker, options)) {
    const port = checkPort(checker, key, body, path)
    if (!port) continue
    const vlan = (ref: ConfigValue, at: ConfigPath): VlanDraft | undefined => vlanOf(checker, network, ref, at)
    const native = port.options.get('native_vlan')
    if (native) port.native = vlan(native, [...path, 'native_vlan'])
    const tagged = port.options.list('tagged_vlans').map((ref, index) => vlan(ref, [...path, 'tagged_vlans', index]))
    port.tagged = tagged.filter((one) => one !== undefined)
    if (native && port.native && port.tagged.includes(port.native)) {
      const message = `VLAN ${String(port.native.vid)} is native and tagged`
      checker.fail([...path, 'native_vlan'], native, message, 'one of both')
    }
    ports.set(port.number, port)
  }
  return new Map([...ports].sort(([a], [b]) => a - b))
}

// Every port with its options: those of `interfaces`, filled up from the ranges, then those only in a range.
function portBodies(checker: Checker, options: Options<typeof dpOptions>): (readonly [ConfigValue, ConfigMap, ConfigPath])[] {
  const bodies = new Map<string, readonly [ConfigValue, ConfigMap, ConfigPath]>()
  const mapping = (name: 'interfaces' | 'interface_ranges'): readonly ConfigEntry[] => {
    const value = entryOf(options.map, name)?.value
    if (value?.kind === 'null') checker.fail([...options.path, name], value, `${name} is null`, 'a mapping')
    return value?.kind === 'map' ? value.entries : []
  }
  const isBody = (entry: ConfigEntry, path: ConfigPath): ConfigMap | undefined => {
    if (entry.value.kind === 'map') return entry.value
    checker.fail(path, entry.value, `the interface is ${display(entry.value)}`, 'a mapping of options')
    return undefined
  }
  const [interfaces, ranges] = [mapping('interfaces'), mapping('interface_ranges')]
  if (interfaces.length === 0 && ranges.length === 0) {
    checker.fail([...options.path, 'interfaces'], options.map, 'no interfaces', 'interfaces or interface_ranges')
  }
  for (const entry of interfaces) {
    const path = [...options.path, 'interfaces', pathKey(entry.key)]
    const body = isBody(entry, path)
    if (body) bodies.set(keyId(entryOf(body, 'number')?.value ?? entry.key), [entry.key, body, path])
  }
  const taken = new Set<number>()
  for (const entry of ranges) {
    const path = [...options.path, 'interface_ranges', display(entry.key)]
    const body = isBody(entry, path)
    const range = parsePortRange(display(entry.key))
    if (range.type === 'error') checker.fail(path, entry.key, range.message, 'numbers and ranges, such as 1-4,7')
    if (!body || range.type === 'error') continue
    const shared: ConfigMap = { ...body, entries: body.entries.filter((one) => keyId(one.key) !== 's:number') }
    for (const number of range.ports) {
      if (taken.has(number)) checker.fail(path, entry.key, `port ${String(number)} is in two ranges`, 'no overlap')
      taken.add(number)
      const id = `n:${String(number)}`
      const own = bodies.get(id)
      if (own) {
        const more = shared.entries.filter((one) => !own[1].entries.some((mine) => keyId(mine.key) === keyId(one.key)))
        bodies.set(id, [own[0], { ...own[1], entries: [...own[1].entries, ...more] }, own[2]])
      } else bodies.set(id, [{ kind: 'int', value: BigInt(number), place: entry.key.place }, shared, path])
    }
  }
  return [...bodies.values()]
}

function vlanOf(checker: Checker, network: Network, ref: ConfigValue, path: ConfigPath): VlanDraft | undefined {
  const known = network.vlans.get(keyId(ref))
  if (known) return known
  const number = intOf(ref) ?? (ref.kind === 'float' && Number.isInteger(ref.value) ? BigInt(ref.value) : undefined)
  if (number !== undefined) for (const vlan of network.vlans.values()) if (BigInt(vlan.vid) === number) return vlan
  if (intOf(ref) === undefined) {
    checker.fail(path, ref, `there is no VLAN ${quote(ref)}`, 'the name of a VLAN, or a VID')
    return undefined
  }
  const value: ConfigValue = { kind: 'null', place: ref.place }
  const vlan = vlanDraft(checker, ref, value, path)
  if (vlan) network.vlans.set(keyId(ref), vlan)
  return vlan
}

