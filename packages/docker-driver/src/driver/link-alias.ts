import { BASE_NAMESPACE, decodeAttributes, decodeLink, decodeMessages, decodeString, NetlinkWriter, type LinkInfo, type Sandbox } from '@streambed/linux'

// <linux/rtnetlink.h>, <linux/if_link.h>, <linux/netlink.h>
const RTM_NEWLINK = 16
const RTM_GETLINK = 18
const IFLA_IFNAME = 3
const IFLA_IFALIAS = 20
const NLM_F_REQUEST = 1
const NLM_F_ACK = 4
const NLM_F_DUMP = 0x300
/** `struct ifinfomsg`. */
const HEADER = 16

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

/** Appends the request that gives a link its alias (at most 255 bytes). */
export function encodeLinkAlias(writer: NetlinkWriter, label: string, name: string, alias: string): void {
  writer.message(label, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, (w) => {
    w.raw(new Uint8Array(HEADER)).attributeString(IFLA_IFNAME, name).attributeBytes(IFLA_IFALIAS, new TextEncoder().encode(alias))
  })
}

/** Every link of the machine, with its alias. */
export async function dumpAliasedLinks(sandbox: Sandbox): Promise<readonly (LinkInfo & { readonly alias: string | undefined })[]> {
  const writer = new NetlinkWriter()
  writer.message('list the links', RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, (w) => w.raw(new Uint8Array(HEADER)))
  const parts = await sandbox.call('dump', { namespace: BASE_NAMESPACE, messages: writer.bytes.slice() })
  return parts
    .flatMap((part) => decodeMessages(part))
    .filter(({ type }) => type === RTM_NEWLINK)
    .map(({ body }) => {
      const alias = decodeAttributes(body.subarray(HEADER)).find(({ type }) => type === IFLA_IFALIAS)?.value
      return { ...decodeLink(body), alias: alias && decodeString(alias) }
    })
}
