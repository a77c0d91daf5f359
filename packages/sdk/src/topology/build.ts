import { invalidTopology, type TopologyIssue } from '../errors.js'
import { checkRules, readAcls, readMeters } from './acls.js'
import { addHosts } from './hosts.js'
import { PRIVATE_SITE, type SwitchSite, type TestbedModel } from './model.js'
import { addNetworks } from './networks.js'
import { formatPath, parseHost, parseNetwork, parseTopology, type Parsed } from './schema.js'
import { parseHostAddress } from './subnet.js'
import type { HostSpec, NetworkSpec, Topology } from './spec.js'
import { addLinks, addSwitches } from './switches.js'

/**
 * Decides everything that a topology leaves open: VLANs, addresses, MACs, names, port numbers. Pure.
 * @throws TestbedError `invalid` with every mistake, each with its path and value; mistakes of shape (a string where a number must be) come
 * alone, since nothing can be said about the rest then
 */
export function buildModel(topology: Topology, site: SwitchSite = PRIVATE_SITE): TestbedModel {
  const { name = 'testbed', dns = [], networks, hosts, links: cables = [] } = shaped(parseTopology(topology), 'the topology')
  const issues: TopologyIssue[] = []
  if (name === '' || /[\p{Cc}\p{Cs}]/u.test(name)) issues.push({ path: 'name', value: name, message: 'a name has at least one character and no control characters' })
  for (const [index, text] of dns.entries()) {
    if (parseHostAddress(text) === undefined) issues.push({ path: formatPath(['dns', index]), value: text, message: 'must be the address of a name server' })
  }
  const acls = readAcls(topology.acls ?? {}, issues)
  const meters = readMeters(topology.meters ?? {}, issues)
  if (issues.length === 0) checkRules(acls, meters, issues)
  const switches = addSwitches(topology.switches, site, issues)
  const links = addLinks(cables, switches, site, 1, issues)
  const empty: TestbedModel = {
    site, name, dns, switches, links, acls, meters,
    networks: addNetworks(new Map(), networks, acls, issues),
    hosts: new Map(),
    nextOfport: 1 + 2 * links.length,
    nextHost: 1,
  }
  const model = addHosts(empty, hosts, issues)
  if (issues.length > 0) throw invalidTopology(issues)
  return model
}

/** The model with one more network. @throws TestbedError `invalid` */
export function withNetwork(model: TestbedModel, name: string, spec: NetworkSpec): TestbedModel {
  checkNameType('networks', name, 'the network')
  const issues: TopologyIssue[] = []
  const networks = addNetworks(model.networks, { [name]: shaped(parseNetwork(name, spec), 'the network') }, model.acls, issues)
  if (issues.length > 0) throw invalidTopology(issues, 'the network')
  return { ...model, networks }
}

/** The model with one more host. @throws TestbedError `invalid` */
export function withHost(model: TestbedModel, name: string, spec: HostSpec): TestbedModel {
  checkNameType('hosts', name, 'the host')
  const issues: TopologyIssue[] = []
  const next = addHosts(model, { [name]: shaped(parseHost(name, spec), 'the host') }, issues)
  if (issues.length > 0) throw invalidTopology(issues, 'the host')
  return next
}

function shaped<Spec>({ value, issues }: Parsed<Spec>, what: string): Spec {
  if (issues !== undefined) throw invalidTopology(issues, what)
  return value
}

function checkNameType(path: string, name: unknown, what: string): void {
  if (typeof name !== 'string') throw invalidTopology([{ path, value: name, message: 'the name must be a string' }], what)
}

/** The model without a network. @throws TestbedError `invalid` when there is none, or hosts are on it */
export function withoutNetwork(model: TestbedModel, name: string): TestbedModel {
  if (!model.networks.has(name)) throw invalidTopology([{ path: formatPath(['networks', name]), value: name, message: 'there is no such network' }], 'the network')
  const users = [...model.hosts.values()].filter(({ interfaces }) => interfaces.some(({ network, trunk }) => network === name || trunk?.includes(name) === true))
  if (users.length > 0) {
    throw invalidTopology([{ path: formatPath(['networks', name]), value: name, message: `hosts are on it: ${users.map((host) => host.name).join(', ')}; remove them first` }], 'the network')
  }
  const networks = new Map(model.networks)
  networks.delete(name)
  return { ...model, networks }
}

/** The model without a host. @throws TestbedError `invalid` when there is none */
export function withoutHost(model: TestbedModel, name: string): TestbedModel {
  if (!model.hosts.has(name)) throw invalidTopology([{ path: formatPath(['hosts', name]), value: name, message: 'there is no such host' }], 'the host')
  const hosts = new Map(model.hosts)
  hosts.delete(name)
  return { ...model, hosts }
}
