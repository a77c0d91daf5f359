import { concatBytes, uint, viewOf } from './bytes.js'
import type { Problem } from './decoded.js'
import { formatIpv6, parseIpv6 } from './ip.js'
import { decodeNdOptions, encodeNdOption, type NdOption } from './nd-option.js'

/** A neighbour discovery message (RFC 4861 §4). They are sent with an IPv6 hop limit of 255. */
export type NeighborDiscovery = RouterSolicitation | RouterAdvertisement | NeighborSolicitation | NeighborAdvertisement | Redirect

/** RFC 4861 §4.1. */
export interface RouterSolicitation {
  readonly type: 'routerSolicitation'
  readonly options: readonly NdOption[]
}

/** RFC 4861 §4.2. */
export interface RouterAdvertisement {
  readonly type: 'routerAdvertisement'
  readonly curHopLimit: number
  /** The M flag: addresses by DHCPv6. */
  readonly managed: boolean
  /** The O flag: other configuration by DHCPv6. */
  readonly otherConfig: boolean
  /** The six bits below M and O, among them the router preference (RFC 4191). */
  readonly otherFlags: number
  /** Seconds; 0 when it is no default router. */
  readonly routerLifetime: number
  /** Milliseconds; 0 for "not said". */
  readonly reachableTime: number
  /** Milliseconds; 0 for "not said". */
  readonly retransTimer: number
  readonly options: readonly NdOption[]
}

/** RFC 4861 §4.3. */
export interface NeighborSolicitation {
  readonly type: 'neighborSolicitation'
  readonly target: string
  readonly options: readonly NdOption[]
}

/** RFC 4861 §4.4. */
export interface NeighborAdvertisement {
  readonly type: 'neighborAdvertisement'
  readonly target: string
  readonly router: boolean
  readonly solicited: boolean
  readonly override: boolean
  readonly options: readonly NdOption[]
}

/** RFC 4861 §4.5. */
export interface Redirect {
  readonly type: 'redirect'
  /** The better first hop. */
  readonly target: string
  readonly destination: string
  readonly options: readonly NdOption[]
}

/** ICMPv6 type and length of the fixed part, ICMPv6 header included, of each message. */
const messages = {
  routerSolicitation: { type: 133, length: 8 },
  routerAdvertisement: { type: 134, length: 16 },
  neighborSolicitation: { type: 135, length: 24 },
  neighborAdvertisement: { type: 136, length: 24 },
  redirect: { type: 137, length: 40 },
} as const satisfies Record<NeighborDiscovery['type'], { type: number; length: number }>

const layout = {
  flags: 4,
  target: 8,
  destination: 24,
  ra: { curHopLimit: 4, flags: 5, routerLifetime: 6, reachableTime: 8, retransTimer: 12 },
} as const
const raFlags = { managed: 0x80, otherConfig: 0x40, others: 0x3f } as const
const naFlags = { router: 0x80, solicited: 0x40, override: 0x20 } as const
const icmpHeaderLength = 4

const typeNames = new Map<number, NeighborDiscovery['type']>(
  (Object.keys(messages) as NeighborDiscovery['type'][]).map((name) => [messages[name].type, name]),
)

/** Whether an ICMPv6 type is one of neighbour discovery: 133 to 137. */
export function isNeighborDiscovery(type: number): boolean {
  return typeNames.has(type)
}

/** The ICMPv6 type of a message. */
export function neighborDiscoveryType(nd: NeighborDiscovery): number {
  return messages[nd.type].type
}

/** Reads a message from its ICMPv6 bytes, the ICMPv6 header included; options end before the first wrong one. */
export function decodeNeighborDiscovery(
  icmpType: number,
  bytes: Uint8Array,
): { readonly nd?: NeighborDiscovery; readonly problem?: Problem } {
  const type = typeNames.get(icmpType)
  if (type === undefined) return {}
  const { length } = messages[type]
  if (bytes.length < length) return { problem: { offset: 0, reason: `truncated: ${bytes.length} of ${length} header bytes` } }
  const { options, problem } = decodeNdOptions(bytes.subarray(length))
  const nd = decodeMessage(type, bytes, options)
  return problem ? { nd, problem: { offset: length + problem.offset, reason: problem.reason } } : { nd }
}

function decodeMessage(type: NeighborDiscovery['type'], bytes: Uint8Array, options: readonly NdOption[]): NeighborDiscovery {
  const view = viewOf(bytes)
  switch (type) {
    case 'routerSolicitation':
      return { type, options }
    case 'routerAdvertisement': {
      const flags = view.getUint8(layout.ra.flags)
      return {
        type,
        curHopLimit: view.getUint8(layout.ra.curHopLimit),
        managed: (flags & raFlags.managed) !== 0,
        otherConfig: (flags & raFlags.otherConfig) !== 0,
        otherFlags: flags & raFlags.others,
        routerLifetime: view.getUint16(layout.ra.routerLifetime),
        reachableTime: view.getUint32(layout.ra.reachableTime),
        retransTimer: view.getUint32(layout.ra.retransTimer),
        options,
      }
    }
    case 'neighborSolicitation':
      return { type, target: formatIpv6(bytes, layout.target), options }
    case 'neighborAdvertisement': {
      const flags = view.getUint8(layout.flags)
      return {
        type,
        target: formatIpv6(bytes, layout.target),
        router: (flags & naFlags.router) !== 0,
        solicited: (flags & naFlags.solicited) !== 0,
        override: (flags & naFlags.override) !== 0,
        options,
      }
    }
    case 'redirect':
      return { type, target: formatIpv6(bytes, layout.target), destination: formatIpv6(bytes, layout.destination), options }
  }
}

/**
 * The bytes of a message after the four of the ICMPv6 header.
 *
 * @throws RangeError when an address or a number is not valid.
 */
export function encodeNeighborDiscovery(nd: NeighborDiscovery): Uint8Array {
  const fixed = new Uint8Array(messages[nd.type].length)
  const view = viewOf(fixed)
  if (nd.type === 'routerAdvertisement') {
    view.setUint8(layout.ra.curHopLimit, uint(nd.curHopLimit, 8, 'nd.curHopLimit'))
    const flags = (nd.managed ? raFlags.managed : 0) | (nd.otherConfig ? raFlags.otherConfig : 0)
    view.setUint8(layout.ra.flags, flags | uint(nd.otherFlags, 6, 'nd.otherFlags'))
    view.setUint16(layout.ra.routerLifetime, uint(nd.routerLifetime, 16, 'nd.routerLifetime'))
    view.setUint32(layout.ra.reachableTime, uint(nd.reachableTime, 32, 'nd.reachableTime'))
    view.setUint32(layout.ra.retransTimer, uint(nd.retransTimer, 32, 'nd.retransTimer'))
  } else if (nd.type !== 'routerSolicitation') {
    fixed.set(parseIpv6(nd.target), layout.target)
  }
  if (nd.type === 'neighborAdvertisement') {
    const flags = (nd.router ? naFlags.router : 0) | (nd.solicited ? naFlags.solicited : 0) | (nd.override ? naFlags.override : 0)
    view.setUint8(layout.flags, flags)
  }
  if (nd.type === 'redirect') fixed.set(parseIpv6(nd.destination), layout.destination)
  return concatBytes(fixed.subarray(icmpHeaderLength), ...nd.options.map(encodeNdOption))
}
