import { lowestFreeOfport } from '@streambed/ovs'
import type { Endpoint, Network } from '../model/network.js'
import { aclsFor } from '../options/index.js'

/**
 * A network that is not there yet, as it may become: it has a name, its added interfaces have numbers, and it has a container with the default ACL,
 * so that what Faucet would refuse later is seen at once.
 */
export function provisional(network: Network): Network {
  const { options } = network
  const added = [...options.addPorts, ...options.addCoproPorts]
  const joined = [...network.endpoints.values()].flatMap((endpoint) => endpoint.joined ?? [])
  const taken = new Set([
    options.lbPort,
    ...network.ports.values(),
    ...added.flatMap(({ ofport }) => ofport ?? []),
    ...joined.map(({ ofport }) => ofport),
    ...[...network.foreignPorts.values(), ...network.patches.values()].map(({ ofport }) => ofport),
  ])
  const lowest = (): number => {
    // There are 65,279 numbers, and not as many ports.
    const number = lowestFreeOfport(taken) ?? 1
    taken.add(number)
    return number
  }
  const ports = new Map(added.map(({ name, ofport }) => [name, network.ports.get(name) ?? ofport ?? lowest()] as const))
  if (joined.length > 0) return { ...network, ports, unnamed: false }
  const guest: Endpoint = {
    id: 'guest',
    hostInterface: 'guest',
    containerInterface: 'guest',
    mac: '02:00:00:00:00:01',
    ipv4: undefined,
    ipv6: undefined,
    joined: {
      ofport: lowest(),
      containerId: 'guest',
      containerName: 'guest',
      labels: {},
      sandboxKey: '',
      acls: aclsFor(options.defaultAcl, network.name),
      mirror: false,
      portMappings: [],
    },
  }
  return { ...network, ports, unnamed: false, endpoints: new Map([...network.endpoints, [guest.id, guest]]) }
}
