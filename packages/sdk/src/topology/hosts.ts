import { isMac } from '@streambed/linux'
import type { TopologyIssue } from '../errors.js'
import { formatPath } from './schema.js'
import type { AddressModel, HostModel, InterfaceModel, NetworkModel, TestbedModel } from './model.js'
import { contains, formatAddress, overlaps, parseHostAddress, type Subnet } from './subnet.js'
import type { AttachmentSpec, HostSpec } from './spec.js'

/** RFC 1123, 2.1 (labels), with the length of one label: the name goes into /etc/hosts and becomes the host name of the namespace. */
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const INTERFACE_NAME = /^[^\s/:%\0]{1,127}$/
const LONGEST_DEVICE_NAME = 15
const LAST_OFPORT = 0xfeff

/** An interface on its way: asked for, addresses not yet chosen. */
interface Draft {
  readonly host: string
  readonly path: readonly (string | number)[]
  readonly name: string | undefined
  readonly network: string | undefined
  readonly trunk: readonly string[] | undefined
  readonly subinterfaces: boolean
  readonly attachment: AttachmentSpec
}

/** Decides everything about new hosts, given what is there. */
export function addHosts(model: TestbedModel, specs: Readonly<Record<string, HostSpec>>, issues: TopologyIssue[]): TestbedModel {
  const taken = new TakenAddresses(model.hosts.values())
  const drafts = new Map<string, Draft[]>()
  const seen = new Map([...model.hosts.keys()].map((name) => [name.toLowerCase(), name]))
  for (const [name, spec] of Object.entries(specs)) {
    checkHostName(seen, name, issues)
    drafts.set(name, draftInterfaces(model.networks, name, spec, issues))
    checkDetails(name, spec, issues)
  }
  // Given addresses first: automatic ones keep out of their way, wherever they stand in the file.
  const given = new Map([...drafts.values()].flat().map((draft) => [draft, givenAddresses(model.networks, draft, taken, issues)]))
  const hosts = new Map(model.hosts)
  let { nextOfport } = model
  const ports = new Set([...model.hosts.values()].flatMap(({ interfaces }) => interfaces.map(({ port }) => port)))
  for (const [name, spec] of Object.entries(specs)) {
    const interfaces = (drafts.get(name) ?? []).map((draft, index, all): InterfaceModel => {
      const ofport = nextOfport++
      const shown = draft.name ?? automaticName(index, all)
      const device = shown.length > LONGEST_DEVICE_NAME ? automaticName(index, all) : shown
      const port = model.site.portPrefix === undefined ? portName(name, device, ofport, ports) : `${model.site.portPrefix}${ofport}`
      const mac = draft.attachment.mac?.toLowerCase().replaceAll('-', ':') ?? automaticMac(ofport, taken)
      return {
        name: shown,
        device,
        network: draft.network,
        trunk: draft.trunk,
        subinterfaces: draft.subinterfaces,
        mac,
        addresses: completeAddresses(model.networks, draft, given.get(draft) ?? [], taken, issues),
        mtu: interfaceMtu(model.networks, draft),
        port,
        ofport,
      }
    })
    checkRoutes(name, spec, interfaces, model.networks, issues)
    hosts.set(name, { name, namespace: `${name}#${nextOfport}`, interfaces, spec })
  }
  if (nextOfport > LAST_OFPORT) issues.push({ path: 'hosts', value: nextOfport, message: `a switch has at most ${LAST_OFPORT} ports` })
  return { ...model, hosts, nextOfport }
}

function checkHostName(seen: Map<string, string>, name: string, issues: TopologyIssue[]): void {
  const path = formatPath(['hosts', name])
  if (!HOST_NAME.test(name)) {
    issues.push({ path, value: name, message: 'a host name has 1 to 63 letters, digits and "-", and begins and ends with a letter or digit (RFC 1123)' })
  } else if (/^\d+$/.test(name)) {
    issues.push({ path, value: name, message: 'a host name of digits only would be read as an IPv4 address' })
  } else if (name.toLowerCase() === 'localhost') {
    issues.push({ path, value: name, message: '"localhost" is every host itself' })
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
    drafts.push({ host, path, name: attachment.interface, network, trunk: undefined, subinterfaces: false, attachment })
  }
  for (const [name, trunk] of Object.entries(spec.trunks ?? {})) {
    const path = ['hosts', host, 'trunks', name]
    if (trunk.networks.length === 0) issues.push({ path: formatPath([...path, 'networks']), value: [], message: 'a trunk carries at least one network' })
    const known = trunk.networks.filter((network, index) => checkNetwork(networks, network, [...path, 'networks', index], issues))
    drafts.push({ host, path, name, network: undefined, trunk: known, subinterfaces: trunk.addresses === true, attachment: trunk.mac === undefined ? {} : { mac: trunk.mac } })
  }
  checkInterfaceNames(drafts, issues)
  checkSharedSubnets(networks, drafts, issues)
  return drafts
}

