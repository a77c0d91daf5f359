import type { TestbedCore } from './core.js'
import { isContainer, type HostModel } from './topology/model.js'
import type { ContainerInspection, HostInspection, NetworkInspection, PortInspection, TestbedInspection } from './inspection.js'

function containerInspection(core: TestbedCore, host: HostModel): ContainerInspection {
  const { id, name, image, owned } = core.containers.of(host)
  return { id, name, image, owned }
}

/** Writes down what a testbed consists of. */
export function inspectTestbed(core: TestbedCore): TestbedInspection {
  const { model } = core
  const hosts = [...model.hosts.values()]
  const vlan = (network: string): number => model.networks.get(network)?.vlan ?? 0
  const ports = hosts.flatMap((host) =>
    host.interfaces.map((item): PortInspection => ({
      name: item.port,
      ofport: item.ofport,
      host: host.name,
      interface: item.name,
      vlan: item.network === undefined ? null : core.vlanOf(item.network, host.name),
      trunks: (item.trunk ?? []).map(vlan),
    })),
  )
  return {
    name: model.name,
    state: core.state,
    privilege: core.sandbox.privilege,
    switches: [{ name: model.site.bridge, datapathType: core.bridge.datapathType, ports }],
    networks: [...model.networks.values()].map((network): NetworkInspection => ({
      name: network.name,
      vlan: network.vlan,
      subnets: network.subnets.map(({ cidr }) => cidr),
      mtu: network.mtu ?? null,
      hosts: hosts.filter(({ interfaces }) => interfaces.some((item) => item.network === network.name || item.trunk?.includes(network.name) === true)).map(({ name }) => name),
    })),
    hosts: hosts.map((host): HostInspection => ({
      name: host.name,
      state: core.hostStates.get(host.name) ?? 'running',
      forwarding: host.spec.forwarding === true,
      ...(isContainer(host) && { container: containerInspection(core, host) }),
      interfaces: host.interfaces.map((item) => ({
        name: item.name,
        network: item.network ?? null,
        trunk: item.trunk ?? [],
        mac: item.mac,
        addresses: item.addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
        up: core.hostStates.get(host.name) !== 'stopped' && !core.downPorts.has(item.port),
        ofport: item.ofport,
      })),
    })),
    partition: core.partition?.groups ?? [],
  }
}
