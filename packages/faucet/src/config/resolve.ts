import { formatAddress, formatMac } from './address.js'
import { checkConfig, type CheckedConfig } from './check.js'
import { stackPorts } from './check-stack.js'
import type { AclDraft, DpDraft, PortDraft, VlanDraft } from './draft.js'
import { formatConfigIssue, type ConfigIssue } from './issue.js'
import type { DpDot1x, FaucetConfig, MeterEntry, NameOrNumber } from './model.js'
import { freeze } from './freeze.js'
import { Options } from './option.js'
import { coprocessorOptions, dpBeaconOptions, portBeaconOptions } from './options.js'
import { parsedFromData, type ParsedFaucetConfig } from './parse.js'
import type {
  ResolvedAcl, ResolvedDp, ResolvedFaucetConfig, ResolvedOrgTlv, ResolvedPort, ResolvedStack, ResolvedVlan,
} from './resolved-model.js'
import type { Resolution } from './resolution.js'
import { afterAclChange } from './resolve-acl-change.js'
import { vlansOf } from './resolve-tunnel.js'
import { tlvInfo } from './tlv-info.js'
import { FaucetError } from '../errors.js'
import { Checker } from './checker.js'
import { display, entryOf, get, intOf, toData, truthy, type ConfigValue } from './value.js'

/**
 * Everything that Faucet would refuse in a configuration, all at once; empty for a valid one. Takes what was parsed or
 * a configuration built by a program (then without places).
 */
export function validateFaucetConfig(config: ParsedFaucetConfig | FaucetConfig): readonly ConfigIssue[] {
  const parsed = asParsed(config)
  return parsed.issues.length > 0 ? parsed.issues : inOrder(parsed, checkConfig(parsed.tree).issues)
}

/**
 * A configuration with its defaults filled in and its references followed, frozen.
 * @throws FaucetError `config` with every issue, when Faucet would refuse the configuration.
 */
export function resolveFaucetConfig(config: ParsedFaucetConfig | FaucetConfig): ResolvedFaucetConfig {
  return resolution(asParsed(config)).config
}

/**
 * The same with what it came from.
 * @param before of another configuration, perhaps nearly the same one: what is equal is not resolved again, and is `===`
 * @throws FaucetError as {@link resolveFaucetConfig}
 */
export function resolution(parsed: ParsedFaucetConfig, before?: Resolution): Resolution {
  return (before && afterAclChange(before, parsed)) ?? resolveAll(parsed)
}

function resolveAll(parsed: ParsedFaucetConfig): Resolution {
  const checked = parsed.issues.length > 0 ? undefined : checkConfig(parsed.tree)
  const issues = checked ? inOrder(parsed, checked.issues) : parsed.issues
  const [first] = issues
  if (!checked || first) {
    const more = issues.length > 1 ? ` (and ${String(issues.length - 1)} more)` : ''
    throw new FaucetError('config', `${first ? formatConfigIssue(first) : 'not readable'}${more}`, {
      detail: { type: 'issues', issues },
    })
  }
  const externals = checked.network.dps.map((dp) =>
    [...dp.ports.values()].some((port) => port.options.bool('loop_protect_external')),
  )
  const inStack = checked.network.dps.some((dp, index) => externals[index] && stackPorts(dp).length > 0)
  const dps = checked.network.dps.map((dp, index) => {
    const mine = externals[index] ?? false
    return resolveDp(checked, dp, mine || (stackPorts(dp).length > 0 && inStack))
  })
  return { config: freeze({ dps }), tree: parsed.tree, checked }
}

// In the order of the files and their lines.
function inOrder(parsed: ParsedFaucetConfig, issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  const files = parsed.files.map((file) => file.name)
  const rank = ({ file, line, column }: ConfigIssue): number =>
    files.indexOf(file ?? '') * 1e9 + (line ?? 0) * 1e3 + Math.min(column ?? 0, 999)
  return [...issues].sort((one, other) => rank(one) - rank(other))
}

function asParsed(config: ParsedFaucetConfig | FaucetConfig): ParsedFaucetConfig {
  return 'tree' in config && 'issues' in config ? config : parsedFromData(config)
}

