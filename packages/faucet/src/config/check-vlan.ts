import { formatAddress, hasHostBits, isMac, parseAddress, parseRange, type AddressRange } from './address.js'
import type { Checker } from './checker.js'
import type { VlanDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote } from './option.js'
import { vlanOptions } from './options.js'
import type { ResolvedRoute } from './resolved-model.js'
import { display, entryOf, intOf, pathKey, truthy, type ConfigEntry, type ConfigValue } from './value.js'

/** Checks a VLAN by itself. `undefined` when it has no valid number. */
export function checkVlan(checker: Checker, entry: ConfigEntry): VlanDraft | undefined {
  const path: ConfigPath = ['vlans', pathKey(entry.key)]
  if (entry.key.kind !== 'str' && entry.key.kind !== 'int' && entry.key.kind !== 'bool') {
    checker.fail(path, entry.key, `the key of a VLAN is ${display(entry.key)}`, 'a name or a VID')
    return undefined
  }
  return vlanDraft(checker, entry.key, entry.value, path)
}

/** A VLAN that is only referred to by number (`value` null), or one with options. */
export function vlanDraft(
  checker: Checker,
  key: ConfigValue,
  value: ConfigValue,
  path: ConfigPath,
): VlanDraft | undefined {
  const body: ConfigValue = value.kind === 'null' ? { kind: 'map', entries: [], place: value.place } : value
  const options = new Options(checker, body, path, vlanOptions)
  const vid = options.has('vid') && options.get('vid') ? intOf(options.get('vid')) : intOf(key)
  if (vid === undefined || vid < 1n || vid > 4095n) {
    const at = options.get('vid') ?? key
    checker.fail([...path, 'vid'], at, `the VID of this VLAN is ${quote(at)}`, 'vid: 1 to 4095')
    return undefined
  }
  // A key `true` is VID 1, but its name is Python's.
  const name = options.text('name') ?? (key.kind === 'bool' ? (key.value ? 'True' : 'False') : display(key))
  const keyText = key.kind === 'bool' ? (key.value ? 'True' : 'False') : display(key)
  if (keyText !== String(vid) && keyText !== name) {
    checker.fail(path, key, `the key ${keyText} is neither the VID ${String(vid)} nor the name ${name}`, 'one of both')
  }
  const mac = options.get('faucet_mac')
  if (mac?.kind === 'str' && !isMac(mac.value)) {
    checker.fail([...path, 'faucet_mac'], mac, `faucet_mac is ${quote(mac)}`, 'a MAC address')
  }
  return {
    vid: Number(vid),
    name,
    path,
    place: key,
    options,
    reserved: options.bool('reserved_internal_vlan'),
    vips: checkVips(checker, options),
    routes: checkRoutes(checker, options),
    aclsIn: aclList(checker, options, 'acl_in', 'acls_in'),
    aclsOut: aclList(checker, options, 'acl_out', 'acls_out'),
  }
}

/** The ACLs of a list option and its older form with one ACL. */
export function aclList<One extends string, Many extends string>(
  checker: Checker,
  options: Options<Record<One | Many, { type: 'list' }>> | Options,
  one: One,
  many: Many,
): readonly ConfigValue[] {
  const [single, list] = [(options as Options).get(one), (options as Options).get(many)]
  if (truthy(single) && truthy(list) && single) {
    checker.fail([...options.path, one], single, `both ${one} and ${many}`, `only ${many}`)
  }
  const refs = single && truthy(single) ? [single] : (options as Options).list(many)
  return refs.filter((ref, index) => {
    if (ref.kind === 'str' || ref.kind === 'int' || ref.kind === 'bool') return true
    checker.fail([...options.path, many, index], ref, `an ACL is ${display(ref)}`, 'the name of an ACL')
    return false
  })
}

function checkVips(checker: Checker, options: Options<typeof vlanOptions>): AddressRange[] {
  const vips: AddressRange[] = []
  for (const [index, item] of options.list('faucet_vips').entries()) {
    const range = item.kind === 'str' ? parseRange(item.value) : undefined
    const width = range?.version === 6 ? 128 : 32
    if (range && range.prefixLength < width) {
      const known = (vip: AddressRange): boolean => vip.bits === range.bits && vip.prefixLength === range.prefixLength
      if (!vips.some((vip) => vip.version === range.version && known(vip))) vips.push(range)
    } else {
      const path = [...options.path, 'faucet_vips', index]
      checker.fail(path, item, `the VIP is ${quote(item)}`, 'an address with its prefix, such as 10.0.0.254/24')
    }
  }
  return vips
}

function checkRoutes(checker: Checker, options: Options<typeof vlanOptions>): ResolvedRoute[] {
  const items = options.list('routes')
  const wrapped = items.every((item) => item.kind === 'map' && entryOf(item, 'route'))
  const routes: ResolvedRoute[] = []
  for (const [index, item] of items.entries()) {
    const path = [...options.path, 'routes', index]
    const route = wrapped && item.kind === 'map' ? entryOf(item, 'route')?.value : item
    if (route?.kind !== 'map') {
      checker.fail(path, item, 'the route is no mapping', 'ip_dst and ip_gw')
      continue
    }
    const gateway = entryOf(route, 'ip_gw')?.value
    const network = entryOf(route, 'ip_dst')?.value
    const gw = gateway && ipOf(gateway)
    const dst = network && ipOf(network)
    if (!gw || gw.prefixLength !== (gw.version === 4 ? 32 : 128) || display(gateway).includes('/')) {
      const said = gateway ? `ip_gw is ${quote(gateway)}` : 'ip_gw is missing'
      checker.fail([...path, 'ip_gw'], gateway ?? item, said, 'the address of a gateway')
    } else if (!dst || hasHostBits(dst)) {
      const said = network ? `ip_dst is ${quote(network)}` : 'ip_dst is missing'
      checker.fail([...path, 'ip_dst'], network ?? item, said, 'a network without host bits, such as 10.1.0.0/16')
    } else if (gw.version !== dst.version) {
      checker.fail(path, gateway, 'ip_gw and ip_dst are of different versions', 'both IPv4 or both IPv6')
    } else {
      routes.push({
        version: gw.version,
        ip_dst: `${formatAddress(dst.version, dst.bits)}/${String(dst.prefixLength)}`,
        ip_gw: formatAddress(gw.version, gw.bits),
      })
    }
  }
  return routes
}

/** An address as Python's ipaddress reads it; a whole number is one too. */
export function ipOf(value: ConfigValue): AddressRange | undefined {
  if (value.kind === 'str') return parseRange(value.value)
  if (value.kind !== 'int' || value.value < 0n || value.value >= 1n << 128n) return undefined
  const version = value.value < 1n << 32n ? 4 : 6
  return { version, bits: value.value, prefixLength: version === 4 ? 32 : 128 }
}

/** Whether a value is a plain address. */
export function isAddress(value: ConfigValue): boolean {
  return value.kind === 'str' ? parseAddress(value.value) !== undefined : ipOf(value) !== undefined
}
