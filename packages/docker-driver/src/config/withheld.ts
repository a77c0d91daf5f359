import type { AddedPort, Network } from '../model/network.js'
import { namesNetworks, specsOfAddedPort } from '../options/index.js'

/**
 * Whether a port is kept out of the configuration for the moment, so that nothing passes it: Docker tells a network's name only when the
 * network is made, and what is said of this port's ACLs depends on the name.
 * @param port one of the options, or the bridge's own; undefined: any other one, of which nothing is said
 */
export function isWithheld({ unnamed, options }: Network, port?: AddedPort | 'gateway'): boolean {
  if (unnamed !== true) return false
  const specs = port === undefined ? [] : port === 'gateway' ? [options.natAcl] : specsOfAddedPort(port)
  // That of the VLAN holds for every port.
  return [options.vlanOutAcl, ...specs].some(namesNetworks)
}