function checkNetwork(networks: ReadonlyMap<string, NetworkModel>, name: string, path: readonly (string | number)[], issues: TopologyIssue[]): boolean {
  if (networks.has(name)) return true
  const known = [...networks.keys()].map((network) => `"${network}"`).join(', ')
  issues.push({ path: formatPath(path), value: name, message: `there is no network "${name}"; the networks are ${known || 'none'}` })
  return false
}

function checkInterfaceNames(drafts: readonly Draft[], issues: TopologyIssue[]): void {
  const names = new Set<string>()
  for (const { name, path, trunk } of drafts) {
    if (name === undefined) continue
    const where = formatPath(trunk === undefined ? [...path, 'interface'] : path)
    if (!INTERFACE_NAME.test(name) || name === '.' || name === '..') issues.push({ path: where, value: name, message: 'an interface name has no white space, "/", ":" or "%"' })
    if (name === 'lo') issues.push({ path: where, value: name, message: '"lo" is the loopback interface, which every host has' })
    if (names.has(name)) issues.push({ path: where, value: name, message: 'two interfaces of the host have this name' })
    names.add(name)
  }
}

/** Two interfaces with overlapping subnets would leave it to chance which one a packet leaves by. */
function checkSharedSubnets(networks: ReadonlyMap<string, NetworkModel>, drafts: readonly Draft[], issues: TopologyIssue[]): void {
  const seen: { readonly network: string; readonly subnet: Subnet }[] = []
  for (const draft of drafts) {
    const names = draft.network === undefined ? (draft.subinterfaces ? (draft.trunk ?? []) : []) : [draft.network]
    for (const network of names) {
      for (const subnet of networks.get(network)?.subnets ?? []) {
        const clash = seen.find((other) => other.network !== network && overlaps(other.subnet, subnet))
        if (clash !== undefined) issues.push({ path: formatPath(draft.path), value: network, message: `the host is also on "${clash.network}", whose subnet ${clash.subnet.cidr} overlaps ${subnet.cidr}: it could not tell which interface to use` })
        seen.push({ network, subnet })
      }
    }
  }
}

/** The addresses that are used, by network, and the MAC addresses. */
class TakenAddresses {
  readonly #owners = new Map<string, string>()
  readonly #anywhere = new Set<string>()
  readonly #cursor = new Map<string, bigint>()
  readonly macs = new Map<string, string>()

  constructor(hosts: Iterable<HostModel>) {
    for (const host of hosts) {
      for (const item of host.interfaces) {
        this.macs.set(item.mac, host.name)
        for (const { network, address } of item.addresses) this.take(network, address, host.name)
      }
    }
  }

  owner(network: string, address: string): string | undefined {
    return this.#owners.get(`${network} ${address}`)
  }

  take(network: string, address: string, owner: string): void {
    this.#owners.set(`${network} ${address}`, owner)
    this.#anywhere.add(address)
  }

  /**
   * The lowest free address; one that is free on networks with an overlapping subnet too, as long as there is one: who
   * answers should be clear from the address. The first one of a subnet is left for a gateway, and taken when nothing else is left.
   */
  next(network: string, subnet: Subnet): string | undefined {
    return this.#search(network, subnet, (address) => !this.#anywhere.has(address)) ?? this.#search(network, subnet, (address) => this.owner(network, address) === undefined)
  }

