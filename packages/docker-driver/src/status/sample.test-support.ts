import type { Endpoint, JoinedEndpoint, Network, NetworkOptions } from '../model/network.js'
import { parseNetworkOptions } from '../options/index.js'

/** A network for tests, with options as `docker network create -o` takes them. */
export function sampleNetwork(name: string, special: Partial<Omit<Network, 'options'>> & { readonly options?: Partial<NetworkOptions> } = {}): Network {
  const options = parseNetworkOptions({}, { networkId: name.padEnd(64, '0'), internal: true, ipv4: [], ipv6: [] })
  return {
    id: name.padEnd(64, '0'),
    name,
    bridge: `odsbr${name.slice(0, 5)}`,
    dpid: 1n,
    addresses: { ipv4: { pool: '10.9.0.0/24', gateway: '10.9.0.1/24' }, ipv6: undefined },
    internal: true,
    ports: new Map(),
    preallocated: [],
    endpoints: new Map(),
    foreignPorts: new Map(),
    patches: new Map(),
    ...special,
    options: { ...options, ...special.options },
  }
}

/** A container on a network. */
export function sampleEndpoint(name: string, ofport: number, special: Partial<JoinedEndpoint> = {}): [string, Endpoint] {
  const id = `e${name}`.padEnd(64, '0')
  const joined = { ofport, containerId: name.padEnd(64, 'c'), containerName: name, labels: {}, sandboxKey: '/run/x', acls: [], mirror: false, portMappings: [], ...special }
  return [id, { id, hostInterface: `odsve${id.slice(0, 5)}`, containerInterface: `ethc${id.slice(0, 5)}`, mac: `0e:00:00:00:00:0${ofport}`, ipv4: `10.9.0.${ofport + 1}/24`, ipv6: undefined, joined }]
}
