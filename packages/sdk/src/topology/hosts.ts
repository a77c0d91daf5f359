import { isMac } from '@streambed/linux'
import type { TopologyIssue } from '../errors.js'
import { checkAclNames, namesOf } from './acls.js'
import { checkContainer } from './containers.js'
import { checkInterfaceNames, nameInterfaces, portName, type InterfaceNames, type Nameless } from './interface-names.js'
import type { AddressModel, HostModel, InterfaceModel, NetworkModel, SubinterfaceModel, TestbedModel } from './model.js'
import { checkRoutes } from './routes.js'
import { formatPath } from './schema.js'
import type { AttachmentSpec, HostSpec, TapSource } from './spec.js'
import { contains, formatAddress, overlaps, parseHostAddress, type Subnet } from './subnet.js'
import { TakenAddresses } from './taken-addresses.js'

/** RFC 1123, 2.1 (labels), with the length of one label: the name goes into /etc/hosts and becomes the host name of the namespace. */
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
/** inet_aton(3) takes whole numbers, decimal and hexadecimal, for IPv4 addresses. */
const NUMBER = /^(\d+|0x[\da-f]*)$/i
/** What /etc/hosts says about every host itself. */
const OWN_NAMES = new Set(['localhost', 'ip6-localhost', 'ip6-loopback'])
/** OVS: `ofport_request` of the Interface table. */
const LAST_OFPORT = 0xfeff
const DEFAULT_MTU = 1500
/** Who has the addresses of gateways; no host can have this name. */
const GATEWAY = ' gateway'

/** An interface on its way: asked for, addresses not yet chosen. */
interface Draft {
  readonly host: string
  readonly path: readonly (string | number)[]
  readonly name: string | undefined
  readonly network: string | undefined
  readonly trunk: readonly string[] | undefined
  /** Networks of which it has addresses: its own, or those of its VLAN interfaces. */
  readonly addressed: readonly string[]
  readonly attachment: AttachmentSpec
  /** Whose packets it gets copies of; undefined for what is no tap. */
  readonly taps?: readonly TapSource[]
}

/** Decides everything about new hosts, given what is there. */
export function addHosts(model: TestbedModel, specs: Readonly<Record<string, HostSpec>>, issues: TopologyIssue[]): TestbedModel {
  const taken = new TakenAddresses(model.hosts.values())
  for (const { name, gateways } of model.networks.values()) for (const { address } of gateways) taken.take(name, address, GATEWAY)
  const drafts = new Map<string, Draft[]>()
  const broken = new Set<string>()
  const seen = new Map([...model.hosts.keys()].map((name) => [name.toLowerCase(), name]))
  const joined = new Map([...model.hosts.values()].flatMap(({ name, spec }) => (spec.container === undefined ? [] : [[spec.container, name] as const])))
  for (const [name, spec] of Object.entries(specs)) {
    checkHostName(seen, name, issues)
    const before = issues.length
    drafts.set(name, draftInterfaces(model.networks, name, spec, issues))
    if (issues.length > before) broken.add(name)
    checkDetails(name, spec, issues)
    checkContainer(name, spec, joined, issues)
    checkSwitch(model, name, spec, issues)
  }
  // Given addresses first: automatic ones keep out of their way, wherever they stand in the file.
  const given = new Map([...drafts.values()].flat().map((draft) => [draft, givenAddresses(model.networks, draft, taken, issues)]))
  const hosts = new Map(model.hosts)
  let { nextOfport, nextHost } = model
  const [firstSwitch = ''] = model.switches.keys()
  const ports = new Set([...model.hosts.values()].flatMap(({ interfaces }) => interfaces.map(({ port }) => port)))
  for (const [name, spec] of Object.entries(specs)) {
    const own = drafts.get(name) ?? []
    const names = nameInterfaces(own.map((draft) => nameless(model.networks, draft)))
    const interfaces = own.map((draft, index): InterfaceModel => {
      const ofport = nextOfport++
      checkAclNames(namesOf(draft.attachment.acl), model.acls, [...draft.path, 'acl'], issues)
      const { name: shown, device, vlans } = names[index] as InterfaceNames
      const mtu = interfaceMtu(model.networks, draft)
      return {
        name: shown,
        device,
        network: draft.network,
        trunk: draft.trunk,
        subinterfaces: draft.trunk === undefined ? [] : draft.addressed.map((network) => subinterface(model.networks.get(network) as NetworkModel, vlans, mtu)),
        mac: draft.attachment.mac === undefined ? taken.takeAutomaticMac(ofport, name) : canonicalMac(draft.attachment.mac),
        addresses: completeAddresses(model.networks, draft, given.get(draft) ?? [], taken, issues),
        mtu,
        acls: namesOf(draft.attachment.acl),
        tapOf: undefined,
        switch: spec.switch ?? firstSwitch,
        port: model.site.portPrefix === undefined ? portName(name, device, ofport, ports) : `${model.site.portPrefix}${ofport}`,
        ofport,
      }
    })
    // A host that is not on all the networks that it should be on would only get more complaints.
    if (!broken.has(name)) checkRoutes(name, spec.routes ?? [], interfaces.flatMap(({ addresses }) => addresses), model.networks, issues)
    hosts.set(name, { name, namespace: `${name}#${nextHost++}`, interfaces, spec })
  }
  if (nextOfport - 1 > LAST_OFPORT) issues.push({ path: 'hosts', value: nextOfport - 1, message: `a switch has at most ${LAST_OFPORT} ports, and numbers of removed ones are not used again` })
  for (const name of Object.keys(specs)) connectTaps(hosts, name, drafts.get(name) ?? [], issues)
  return { ...model, hosts, nextOfport, nextHost }
}

