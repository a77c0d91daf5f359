/**
 * Whose a link is stands in its alias, which `ip link` shows: an interface that was made a moment before the driver was killed is in no
 * database yet, and nothing else tells it from somebody else's.
 */
export function endpointAlias(driver: string, endpointId: string): string {
  return `streambed ${driver} endpoint ${endpointId}`
}

/** The same for the device of a network's bridge: Open vSwitch leaves it in the kernel when it is killed, and may know nothing of it later. */
export function networkAlias(driver: string, networkId: string): string {
  return `streambed ${driver} network ${networkId}`
}

/** The network of a driver's that an alias names; undefined when it names none. */
export function aliasNetwork(driver: string, alias: string | undefined): string | undefined {
  return after(networkAlias(driver, ''), alias)
}

/** The endpoint of a driver's that an alias names; undefined when it names none. */
export function aliasEndpoint(driver: string, alias: string | undefined): string | undefined {
  return after(endpointAlias(driver, ''), alias)
}

function after(start: string, text: string | undefined): string | undefined {
  return text?.startsWith(start) === true ? text.slice(start.length) : undefined
}
