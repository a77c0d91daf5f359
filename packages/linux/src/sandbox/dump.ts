import { NLM_F_DUMP, NLM_F_REQUEST } from '../netlink/constants.js'
import { decodeMessages } from '../netlink/reader.js'
import { NetlinkWriter } from '../netlink/writer.js'
import { decodeAddress, type InterfaceAddress } from '../rtnetlink/address.js'
import * as rt from '../rtnetlink/constants.js'
import { decodeLink, type LinkInfo } from '../rtnetlink/link.js'
import { decodeNeighbour, type Neighbour } from '../rtnetlink/neighbour.js'
import { decodeQdisc } from '../rtnetlink/qdisc.js'
import { decodeRoute, type Route } from '../rtnetlink/route.js'
import type { Sandbox } from './sandbox.js'

/** Asks a namespace for everything of a kind and decodes what comes. */
async function dump<T>(sandbox: Sandbox, namespace: string, request: number, answer: number, headerSize: number, decode: (body: Uint8Array) => T | undefined): Promise<T[]> {
  const writer = new NetlinkWriter()
  writer.message('dump', request, NLM_F_REQUEST | NLM_F_DUMP, (w) => w.raw(new Uint8Array(headerSize)))
  const parts = await sandbox.call('dump', { namespace, messages: writer.bytes.slice() })
  return parts
    .flatMap((part) => decodeMessages(part))
    .filter(({ type }) => type === answer)
    .flatMap(({ body }) => decode(body) ?? [])
}

/** Every link of a namespace. */
export const dumpLinks = (sandbox: Sandbox, namespace: string): Promise<LinkInfo[]> => dump(sandbox, namespace, rt.RTM_GETLINK, rt.RTM_NEWLINK, 16, decodeLink)

/** Every address of a namespace. */
export const dumpAddresses = (sandbox: Sandbox, namespace: string): Promise<InterfaceAddress[]> => dump(sandbox, namespace, rt.RTM_GETADDR, rt.RTM_NEWADDR, 8, decodeAddress)

/** Every route of a namespace, of all tables. */
export const dumpRoutes = (sandbox: Sandbox, namespace: string): Promise<Route[]> => dump(sandbox, namespace, rt.RTM_GETROUTE, rt.RTM_NEWROUTE, 12, decodeRoute)

/** The ARP and neighbour-discovery caches of a namespace. */
export const dumpNeighbours = (sandbox: Sandbox, namespace: string): Promise<Neighbour[]> => dump(sandbox, namespace, rt.RTM_GETNEIGH, rt.RTM_NEWNEIGH, 12, decodeNeighbour)

/** The queueing disciplines of a namespace. */
export const dumpQdiscs = (sandbox: Sandbox, namespace: string): Promise<ReturnType<typeof decodeQdisc>[]> => dump(sandbox, namespace, rt.RTM_GETQDISC, rt.RTM_NEWQDISC, 20, decodeQdisc)