/** Finds the ports whose packets the taps of a host get. */
function connectTaps(hosts: Map<string, HostModel>, name: string, drafts: readonly Draft[], issues: TopologyIssue[]): void {
  const host = hosts.get(name)
  if (host === undefined || drafts.every(({ taps }) => taps === undefined)) return
  const interfaces = host.interfaces.map((item, index) => {
    const { taps, path = [] } = drafts[index] ?? {}
    return taps === undefined ? item : { ...item, tapOf: tapPorts(hosts, item.switch, taps, path, issues) }
  })
  hosts.set(name, { ...host, interfaces })
}

/** The OVS ports of the sources of a tap on a switch. */
export function tapPorts(hosts: ReadonlyMap<string, HostModel>, tapSwitch: string, taps: readonly TapSource[], path: readonly PropertyKey[], issues: TopologyIssue[]): string[] {
  const ports = new Set<string>()
  for (const [index, source] of taps.entries()) {
    const complain = (message: string): void => void issues.push({ path: formatPath([...path, index]), value: source, message })
    const { host: name, interface: which } = typeof source === 'string' ? { host: source, interface: undefined } : source
    const host = hosts.get(name)
    const found = (host?.interfaces ?? []).filter((item) => item.tapOf === undefined && (which === undefined || item.name === which || item.network === which))
    if (host === undefined) complain(`there is no host "${name}"; the hosts are ${[...hosts.keys()].join(', ')}`)
    else if (found.length === 0) complain(which === undefined ? `host "${name}" has no interface` : `host "${name}" has no interface or network "${which}"`)
    else if (host.interfaces[0]?.switch !== tapSwitch) complain(`host "${name}" is on switch "${host.interfaces[0]?.switch ?? ''}" and the tap is on "${tapSwitch}": put them on one switch`)
    else for (const { port } of found) ports.add(port)
  }
  return [...ports]
}

function checkSwitch(model: TestbedModel, name: string, spec: HostSpec, issues: TopologyIssue[]): void {
  if (spec.switch === undefined || model.switches.has(spec.switch)) return
  issues.push({ path: formatPath(['hosts', name, 'switch']), value: spec.switch, message: `there is no switch "${spec.switch}"; the switches are ${[...model.switches.keys()].join(', ')}` })
}

function checkHostName(seen: Map<string, string>, name: string, issues: TopologyIssue[]): void {
  const path = formatPath(['hosts', name])
  if (!HOST_NAME.test(name)) {
    issues.push({ path, value: name, message: 'a host name has 1 to 63 letters, digits and "-", and begins and ends with a letter or digit (RFC 1123)' })
  } else if (NUMBER.test(name)) {
    issues.push({ path, value: name, message: 'a host name that is a number would be read as an IPv4 address' })
  } else if (OWN_NAMES.has(name.toLowerCase())) {
    issues.push({ path, value: name, message: `"${name.toLowerCase()}" is every host itself` })
  }
  const other = seen.get(name.toLowerCase())
  if (other !== undefined) issues.push({ path, value: name, message: `there is a host "${other}" already (names do not differ by case)` })
  seen.set(name.toLowerCase(), name)
}