// What the checks have found to be of this shape.
function dataOf<T>(value: ConfigValue | undefined): T | undefined {
  return value && (toData(value) as T)
}

function resolveDp(checked: CheckedConfig, dp: DpDraft, has_externals: boolean): ResolvedDp {
  const { network } = checked
  const { options } = dp
  const offset = options.int('priority_offset')
  const low = options.optionalInt('low_priority') ?? offset + 9000
  const high = options.optionalInt('high_priority') ?? low + 1
  const timeout = options.int('timeout')
  const jitter = options.int('learn_jitter') || Math.trunc(Math.max(Math.sqrt(timeout) * 3, 1))
  const beacon = options.get('lldp_beacon')
  const dot1x = options.get('dot1x')
  const vlans = vlansOf({ network, dp }).sort((one, other) => one.vid - other.vid)
  const egress = vlans.some((vlan) => vlan.aclsOut.length > 0)
  return {
    ...options.data(),
    dp_id: BigInt.asUintN(64, intOf(options.get('dp_id')) ?? 0n),
    cookie: intOf(options.get('cookie')) ?? BigInt(options.int('cookie')),
    name: dp.name,
    description: options.text('description') ?? dp.name,
    priority_offset: offset,
    lowest_priority: options.optionalInt('lowest_priority') ?? offset,
    low_priority: low,
    high_priority: high,
    highest_priority: options.optionalInt('highest_priority') ?? high + 98,
    cache_update_guard_time: options.int('cache_update_guard_time') || Math.trunc(timeout / 2),
    learn_jitter: jitter,
    learn_ban_timeout: options.int('learn_ban_timeout') || jitter,
    egress_pipeline: options.bool('egress_pipeline') || egress,
    table_sizes: dataOf<ResolvedDp['table_sizes']>(options.get('table_sizes')) ?? {},
    ports: new Map([...dp.ports].map(([number, port]) => [number, resolvePort(dp, port)])),
    vlans: new Map(vlans.map((vlan) => [vlan.vid, resolveVlan(vlan, dp)])),
    acls: new Map([...network.acls.values()].map((acl) => [acl.name, dp.acls.get(acl.name) ?? unusedAcl(acl)])),
    dp_acls: options.list('dp_acls').map(display),
    routers: checked.routers.get(dp) ?? new Map(),
    meters: new Map(
      [...network.meters.values()].map(({ name, options: meter }) => {
        const entry = toData(meter.get('entry') as ConfigValue) as MeterEntry
        return [name, { name, meter_id: meter.int('meter_id'), entry }]
      }),
    ),
    used_meters: [...dp.usedMeters],
    stack: resolveStack(checked, dp),
    lldp_beacon: truthy(beacon) || stackPorts(dp).length > 0 ? dpBeacon(beacon, dp) : undefined,
    dot1x: dot1x && truthy(dot1x) ? (toData(dot1x) as DpDot1x) : undefined,
    has_externals,
    tunnel_acls: [...network.acls.values()].map((acl) => acl.name).filter((name) => dp.tunnelAcls.has(name)),
  }
}

function dpBeacon(value: ConfigValue | undefined, dp: DpDraft): ResolvedDp['lldp_beacon'] {
  const body: ConfigValue = value ?? { kind: 'map', entries: [], place: dp.place.place }
  const beacon = new Options(new Checker(), body, [], dpBeaconOptions)
  return {
    send_interval: beacon.int('send_interval'),
    max_per_interval: beacon.int('max_per_interval'),
    system_name: beacon.text('system_name') ?? dp.name,
  }
}

function resolveStack(checked: CheckedConfig, dp: DpDraft): ResolvedStack | undefined {
  const ports = stackPorts(dp)
  if (ports.length === 0) return undefined
  const vips = vlansOf({ network: checked.network, dp }).some((vlan) => vlan.vips.length > 0)
  return {
    priority: dp.stack?.optionalInt('priority'),
    route_learning: vips || (dp.stack?.bool('route_learning') ?? false),
    down_time_multiple: dp.stack?.int('down_time_multiple') ?? 3,
    min_stack_health: dp.stack?.number('min_stack_health') ?? 1,
    min_lacp_health: dp.stack?.number('min_lacp_health') ?? 1,
    ports: ports.map((port) => port.number),
    roots: checked.stack?.roots ?? [],
    root: checked.stack?.roots[0],
    root_flood_reflection: checked.stack?.rootFloodReflection ?? false,
  }
}