  #search(network: string, subnet: Subnet, isFree: (address: string) => boolean): string | undefined {
    const key = `${network} ${subnet.cidr}`
    for (let value = this.#cursor.get(key) ?? subnet.first + 1n; value <= subnet.last; value++) {
      const address = formatAddress(subnet.family, value)
      // An overlapping network may use up a huge subnet's beginning, but never more than it has hosts.
      this.#cursor.set(key, value + 1n)
      if (isFree(address)) return address
    }
    this.#cursor.delete(key)
    const first = formatAddress(subnet.family, subnet.first)
    return isFree(first) ? first : undefined
  }
}

function givenAddresses(networks: ReadonlyMap<string, NetworkModel>, draft: Draft, taken: TakenAddresses, issues: TopologyIssue[]): AddressModel[] {
  const { attachment, path, host } = draft
  if (attachment.mac !== undefined) checkMac(attachment.mac, [...path, 'mac'], host, taken, issues)
  const network = draft.network === undefined ? undefined : networks.get(draft.network)
  if (network === undefined || attachment.ip === undefined) return []
  const addresses: AddressModel[] = []
  for (const [index, text] of [attachment.ip].flat().entries()) {
    const where = formatPath([...path, 'ip', ...(Array.isArray(attachment.ip) ? [index] : [])])
    const complain = (message: string): void => void issues.push({ path: where, value: text, message })
    const parsed = parseHostAddress(text)
    if (parsed === undefined) {
      complain('must be an IPv4 or IPv6 address without prefix length')
      continue
    }
    const subnet = network.subnets.find((candidate) => contains(candidate, parsed.family, parsed.value))
    if (subnet === undefined) {
      complain(`is outside the subnets of network "${network.name}": ${network.subnets.map(({ cidr }) => cidr).join(', ') || 'it has none'}`)
      continue
    }
    if (parsed.value < subnet.first || parsed.value > subnet.last) {
      complain(`is the network or broadcast address of ${subnet.cidr}`)
      continue
    }
    const address = formatAddress(parsed.family, parsed.value)
    const owner = taken.owner(network.name, address)
    if (owner !== undefined) complain(`is the address of ${owner === host ? 'this host already' : `host "${owner}"`}`)
    else if (addresses.some((other) => contains(subnet, other.family, parseHostAddress(other.address)?.value ?? -1n))) complain(`the interface has an address of ${subnet.cidr} already`)
    taken.take(network.name, address, host)
    addresses.push({ network: network.name, family: parsed.family, address, prefixLength: subnet.prefixLength })
  }
  return addresses
}

