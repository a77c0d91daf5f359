import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/index.js'
import type { IpFamily } from './port-mapping.js'

/**
 * Switches on what the kernel needs to forward for these networks, where it is off. It stays on afterwards: by then others may rely on it, as Docker does.
 *
 * - `net.ipv4.ip_forward`, for the whole machine. dockerd sets it too, together with a FORWARD policy of DROP, but only where it finds it
 *   off: so this must not be called before dockerd is up, or the machine forwards for everybody.
 * - `net.ipv6.conf.all.forwarding`, for the whole machine. A machine that forwards takes no more router advertisements, so interfaces that take them
 *   (`accept_ra` 1) are told to go on (2), and keep their address and default route.
 * - `net.ipv4.conf.<bridge>.route_localnet`, for a bridge with a port mapping for 127.0.0.1: the kernel does not send packets from 127.0.0.1 over
 *   a bridge otherwise. It goes with the bridge; the table's guard keeps containers from reaching 127.0.0.1 by it.
 *
 * @param networks Those of {@link forwardedNetworks}.
 * @throws DockerDriverError `forbidden`: this process may not write to /proc/sys.
 */
export async function enableForwarding(networks: readonly Network[]): Promise<void> {
  const has = (family: IpFamily) => networks.some(({ addresses }) => (family === 4 ? addresses.ipv4 : addresses.ipv6) !== undefined)
  if (has(4)) await set('ipv4/ip_forward', '1')
  if (has(6) && (await get('ipv6/conf/all/forwarding')) === '0') {
    await keepRouterAdvertisements()
    await set('ipv6/conf/all/forwarding', '1')
  }
  for (const network of networks) if (needsLoopback(network)) await set(`ipv4/conf/${network.bridge}/route_localnet`, '1')
}

function needsLoopback({ endpoints }: Network): boolean {
  const isLoopback = (address: string | undefined) => address === undefined || address === '0.0.0.0' || address.startsWith('127.')
  return [...endpoints.values()].some(({ joined }) => joined?.portMappings.some(({ hostAddress }) => isLoopback(hostAddress)))
}

async function keepRouterAdvertisements(): Promise<void> {
  for (const name of await readdir(join(folder, 'ipv6/conf')).catch(() => [])) {
    const isTaking = (await get(`ipv6/conf/${name}/accept_ra`)) === '1' && (await get(`ipv6/conf/${name}/forwarding`)) === '0'
    if (isTaking && name !== 'all' && name !== 'default') await set(`ipv6/conf/${name}/accept_ra`, '2')
  }
}

const folder = '/proc/sys/net'

/** undefined where the kernel has no such setting: no IPv6, or a bridge that is not there (any more). */
async function get(name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').then((text) => text.trim(), () => undefined)
}

async function set(name: string, value: string): Promise<void> {
  const present = await get(name)
  if (present === undefined || present === value) return
  try {
    await writeFile(join(folder, name), value)
  } catch (cause) {
    throw new DockerDriverError('forbidden', `${join(folder, name)} is ${present} and must be ${value} to forward packets, and this process may not write it: run the driver as root.`, { cause })
  }
}
