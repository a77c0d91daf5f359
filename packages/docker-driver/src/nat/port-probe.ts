import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, isIPv6 } from 'node:net'
import { DockerDriverError } from '../errors.js'
import type { Network, PortMapping } from '../model/index.js'
import { describeMapping, overlap } from './port-mapping.js'

/**
 * Asks the kernel whether a program of the machine has the port of a mapping, by binding to it for a moment: it finds Docker's own
 * published ports too, as long as dockerd holds them by a socket. Nothing is asked for SCTP, which Node.js has no sockets for.
 * Only for mappings that are new: those that are carried out already need no socket, and another program may have bound meanwhile.
 * @throws DockerDriverError `conflict`: the port is in use. `invalid`: the machine does not have that address.
 */
export async function probePort(mapping: PortMapping): Promise<void> {
  if (mapping.protocol === 'sctp') return
  const bind = mapping.protocol === 'tcp' ? bindTcp : bindUdp
  for (const address of mapping.hostAddress === undefined ? ['0.0.0.0', '::'] : [mapping.hostAddress]) {
    try {
      await bind(address, mapping.hostPort)
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
      // A machine without IPv6 has nobody there.
      if (mapping.hostAddress === undefined && address === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) continue
      throw probeError(mapping, code, cause)
    }
  }
}

/**
 * A port of the machine that no container and no program has, for `docker run -p 80`, or from a range.
 * @param networks All networks of the driver.
 * @param mapping What is wanted; its `hostPort` does not matter.
 * @param range First and last port. Default 49153 to 65535, as with Docker.
 * @param besides Port mappings that are taken too, but for those without a port.
 * @throws DockerDriverError `conflict`: every port of the range is in use. As {@link probePort}.
 */
export async function choosePort(networks: readonly Network[], mapping: PortMapping, range: readonly [number, number] = [49153, 65535], besides: readonly PortMapping[] = []): Promise<number> {
  const taken = [...besides.filter(({ hostPort }) => hostPort !== 0), ...networks.flatMap(({ endpoints }) => [...endpoints.values()].flatMap(({ joined }) => joined?.portMappings ?? []))]
  for (let hostPort = range[0]; hostPort <= range[1]; hostPort++) {
    const candidate = { ...mapping, hostPort }
    if (taken.some((other) => overlap(candidate, other))) continue
    try {
      await probePort(candidate)
      return hostPort
    } catch (error) {
      if (!(error instanceof DockerDriverError && error.code === 'conflict')) throw error
    }
  }
  const { containerPort, protocol } = mapping
  throw new DockerDriverError('conflict', `Container port ${containerPort}/${protocol}: every port of the machine from ${range[0]} to ${range[1]} is in use.`)
}

async function bindTcp(host: string, port: number): Promise<void> {
  const server = createServer()
  server.listen({ host, port, exclusive: true, ipv6Only: isIPv6(host) })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}

async function bindUdp(address: string, port: number): Promise<void> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address) })
  try {
    const listening = once(socket, 'listening')
    socket.bind({ address, port, exclusive: true })
    await listening
  } finally {
    socket.close()
  }
}

function probeError(mapping: PortMapping, code: unknown, cause: unknown): DockerDriverError {
  const what = `Port mapping ${describeMapping(mapping)}`
  switch (code) {
    case 'EADDRINUSE':
      return new DockerDriverError('conflict', `${what}: a program of this machine has ${mapping.protocol} port ${mapping.hostPort} already (see ss -lnp). Choose another.`, { cause })
    case 'EADDRNOTAVAIL':
      return new DockerDriverError('invalid', `${what}: this machine does not have the address ${String(mapping.hostAddress)}.`, { cause })
    case 'EACCES':
      return new DockerDriverError('forbidden', `${what}: this user may not have port ${mapping.hostPort}; the driver must run as root.`, { cause })
    default:
      return new DockerDriverError('kernel', `${what}: the port could not be checked: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
  }
}
