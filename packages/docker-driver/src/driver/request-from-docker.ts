import { formatIpv4, formatIpv6, parseAddress } from '@streambed/linux'
import type { DockerContainer, DockerNetwork } from '../docker/docker-engine.js'
import type { CreateNetworkRequest } from '../protocol/network-driver.js'

/**
 * What Docker would ask for, to make this network again. A gateway that nobody named it does not tell of the network; of containers that
 * are on it, or were, it does.
 */
export function requestFromDocker({ id, options, internal, enableIpv6, ipam }: DockerNetwork, containers: readonly DockerContainer[] = []): CreateNetworkRequest {
  const known = containers.flatMap(({ networks }) => [...networks.values()]).filter(({ networkId }) => networkId === id)
  const told = (family: 4 | 6): string | undefined => known.map(({ gateway, gatewayIpv6 }) => (family === 4 ? gateway : gatewayIpv6)).find((gateway) => gateway !== undefined)
  const data = (family: 4 | 6): CreateNetworkRequest['ipv4'] =>
    ipam.driver === 'null'
      ? []
      : ipam.config
          .filter(({ subnet }) => subnet.includes(':') === (family === 6))
          .map(({ subnet, gateway, ipRange }, index) => {
            const address = gateway ?? (index === 0 ? told(family) : undefined) ?? chosenGateway(subnet, ipRange)
            return { AddressSpace: '', Pool: subnet, Gateway: `${address.split('/')[0]}/${subnet.split('/')[1]}` }
          })
  return { networkId: id, options, internal, enableIpv6, ipv4: data(4), ipv6: data(6) }
}

/**
 * The gateway that Docker's own IPAM chooses where none is named: the first address of the range, or of the subnet, that is not the
 * address of the subnet itself (libnetwork, ipam/allocator.go). A range begins with its own first address, since that is one like any other.
 */
export function chosenGateway(subnet: string, ipRange: string | undefined): string {
  const network = firstOf(subnet)
  const first = ipRange === undefined ? network : firstOf(ipRange)
  return format(first.value > network.value ? first.value : network.value + 1n, network.bits)
}

function firstOf(prefix: string): { readonly value: bigint; readonly bits: number } {
  const [address = '', length] = prefix.split('/')
  const { bytes } = parseAddress(address)
  const bits = bytes.length * 8
  const host = BigInt(bits - Number(length ?? bits))
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return { value: (value >> host) << host, bits }
}

function format(value: bigint, bits: number): string {
  const bytes = Uint8Array.from({ length: bits / 8 }, (_, index) => Number((value >> BigInt(bits - 8 - index * 8)) & 0xffn))
  return bits === 32 ? formatIpv4(bytes) : formatIpv6(bytes)
}
