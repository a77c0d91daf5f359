import { isWithin, isLinkLocal, formatAddress, type AddressRange } from './address.js'
import type { Checker } from './checker.js'
import { ipOf, isAddress } from './check-vlan.js'
import type { DpDraft, Network, RouterDraft, VlanDraft } from './draft.js'
import { Options, quote } from './option.js'
import { bgpOptions, routerOptions } from './options.js'
import type { ResolvedRouter } from './resolved-model.js'
import { display, entryOf, intOf, pathKey, truthy, type ConfigEntry, type ConfigValue } from './value.js'

/** Checks a router by itself. */
export function checkRouter(checker: Checker, entry: ConfigEntry): RouterDraft {
  const path = ['routers', pathKey(entry.key)]
  const body: ConfigValue =
    entry.value.kind === 'null' ? { kind: 'map', entries: [], place: entry.value.place } : entry.value
  const options = new Options(checker, body, path, routerOptions)
  const written = entryOf(options.map, 'vlans')?.value
  if (options.truthy('bgp')) checkBgp(checker, options)
  else if (!options.truthy('vlans')) {
    checker.fail([...path, 'vlans'], written ?? entry.key, 'the router has no VLANs', 'a list of VLANs')
  }
  if (options.truthy('bgp') && written?.kind === 'null') {
    checker.fail([...path, 'vlans'], written, 'vlans is null', 'a list of VLANs')
  }
  for (const [index, ref] of options.list('vlans').entries()) {
    if (ref.kind !== 'str' && ref.kind !== 'int' && ref.kind !== 'bool') {
      checker.fail([...path, 'vlans', index], ref, `a VLAN is ${display(ref)}`, 'a name or a VID')
    }
  }
  return { name: display(entry.key), path, place: entry.key, options }
}

function checkBgp(checker: Checker, options: Options<typeof routerOptions>): void {
  const value = options.get('bgp')
  if (!value) return
  const path = [...options.path, 'bgp']
  const bgp = new Options(checker, value, path, bgpOptions)
  if (!bgp.good) return
  const versions = { 4: 0, 6: 0 }
  const distinct = new Set<string>()
  for (const name of ['neighbor_addresses', 'server_addresses'] as const) {
    if (bgp.list(name).length === 0) checker.fail([...path, name], value, `no ${name}`, 'a list of addresses')
    for (const [index, item] of bgp.list(name).entries()) {
      const range = isAddress(item) ? ipOf(item) : undefined
      if (!range) checker.fail([...path, name, index], item, `the address is ${quote(item)}`, 'an IP address')
      else if (name === 'server_addresses') distinct.add(`${String(range.version)} ${String(range.bits)}`)
    }
  }
  for (const address of distinct) versions[address.startsWith('4') ? 4 : 6]++
  if (versions[4] > 1 || versions[6] > 1) {
    checker.fail([...path, 'server_addresses'], value, 'several server addresses', 'one for each IP version')
  }
  for (const name of ['as', 'port', 'routerid', 'neighbor_as'] as const) {
    if (!bgp.truthy(name)) checker.fail([...path, name], value, `${name} is missing`, 'a value')
  }
  const mode = bgp.get('connect_mode')
  if (mode && truthy(mode) && display(mode) !== 'passive') {
    checker.fail([...path, 'connect_mode'], mode, `connect_mode is ${quote(mode)}`, 'passive')
  }
  if (!bgp.truthy('vlan') && options.list('vlans').length !== 1) {
    checker.fail([...path, 'vlan'], value, 'vlan is missing', 'the VLAN of the speaker, where a router has several')
  }
}

/** The VLAN of a dataplane under a name or a VID. */
export function findVlan(vlans: readonly VlanDraft[], ref: ConfigValue): VlanDraft | undefined {
  if (ref.kind === 'str') {
    // Of two VLANs with one name the later counts.
    return vlans.findLast((vlan) => vlan.name === ref.value)
  }
  const vid = intOf(ref)
  return vlans.find((vlan) => BigInt(vlan.vid) === vid)
}

/** The routers of one dataplane, and what is wrong with them together. */
export function resolveRouters(
  checker: Checker,
  network: Network,
  dp: DpDraft,
  vlans: readonly VlanDraft[],
): Map<string, ResolvedRouter> {
  const routers = new Map<string, ResolvedRouter>()
  const routed = new Set<VlanDraft>()
  const speakers: Options<typeof bgpOptions>[] = []
  for (const router of network.routers) {
    const mine = router.options.list('vlans').map((ref) => findVlan(vlans, ref)).filter((vlan) => vlan !== undefined)
    const value = router.options.get('bgp')
    const bgp = value && truthy(value) ? new Options(checker, value, [...router.path, 'bgp'], bgpOptions) : undefined
    const [only] = router.options.list('vlans')
    const ref = bgp && (bgp.truthy('vlan') ? bgp.get('vlan') : only)
    const speakerVlan = ref && findVlan(vlans, ref)
    if (mine.length === 0 && !speakerVlan) continue
    const [lone] = mine
    if (mine.length === 1 && lone && routed.has(lone)) {
      checker.fail([...router.path, 'vlans'], router.place, `VLAN ${lone.name} is in another router too`, 'one router')
    }
    for (const vlan of mine) routed.add(vlan)
    checkOverlap(checker, router, mine)
    if (bgp && speakerVlan) {
      if (network.dps.length > 1) {
        checker.fail(bgp.path, router.place, 'the VLAN of the BGP speaker is on several dataplanes', 'one dataplane')
      }
      speakers.push(bgp)
    }
    routers.set(router.name, {
      name: router.name,
      vlans: mine.map((vlan) => vlan.vid),
      bgp: bgp && {
        ...(bgp.data() as object),
        connect_mode: 'passive',
        neighbor_addresses: bgp.list('neighbor_addresses').map(display),
        server_addresses: bgp.list('server_addresses').map(display),
        vlan: speakerVlan?.vid,
      },
    })
  }
  const [first] = speakers
  for (const other of speakers.slice(1)) {
    if (!first) break
    const addresses = (one: typeof first): string => one.list('server_addresses').map(display).sort().join(' ')
    const same = addresses(first) === addresses(other) && first.text('routerid') === other.text('routerid')
    if (!same || first.int('port') !== other.int('port')) {
      checker.fail(other.path, other.map, 'two BGP speakers differ', 'the same server_addresses, routerid and port')
    }
  }
  const global = dp.options.int('global_vlan')
  if (global !== 0 && vlans.some((vlan) => vlan.vid === global)) {
    const at = dp.options.get('global_vlan') ?? dp.place
    checker.fail([...dp.path, 'global_vlan'], at, `VLAN ${String(global)} exists already`, 'a VID of its own')
  }
  return routers
}

function checkOverlap(checker: Checker, router: RouterDraft, vlans: readonly VlanDraft[]): void {
  const vips = new Map<string, AddressRange>()
  for (const vip of vlans.flatMap((vlan) => vlan.vips)) {
    if (!isLinkLocal(vip)) vips.set(`${String(vip.version)} ${String(vip.bits)}/${String(vip.prefixLength)}`, vip)
  }
  const list = [...vips.values()]
  for (const vip of list) {
    const other = list.find((one) => one !== vip && isWithin(vip, one))
    if (!other) continue
    const names = [vip, other].map((one) => formatAddress(one.version, one.bits)).join(' and ')
    checker.fail([...router.path, 'vlans'], router.place, `the VIPs ${names} overlap`, 'networks that do not overlap')
    return
  }
}
