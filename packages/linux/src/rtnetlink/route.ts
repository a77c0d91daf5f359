import { NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST } from '../netlink/constants.js'
import { NetlinkReader, decodeAttributes } from '../netlink/reader.js'
import type { NetlinkWriter } from '../netlink/writer.js'
import { formatIpv4, formatIpv6 } from '../packet/ip.js'
import * as rt from './constants.js'
import { parseAddress } from './ip-address.js'

/** A route (RTM_NEWROUTE, `struct rtmsg`). */
export interface Route {
  /** `10.0.0.0/8`, `fd00::/64`, or `default` (then `via` tells the family; `0.0.0.0/0` and `::/0` say it themselves). */
  readonly destination: string
  readonly via?: string | undefined
  /** Index of the outgoing interface. */
  readonly index?: number | undefined
  readonly source?: string | undefined
  readonly metric?: number | undefined
  /** Default `unicast`. */
  readonly type?: keyof typeof rt.ROUTE_TYPES | undefined
  /** Routing table; default main (254). */
  readonly table?: number | undefined
}

function encode(w: NetlinkWriter, route: Route): void {
  const via = route.via === undefined ? undefined : parseAddress(route.via)
  const [text = '', length] = route.destination === 'default' ? [via?.family === rt.AF_INET6 ? '::' : '0.0.0.0', '0'] : route.destination.split('/')
  const destination = parseAddress(text)
  const prefixLength = length === undefined ? destination.bytes.length * 8 : Number(length)
  const table = route.table ?? rt.RT_TABLE_MAIN
  const scope = via === undefined && (route.type ?? 'unicast') === 'unicast' ? rt.RT_SCOPE_LINK : rt.RT_SCOPE_UNIVERSE
  w.u8(destination.family).u8(prefixLength).u8(0).u8(0)
  w.u8(table < 256 ? table : 0).u8(rt.RTPROT_STATIC).u8(scope).u8(rt.ROUTE_TYPES[route.type ?? 'unicast']).u32(0)
  if (prefixLength > 0) w.attributeBytes(rt.RTA_DST, destination.bytes)
  if (via !== undefined) w.attributeBytes(rt.RTA_GATEWAY, via.bytes)
  if (route.index !== undefined) w.attributeU32(rt.RTA_OIF, route.index)
  if (route.source !== undefined) w.attributeBytes(rt.RTA_PREFSRC, parseAddress(route.source).bytes)
  if (route.metric !== undefined) w.attributeU32(rt.RTA_PRIORITY, route.metric)
  if (table >= 256) w.attributeU32(rt.RTA_TABLE, table)
}

/** Appends the request that adds a route, or replaces the one that is there. */
export function encodeNewRoute(writer: NetlinkWriter, label: string, route: Route): void {
  writer.message(label, rt.RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK, (w) => encode(w, route))
}

/** Appends the request that removes a route. */
export function encodeDeleteRoute(writer: NetlinkWriter, label: string, route: Route): void {
  writer.message(label, rt.RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK, (w) => encode(w, route))
}

/** Reads the body of an RTM_NEWROUTE message; undefined for families other than IPv4 and IPv6. */
export function decodeRoute(body: Uint8Array): Route | undefined {
  const reader = new NetlinkReader(body)
  const family = reader.u8()
  const prefixLength = reader.u8()
  reader.take(2)
  let table = reader.u8()
  reader.take(2)
  const typeNumber = reader.u8()
  reader.u32()
  if (family !== rt.AF_INET && family !== rt.AF_INET6) return undefined
  const format = family === rt.AF_INET ? formatIpv4 : formatIpv6
  let destination = format(new Uint8Array(family === rt.AF_INET ? 4 : 16))
  let via: string | undefined
  let index: number | undefined
  let source: string | undefined
  let metric: number | undefined
  for (const { type, value } of decodeAttributes(reader.rest())) {
    if (type === rt.RTA_DST) destination = format(value)
    else if (type === rt.RTA_GATEWAY) via = format(value)
    else if (type === rt.RTA_OIF) index = new NetlinkReader(value).u32()
    else if (type === rt.RTA_PREFSRC) source = format(value)
    else if (type === rt.RTA_PRIORITY) metric = new NetlinkReader(value).u32()
    else if (type === rt.RTA_TABLE) table = new NetlinkReader(value).u32()
  }
  const entry = Object.entries(rt.ROUTE_TYPES).find(([, number]) => number === typeNumber)
  const type = (entry?.[0] ?? 'unicast') as keyof typeof rt.ROUTE_TYPES
  return { destination: `${destination}/${prefixLength}`, via, index, source, metric, type, table }
}
