import type { AddedPort, Spec } from '../model/network.js'
import { parseInterfaceName } from './interface-name.js'
import { parseOfport, parseVid } from './scalar.js'
import { aclsFor, parseSpec } from './spec.js'
import { quote, wrong } from './wrong.js'
import { DockerDriverError } from '../errors.js'

/**
 * The ports of `ovs.bridge.add_ports` and `add_copro_ports`: items `name[/ofport[/acl[/vlan]]]` with commas between; what is left empty
 * is not given (`eth0//acl`, `eth0///20`), and an ofport of 0 neither. Since commas part the items, such a port has one ACL; as in
 * labels it may be `network:acl`. Throws `DockerDriverError` `invalid`.
 */
export function parseAddedPorts(text: string): readonly AddedPort[] {
  if (text === '') return []
  return text.split(',').map((item) => parseAddedPort(item.trim()))
}

/** What such a port says of its ACLs. Throws `DockerDriverError` `invalid` when that cannot be parsed. */
export function specsOfAddedPort(port: AddedPort): readonly Spec[] {
  return port.acls.map((acl) => parseSpec(acl))
}

/** The ACLs of such a port on the network of that name. Throws `DockerDriverError` `invalid` for one that cannot be parsed. */
export function aclsOfAddedPort(port: AddedPort, networkName: string): readonly string[] {
  return specsOfAddedPort(port).flatMap((spec) => aclsFor(spec, networkName))
}

/** What two ports of one bridge cannot have both: the name of an interface, or an OpenFlow port number. One sentence for each. */
export function sharedPorts(ports: readonly AddedPort[]): readonly string[] {
  const names = new Set<string>()
  const numbers = new Map<number, string>()
  return ports.flatMap(({ name, ofport }) => {
    const found: string[] = []
    if (names.has(name)) found.push(`interface ${name} is named twice; name each interface once, in add_ports or in add_copro_ports`)
    const other = ofport === undefined ? undefined : numbers.get(ofport)
    if (other !== undefined) found.push(`${other} and ${name} both want port ${ofport}; give each port a number of its own, or none`)
    names.add(name)
    if (ofport !== undefined) numbers.set(ofport, name)
    return found
  })
}

function parseAddedPort(item: string): AddedPort {
  const grammar = 'write name[/ofport[/acl[/vlan]]], several with commas, such as eth1,eth2/7,eth3/8/denyall/20'
  const fields = item.split('/')
  const [name = '', ofport = '', acl = '', vlan = ''] = fields
  if (name === '' || fields.length > 4) throw wrong(item, 'no port', grammar)
  return {
    name: field(item, 'name', () => parseInterfaceName(name)),
    ofport: ofport === '' || /^0+$/.test(ofport) ? undefined : field(item, 'ofport', () => parseOfport(ofport)),
    acls: field(item, 'ACL', () => parseSpec(acl)).length === 0 ? [] : [acl],
    vlan: vlan === '' ? undefined : field(item, 'VLAN', () => parseVid(vlan)),
  }
}

function field<T>(item: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof DockerDriverError)) throw error
    throw new DockerDriverError('invalid', `in ${quote(item)} the ${what} ${error.message}`)
  }
}
