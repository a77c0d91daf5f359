import type { Endpoint, Network, NetworkMode, PortMapping } from '../model/index.js'

/** A mapping of a port of the machine to port 80, TCP unless said otherwise. */
export function mapping(hostPort: number, more: Partial<PortMapping> = {}): PortMapping {
  return { protocol: 'tcp', containerPort: 80, hostPort, hostAddress: undefined, ...more }
}

/** The endpoint of a running container. */
export function endpoint(name: string, ipv4: string | undefined, ipv6: string | undefined, portMappings: readonly PortMapping[]): Endpoint {
  const joined = { ofport: 1, containerId: name, containerName: name, labels: {}, sandboxKey: `/var/run/docker/netns/${name}`, acls: [], mirror: false, portMappings }
  return { id: name, hostInterface: `odsve${name}`, containerInterface: `ethc${name}`, mac: '02:00:00:00:00:01', ipv4, ipv6, joined }
}

/** A network of which only the mode, the bridge, the addresses and the endpoints matter. Its name is its mode unless given. */
export function network(mode: NetworkMode, bridge: string, ipv4: string | undefined, ipv6: string | undefined, endpoints: readonly Endpoint[]): Network {
  return {
    id: bridge, name: mode, bridge, dpid: 1n, internal: true, ports: new Map(), preallocated: [], foreignPorts: new Map(), patches: new Map(),
    endpoints: new Map(endpoints.map((one) => [one.id, one])),
    addresses: {
      ipv4: ipv4 === undefined ? undefined : { pool: `${ipv4}.0/24`, gateway: `${ipv4}.1/24` },
      ipv6: ipv6 === undefined ? undefined : { pool: `${ipv6}::/64`, gateway: `${ipv6}::1/64` },
    },
    options: {
      dpid: 1n, controllers: [], mode, bridgeName: bridge, mtu: 1500, vlan: 100, addPorts: [], addCoproPorts: [], dhcp: false, userspace: true,
      ovsLocalMac: undefined, natAcl: [], defaultAcl: [], vlanOutAcl: [], preallocatePorts: 0, lbPort: 99, mirrorTunnelVid: 356, bindInterface: undefined,
    },
  }
}