function resolvePort(dp: DpDraft, port: PortDraft): ResolvedPort {
  const { options } = port
  const coprocessor = options.get('coprocessor')
  const lacp = options.int('lacp')
  const id = options.int('lacp_port_id')
  const description = options.text('description') ?? port.name
  return {
    ...options.data(),
    number: port.number,
    name: port.name,
    description,
    output_only: port.outputOnly,
    receive_lldp: options.bool('receive_lldp') || port.isStack,
    lacp_port_id: lacp !== 0 && id === -1 ? dp.index * 100 + port.number : id,
    lacp_passthrough: dataOf<readonly NameOrNumber[]>(options.get('lacp_passthrough')),
    mirror: port.mirrorTo,
    native_vlan: port.native?.vid,
    tagged_vlans: port.tagged.map((vlan) => vlan.vid),
    acls_in: port.aclsIn.map(display),
    stack: port.peer && { dp: port.peer.dp.name, port: port.peer.port.number },
    lldp_beacon: portBeacon(port, description),
    coprocessor: coprocessor && truthy(coprocessor)
      ? {
          strategy: 'vlan_vid',
          vlan_vid_base: new Options(new Checker(), coprocessor, [], coprocessorOptions).int('vlan_vid_base'),
        }
      : undefined,
  }
}

function portBeacon(port: PortDraft, description: string): ResolvedPort['lldp_beacon'] {
  const value = port.options.get('lldp_beacon')
  const body: ConfigValue = value ?? { kind: 'map', entries: [], place: port.place.place }
  const beacon = new Options(new Checker(), body, [], portBeaconOptions)
  const enable = port.isStack || beacon.bool('enable')
  if (!enable && !truthy(value)) return undefined
  return {
    enable,
    system_name: beacon.text('system_name'),
    port_descr: beacon.text('port_descr') ?? (enable ? description : undefined),
    org_tlvs: enable ? beacon.list('org_tlvs').flatMap(orgTlv) : [],
  }
}

function orgTlv(value: ConfigValue): ResolvedOrgTlv[] {
  if (value.kind !== 'map') return []
  const info = get(value, 'info')
  return [{
    oui: Number(intOf(entryOf(value, 'oui')?.value) ?? 0n),
    subtype: Number(intOf(entryOf(value, 'subtype')?.value) ?? 0n),
    info: tlvInfo(info ? display(info) : ''),
  }]
}

function resolveVlan(vlan: VlanDraft, dp: DpDraft): ResolvedVlan {
  const { options } = vlan
  const ports = [...dp.ports.values()]
  const twice = options.int('max_hosts') * 2
  return {
    ...options.data(),
    vid: vlan.vid,
    name: vlan.name,
    faucet_mac: formatMac(options.text('faucet_mac') ?? ''),
    proactive_arp_limit: options.int('proactive_arp_limit') || twice,
    proactive_nd_limit: options.int('proactive_nd_limit') || twice,
    reserved_internal_vlan: vlan.reserved,
    faucet_vips: vlan.vips.map((vip) => ({
      version: vip.version,
      address: formatAddress(vip.version, vip.bits),
      prefix_length: vip.prefixLength,
    })),
    routes: vlan.routes,
    acls_in: vlan.aclsIn.map(display),
    acls_out: vlan.aclsOut.map(display),
    tagged: ports.filter((port) => port.tagged.includes(vlan)).map((port) => port.number),
    untagged: ports.filter((port) => port.native === vlan).map((port) => port.number),
  }
}

function unusedAcl(acl: AclDraft): ResolvedAcl {
  return {
    name: acl.name,
    exact_match: acl.options.bool('exact_match'),
    dot1x_assigned: acl.options.bool('dot1x_assigned'),
    rules: [],
    used: false,
  }
}
