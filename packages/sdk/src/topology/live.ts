import { invalidTopology, type TopologyIssue } from '../errors.js'
import { checkAclNames, checkRules, namesOf, readAcl, readMeter } from './acls.js'
import { tapPorts } from './hosts.js'
import type { HostModel, InterfaceModel, NetworkModel, TestbedModel } from './model.js'
import { formatPath } from './schema.js'
import type { MeterSpec, TapSource, TopologyAcl } from './spec.js'

/** Names of ACLs, in the order in which they are tried; null for none. */
export type AclNames = string | readonly string[] | null

/** The model with an ACL, instead of one of the same name. @throws TestbedError `invalid` */
export function withAcl(model: TestbedModel, name: string, acl: TopologyAcl): TestbedModel {
  return checked('the ACL', (issues) => {
    const acls = new Map(model.acls).set(name, readAcl(name, acl, issues))
    if (issues.length === 0) checkRules(acls, model.meters, issues)
    return { ...model, acls }
  })
}

/** The model without an ACL. @throws TestbedError `invalid` when there is none, or it is used */
export function withoutAcl(model: TestbedModel, name: string): TestbedModel {
  return checked('the ACL', (issues) => {
    const path = formatPath(['acls', name])
    const users = [
      ...[...model.networks.values()].filter(({ acls, aclsOut }) => acls.includes(name) || aclsOut.includes(name)).map((network) => `network ${network.name}`),
      ...[...model.hosts.values()].filter(({ interfaces }) => interfaces.some(({ acls }) => acls.includes(name))).map((host) => `host ${host.name}`),
    ]
    if (!model.acls.has(name)) issues.push({ path, value: name, message: 'there is no such ACL' })
    else if (users.length > 0) issues.push({ path, value: name, message: `it is used by ${users.join(', ')}: take it away there first` })
    const acls = new Map(model.acls)
    acls.delete(name)
    return { ...model, acls }
  })
}

/** The model with a meter, instead of one of the same name. @throws TestbedError `invalid` */
export function withMeter(model: TestbedModel, name: string, meter: MeterSpec): TestbedModel {
  return checked('the meter', (issues) => ({ ...model, meters: new Map(model.meters).set(name, readMeter(name, meter, issues)) }))
}

/** The model with other ACLs for what the hosts of a network send, or receive. @throws TestbedError `invalid` */
export function withNetworkAcls(model: TestbedModel, name: string, direction: 'in' | 'out', names: AclNames): TestbedModel {
  return checked('the network', (issues) => {
    const network = model.networks.get(name) as NetworkModel
    const acls = namesOf(names ?? undefined)
    checkAclNames(acls, model.acls, ['networks', name, direction === 'in' ? 'acl' : 'aclOut'], issues)
    return { ...model, networks: new Map(model.networks).set(name, { ...network, ...(direction === 'in' ? { acls } : { aclsOut: acls }) }) }
  })
}

/** The model with other ACLs for what a host sends on an interface. @throws TestbedError `invalid` */
export function withPortAcls(model: TestbedModel, host: HostModel, item: InterfaceModel, names: AclNames): TestbedModel {
  return checked('the host', (issues) => {
    const acls = namesOf(names ?? undefined)
    checkAclNames(acls, model.acls, ['hosts', host.name, 'networks', item.network ?? item.name, 'acl'], issues)
    return withInterface(model, host, { ...item, acls })
  })
}

/** The model with other sources for a tap. @throws TestbedError `invalid` */
export function withTap(model: TestbedModel, host: HostModel, item: InterfaceModel, sources: readonly TapSource[]): TestbedModel {
  return checked('the tap', (issues) => {
    const path = ['hosts', host.name, 'taps', item.name]
    if (item.tapOf === undefined) issues.push({ path: formatPath(path), value: item.name, message: `is no tap: the host needs "taps: { ${item.name}: [] }" in the topology` })
    return withInterface(model, host, { ...item, tapOf: tapPorts(model.hosts, item.switch, sources, path, issues) })
  })
}

function withInterface(model: TestbedModel, host: HostModel, item: InterfaceModel): TestbedModel {
  const interfaces = host.interfaces.map((other) => (other.port === item.port ? item : other))
  return { ...model, hosts: new Map(model.hosts).set(host.name, { ...host, interfaces }) }
}

function checked(what: string, change: (issues: TopologyIssue[]) => TestbedModel): TestbedModel {
  const issues: TopologyIssue[] = []
  const model = change(issues)
  if (issues.length > 0) throw invalidTopology(issues, what)
  return model
}