function draftInterfaces(networks: ReadonlyMap<string, NetworkModel>, host: string, spec: HostSpec, issues: TopologyIssue[]): Draft[] {
  const drafts: Draft[] = []
  const attachments: [string, AttachmentSpec, (string | number)[]][] = Array.isArray(spec.networks)
    ? (spec.networks as readonly string[]).map((name, index) => [name, {}, ['hosts', host, 'networks', index]])
    : Object.entries((spec.networks ?? {}) as Record<string, AttachmentSpec>).map(([name, attachment]) => [name, attachment, ['hosts', host, 'networks', name]])
  const once = new Set<string>()
  for (const [network, attachment, path] of attachments) {
    if (!checkNetwork(networks, network, path, issues)) continue
    if (once.has(network)) issues.push({ path: formatPath(path), value: network, message: 'the host is on this network already' })
    once.add(network)
    drafts.push({ host, path, name: attachment.interface, network, trunk: undefined, addressed: [network], attachment })
  }
  for (const [name, trunk] of Object.entries(spec.trunks ?? {})) {
    const path = ['hosts', host, 'trunks', name]
    if (trunk.networks.length === 0) issues.push({ path: formatPath([...path, 'networks']), value: [], message: 'a trunk carries at least one network' })
    const carried = new Set<string>()
    for (const [index, network] of trunk.networks.entries()) {
      const where = [...path, 'networks', index]
      if (!checkNetwork(networks, network, where, issues)) continue
      if (carried.has(network)) issues.push({ path: formatPath(where), value: network, message: 'the trunk carries this network already' })
      else if (trunk.addresses === true && once.has(network)) issues.push({ path: formatPath(where), value: network, message: 'the host is on this network already: with two addresses of one subnet it could not tell which interface to use' })
      carried.add(network)
    }
    if (trunk.addresses === true) for (const network of carried) once.add(network)
    drafts.push({ host, path, name, network: undefined, trunk: [...carried], addressed: trunk.addresses === true ? [...carried] : [], attachment: { ...(trunk.mac !== undefined && { mac: trunk.mac }), ...(trunk.acl !== undefined && { acl: trunk.acl }) } })
  }
  for (const [name, taps] of Object.entries(spec.taps ?? {})) {
    drafts.push({ host, path: ['hosts', host, 'taps', name], name, network: undefined, trunk: [], addressed: [], attachment: {}, taps })
  }
  checkInterfaceNames(drafts.map((draft) => nameless(networks, draft)), issues)
  checkSharedSubnets(networks, drafts, issues)
  return drafts
}

function nameless(networks: ReadonlyMap<string, NetworkModel>, { name, path, trunk, addressed }: Draft): Nameless {
  if (trunk === undefined) return { name, path: [...path, 'interface'], vlans: [] }
  return { name, path, vlans: addressed.map((network) => networks.get(network)?.vlan ?? 0) }
}

function checkNetwork(networks: ReadonlyMap<string, NetworkModel>, name: string, path: readonly (string | number)[], issues: TopologyIssue[]): boolean {
  if (networks.has(name)) return true
  const known = [...networks.keys()].map((network) => `"${network}"`).join(', ')
  issues.push({ path: formatPath(path), value: name, message: `there is no network "${name}"; the networks are ${known || 'none'}` })
  return false
}

/** Two interfaces with overlapping subnets would leave it to chance which one a packet leaves by. */
function checkSharedSubnets(networks: ReadonlyMap<string, NetworkModel>, drafts: readonly Draft[], issues: TopologyIssue[]): void {
  const seen: { readonly network: string; readonly subnet: Subnet }[] = []
  for (const { path, addressed } of drafts) {
    for (const network of addressed) {
      for (const subnet of networks.get(network)?.subnets ?? []) {
        const clash = seen.find((other) => other.network !== network && overlaps(other.subnet, subnet))
        if (clash !== undefined) issues.push({ path: formatPath(path), value: network, message: `the host is also on "${clash.network}", whose subnet ${clash.subnet.cidr} overlaps ${subnet.cidr}: it could not tell which interface to use` })
        seen.push({ network, subnet })
      }
    }
  }
}

