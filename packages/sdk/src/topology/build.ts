import { invalidTopology, type TopologyIssue } from '../errors.js'
import { addHosts } from './hosts.js'
import { PRIVATE_SITE, type SwitchSite, type TestbedModel } from './model.js'
import { addNetworks } from './networks.js'
import { checkHostShape, checkNetworkShape, checkShape, formatPath } from './schema.js'
import { parseHostAddress } from './subnet.js'
import type { HostSpec, NetworkSpec, Topology } from './spec.js'

/**
 * Decides everything that a topology leaves open: VLANs, addresses, MACs, names, port numbers. Pure.
 * @throws TestbedError `invalid` with every mistake, each with its path and value
 */
export function buildModel(topology: Topology, site: SwitchSite = PRIVATE_SITE): TestbedModel {
  const shape = checkShape(topology)
  if (shape.length > 0) throw invalidTopology(shape)
  const issues: TopologyIssue[] = []
  for (const [index, text] of (topology.dns ?? []).entries()) {
    if (parseHostAddress(text) === undefined) issues.push({ path: formatPath(['dns', index]), value: text, message: 'must be the address of a name server' })
  }
  const networks = addNetworks(new Map(), topology.networks, issues)
  const empty: TestbedModel = { site, name: topology.name ?? 'testbed', dns: topology.dns ?? [], networks, hosts: new Map(), nextOfport: 1 }
  const model = addHosts(empty, topology.hosts, issues)
  if (issues.length > 0) throw invalidTopology(issues)
  return model
}

/** The model with one more network. @throws TestbedError `invalid` */
export function withNetwork(model: TestbedModel, name: string, spec: NetworkSpec): TestbedModel {
  const issues = checkNetworkShape(name, spec)
  if (issues.length > 0) throw invalidTopology(issues, 'the network')
  const networks = addNetworks(model.networks, { [name]: spec }, issues)
  if (issues.length > 0) throw invalidTopology(issues, 'the network')
  return { ...model, networks }
}

/** The model with one more host. @throws TestbedError `invalid` */
export function withHost(model: TestbedModel, name: string, spec: HostSpec): TestbedModel {
  const issues = checkHostShape(name, spec)
  if (issues.length > 0) throw invalidTopology(issues, 'the host')
  const next = addHosts(model, { [name]: spec }, issues)
  if (issues.length > 0) throw invalidTopology(issues, 'the host')
  return next
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