function checkMac(text: string, path: readonly (string | number)[], host: string, taken: TakenAddresses, issues: TopologyIssue[]): void {
  const where = formatPath(path)
  if (!isMac(text)) {
    issues.push({ path: where, value: text, message: 'must be a MAC address of six two-digit hexadecimal groups such as "02:00:00:00:00:01"' })
    return
  }
  const mac = text.toLowerCase().replaceAll('-', ':')
  if ((Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) issues.push({ path: where, value: text, message: 'is a multicast address: the lowest bit of the first byte of an interface\'s MAC is 0' })
  if (mac === '00:00:00:00:00:00') issues.push({ path: where, value: text, message: 'no interface can have this MAC' })
  const owner = taken.macs.get(mac)
  if (owner !== undefined) issues.push({ path: where, value: text, message: `is the MAC of ${owner} already` })
  taken.macs.set(mac, host)
}

/** Adds an automatic address for each subnet of which none was given. */
function completeAddresses(networks: ReadonlyMap<string, NetworkModel>, draft: Draft, given: readonly AddressModel[], taken: TakenAddresses, issues: TopologyIssue[]): AddressModel[] {
  const names = draft.network === undefined ? (draft.subinterfaces ? (draft.trunk ?? []) : []) : [draft.network]
  return names.flatMap((network) =>
    (networks.get(network)?.subnets ?? []).flatMap((subnet): AddressModel[] => {
      const own = given.find((item) => item.network === network && contains(subnet, item.family, parseHostAddress(item.address)?.value ?? -1n))
      if (own !== undefined) return [own]
      const address = taken.next(network, subnet)
      if (address === undefined) {
        issues.push({ path: formatPath(draft.path), value: network, message: `no address is left in ${subnet.cidr} of network "${network}" for host "${draft.host}": give it a larger subnet` })
        return []
      }
      taken.take(network, address, draft.host)
      return [{ network, family: subnet.family, address, prefixLength: subnet.prefixLength }]
    }),
  )
}

function automaticName(index: number, drafts: readonly Draft[]): string {
  const given = new Set(drafts.flatMap(({ name }) => name ?? []))
  // The n-th interface is ethN; where the user gave that name to another one, the next free number.
  let number = index
  while (given.has(`eth${number}`)) number += drafts.length
  return `eth${number}`
}

/** `02:73:62:…`: locally administered, with "sb" in it. */
function automaticMac(ofport: number, taken: TakenAddresses): string {
  for (let number = ofport; ; number += 0x10000) {
    const tail = [number >> 16, number >> 8, number].map((byte) => (byte & 0xff).toString(16).padStart(2, '0')).join(':')
    const mac = `02:73:62:${tail}`
    if (taken.macs.has(mac)) continue
    taken.macs.set(mac, 'an automatic one')
    return mac
  }
}

/** The name of the switch's end: readable where it fits into a device name, `pN` where not. */
function portName(host: string, device: string, ofport: number, ports: Set<string>): string {
  const readable = `${host}-${device}`
  const name = readable.length <= LONGEST_DEVICE_NAME && /^[\w-]+$/.test(readable) && !ports.has(readable) ? readable : `p${ofport}`
  ports.add(name)
  return name
}

function interfaceMtu(networks: ReadonlyMap<string, NetworkModel>, { network, trunk }: Draft): number | undefined {
  const values = (network === undefined ? (trunk ?? []) : [network]).flatMap((name) => networks.get(name)?.mtu ?? [])
  return values.length === 0 ? undefined : Math.max(...values)
}

function checkDetails(host: string, spec: HostSpec, issues: TopologyIssue[]): void {
  for (const [index, text] of (spec.dns ?? []).entries()) {
    if (parseHostAddress(text) === undefined) issues.push({ path: formatPath(['hosts', host, 'dns', index]), value: text, message: 'must be the address of a name server' })
  }
  for (const key of Object.keys(spec.sysctls ?? {})) {
    if (!/^net\.[\w.\-/]+$/.test(key) || key.includes('..')) {
      issues.push({ path: formatPath(['hosts', host, 'sysctls', key]), value: key, message: 'must begin with "net.": only the network settings belong to a host' })
    }
  }
}

function checkRoutes(host: string, spec: HostSpec, interfaces: readonly InterfaceModel[], networks: ReadonlyMap<string, NetworkModel>, issues: TopologyIssue[]): void {
  for (const [index, route] of (spec.routes ?? []).entries()) {
    const path = ['hosts', host, 'routes', index]
    const via = parseHostAddress(route.via)
    if (via === undefined) {
      issues.push({ path: formatPath([...path, 'via']), value: route.via, message: 'must be the address of the next hop' })
      continue
    }
    const subnets = interfaces.flatMap(({ addresses }) => addresses.flatMap(({ network }) => networks.get(network)?.subnets ?? []))
    if (!subnets.some((subnet) => contains(subnet, via.family, via.value))) {
      issues.push({ path: formatPath([...path, 'via']), value: route.via, message: `is on none of the host's networks (${subnets.map(({ cidr }) => cidr).join(', ') || 'it has no address'})` })
    }
    const [address = '', length, more] = route.to === 'default' ? [route.via, '0'] : route.to.split('/')
    const destination = parseHostAddress(address)
    const bits = destination?.family === 6 ? 128 : 32
    if (destination === undefined || more !== undefined || (length !== undefined && !(/^\d+$/.test(length) && Number(length) <= bits))) {
      issues.push({ path: formatPath([...path, 'to']), value: route.to, message: 'must be "default" or a subnet in CIDR form' })
    } else if (destination.family !== via.family) {
      issues.push({ path: formatPath([...path, 'to']), value: route.to, message: `is IPv${destination.family}, but the next hop ${route.via} is IPv${via.family}` })
    } else if (route.to !== 'default') {
      const hostBits = BigInt(bits - Number(length ?? bits))
      const start = (destination.value >> hostBits) << hostBits
      if (start !== destination.value) issues.push({ path: formatPath([...path, 'to']), value: route.to, message: `has host bits set: write "${formatAddress(destination.family, start)}/${length}"` })
    }
  }
}