function givenAddresses(networks: ReadonlyMap<string, NetworkModel>, draft: Draft, taken: TakenAddresses, issues: TopologyIssue[]): AddressModel[] {
  const { attachment, path, host } = draft
  if (attachment.mac !== undefined) checkMac(attachment.mac, [...path, 'mac'], host, taken, issues)
  const network = draft.network === undefined ? undefined : networks.get(draft.network)
  if (network === undefined || attachment.ip === undefined) return []
  // A subnet of it that could not be read has been complained about: nobody knows what lies inside it.
  const unread = network.subnets.length < [network.spec.subnet ?? []].flat().length
  const addresses: AddressModel[] = []
  for (const [index, text] of [attachment.ip].flat().entries()) {
    const where = formatPath([...path, 'ip', ...(Array.isArray(attachment.ip) ? [index] : [])])
    const complain = (message: string): void => void issues.push({ path: where, value: text, message })
    const parsed = parseHostAddress(text)
    if (parsed === undefined) {
      complain('must be an IPv4 or IPv6 address without prefix length and zone')
      continue
    }
    const subnet = network.subnets.find((candidate) => contains(candidate, parsed.family, parsed.value))
    if (subnet === undefined) {
      if (!unread) complain(`is outside the subnets of network "${network.name}": ${network.subnets.map(({ cidr }) => cidr).join(', ') || 'it has none'}`)
      continue
    }
    if (parsed.value < subnet.first || parsed.value > subnet.last) {
      complain(parsed.family === 4 ? `is the network or broadcast address of ${subnet.cidr}` : `is the subnet-router anycast address of ${subnet.cidr} (RFC 4291, 2.6.1)`)
      continue
    }
    const address = formatAddress(parsed.family, parsed.value)
    const owner = taken.owner(network.name, address)
    if (owner !== undefined) complain(`is the address of ${owner === GATEWAY ? 'the gateway of the network' : owner === host ? 'this host already' : `host "${owner}"`}`)
    else if (addresses.some((other) => contains(subnet, other.family, parseHostAddress(other.address)?.value ?? -1n))) complain(`the interface has an address of ${subnet.cidr} already`)
    taken.take(network.name, address, host)
    addresses.push({ network: network.name, family: parsed.family, address, prefixLength: subnet.prefixLength })
  }
  return addresses
}

function canonicalMac(text: string): string {
  return text.toLowerCase().replaceAll('-', ':')
}

function checkMac(text: string, path: readonly (string | number)[], host: string, taken: TakenAddresses, issues: TopologyIssue[]): void {
  const complain = (message: string): void => void issues.push({ path: formatPath(path), value: text, message })
  if (!isMac(text)) {
    complain('must be a MAC address of six two-digit hexadecimal groups such as "02:00:00:00:00:01"')
    return
  }
  const mac = canonicalMac(text)
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) complain("is a multicast address: the lowest bit of the first byte of an interface's MAC is 0")
  if (mac === '00:00:00:00:00:00') complain('no interface can have this MAC')
  const owner = taken.macOwner(mac)
  if (owner !== undefined) complain(`is the MAC of ${owner === host ? 'this host' : `host "${owner}"`} already`)
  taken.takeMac(mac, host)
}

/** Adds an automatic address for each subnet of which none was given. */
function completeAddresses(networks: ReadonlyMap<string, NetworkModel>, draft: Draft, given: readonly AddressModel[], taken: TakenAddresses, issues: TopologyIssue[]): AddressModel[] {
  // An empty list was given: no address at all.
  if (Array.isArray(draft.attachment.ip) && draft.attachment.ip.length === 0) return []
  return draft.addressed.flatMap((network) =>
    (networks.get(network)?.subnets ?? []).flatMap((subnet): AddressModel[] => {
      const own = given.find((item) => item.network === network && contains(subnet, item.family, parseHostAddress(item.address)?.value ?? -1n))
      if (own !== undefined) return [own]
      const address = taken.takeNext(network, subnet, draft.host)
      if (address !== undefined) return [{ network, family: subnet.family, address, prefixLength: subnet.prefixLength }]
      issues.push({ path: formatPath(draft.path), value: network, message: `no address is left in ${subnet.cidr} of network "${network}" for host "${draft.host}": give it a larger subnet` })
      return []
    }),
  )
}

function interfaceMtu(networks: ReadonlyMap<string, NetworkModel>, { network, trunk }: Draft): number | undefined {
  const values = (network === undefined ? (trunk ?? []) : [network]).map((name) => networks.get(name)?.mtu)
  return values.every((value) => value === undefined) ? undefined : Math.max(...values.map((value) => value ?? DEFAULT_MTU))
}

function subinterface({ name: network, vlan, mtu }: NetworkModel, names: InterfaceNames['vlans'], trunkMtu: number | undefined): SubinterfaceModel {
  const { name, device } = names.get(vlan) ?? { name: '', device: '' }
  return { name, device, network, mtu: trunkMtu === undefined ? undefined : (mtu ?? DEFAULT_MTU) }
}

function checkDetails(host: string, spec: HostSpec, issues: TopologyIssue[]): void {
  for (const [index, text] of (spec.dns ?? []).entries()) {
    if (parseHostAddress(text) === undefined) issues.push({ path: formatPath(['hosts', host, 'dns', index]), value: text, message: 'must be the address of a name server' })
  }
  for (const [key, value] of Object.entries(spec.env ?? {})) {
    if (key === '' || /[=\0]/.test(key)) issues.push({ path: formatPath(['hosts', host, 'env', key]), value: key, message: 'the name of a variable is not empty and has no "=" or zero byte' })
    if (value.includes('\0')) issues.push({ path: formatPath(['hosts', host, 'env', key]), value, message: 'the value of a variable has no zero byte' })
  }
}
