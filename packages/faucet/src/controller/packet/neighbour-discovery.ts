import { ipAt, ipOctets, macAt, macOctets } from './address.js'
import { icmpv6Type, type IcmpMessage } from './icmp.js'
import { joined, u16, u16At, u32, u32At } from './octets.js'

/** A message of neighbour discovery (RFC 4861 4). */
export type NdMessage = RouterSolicitation | RouterAdvertisement | NeighbourSolicitation | NeighbourAdvertisement

/** Asks for routers. */
export interface RouterSolicitation {
  readonly type: 'router_solicitation'
  readonly options: readonly NdOption[]
}

/** Says that there is a router. */
export interface RouterAdvertisement {
  readonly type: 'router_advertisement'
  /** What hosts are to put into their packets; 0 says nothing. */
  readonly hopLimit: number
  /** Addresses come by DHCPv6. */
  readonly managed: boolean
  /** Other things come by DHCPv6. */
  readonly other: boolean
  /** Seconds; 0 for a router that is not to be a default one. */
  readonly routerLifetime: number
  /** Milliseconds; 0 says nothing. */
  readonly reachableTime: number
  /** Milliseconds; 0 says nothing. */
  readonly retransTimer: number
  readonly options: readonly NdOption[]
}

/** Asks who has an address. */
export interface NeighbourSolicitation {
  readonly type: 'neighbour_solicitation'
  readonly target: string
  readonly options: readonly NdOption[]
}

/** Says who has an address. */
export interface NeighbourAdvertisement {
  readonly type: 'neighbour_advertisement'
  readonly target: string
  readonly router: boolean
  readonly solicited: boolean
  readonly override: boolean
  readonly options: readonly NdOption[]
}

/** An option of such a message. */
export type NdOption =
  | { readonly type: 'source_link_address' | 'target_link_address'; readonly mac: string }
  | NdPrefix
  /** `data` is what follows the length, which counts in 8 octets. */
  | { readonly type: 'other'; readonly code: number; readonly data: Uint8Array }

/** A prefix of the link. */
export interface NdPrefix {
  readonly type: 'prefix'
  readonly prefix: string
  readonly prefixLength: number
  readonly onLink: boolean
  /** Hosts may make themselves addresses of it. */
  readonly autonomous: boolean
  /** Seconds. */
  readonly validLifetime: number
  /** Seconds. */
  readonly preferredLifetime: number
}

const optionCode = { source_link_address: 1, target_link_address: 2, prefix: 3 } as const

/** A message as ICMPv6. @throws FaucetError `invalid` for what is no address */
export function encodeNd(message: NdMessage): IcmpMessage {
  const options = joined(...message.options.map(encodeOption))
  switch (message.type) {
    case 'router_solicitation':
      return { type: icmpv6Type.routerSolicitation, code: 0, body: joined(u32(0), options) }
    case 'router_advertisement': {
      const { hopLimit, managed, other, routerLifetime, reachableTime, retransTimer } = message
      const head = joined([hopLimit, (managed ? 0x80 : 0) | (other ? 0x40 : 0)], u16(routerLifetime), u32(reachableTime), u32(retransTimer))
      return { type: icmpv6Type.routerAdvertisement, code: 0, body: joined(head, options) }
    }
    case 'neighbour_solicitation':
      return { type: icmpv6Type.neighbourSolicitation, code: 0, body: joined(u32(0), ipOctets(message.target), options) }
    case 'neighbour_advertisement': {
      const flags = (message.router ? 0x80 : 0) | (message.solicited ? 0x40 : 0) | (message.override ? 0x20 : 0)
      const body = joined([flags, 0, 0, 0], ipOctets(message.target), options)
      return { type: icmpv6Type.neighbourAdvertisement, code: 0, body }
    }
  }
}

/** The message in an ICMPv6 message; `undefined` when it is another one, or cut. Options that are cut are left out. */
export function decodeNd({ type, code, body }: IcmpMessage): NdMessage | undefined {
  if (code !== 0) return undefined
  const least = leastBody.get(type)
  if (least === undefined || body.length < least) return undefined
  const options = [...optionsIn(body.subarray(least))]
  const flags = body[0] ?? 0
  switch (type) {
    case icmpv6Type.routerSolicitation:
      return { type: 'router_solicitation', options }
    case icmpv6Type.routerAdvertisement:
      return {
        type: 'router_advertisement',
        hopLimit: flags,
        managed: ((body[1] ?? 0) & 0x80) !== 0,
        other: ((body[1] ?? 0) & 0x40) !== 0,
        routerLifetime: u16At(body, 2),
        reachableTime: u32At(body, 4),
        retransTimer: u32At(body, 8),
        options,
      }
    case icmpv6Type.neighbourSolicitation:
      return { type: 'neighbour_solicitation', target: ipAt(body, 4, 6), options }
    default: {
      const [router, solicited, override] = [0x80, 0x40, 0x20].map((bit) => (flags & bit) !== 0) as [boolean, boolean, boolean]
      return { type: 'neighbour_advertisement', target: ipAt(body, 4, 6), router, solicited, override, options }
    }
  }
}

/** The octets of the body before the options, by type. */
const leastBody: ReadonlyMap<number, number> = new Map([
  [icmpv6Type.routerSolicitation, 4],
  [icmpv6Type.routerAdvertisement, 12],
  [icmpv6Type.neighbourSolicitation, 20],
  [icmpv6Type.neighbourAdvertisement, 20],
])

function encodeOption(option: NdOption): Uint8Array {
  if (option.type === 'other') return joined([option.code, (option.data.length + 2) / 8], option.data)
  if (option.type !== 'prefix') return joined([optionCode[option.type], 1], macOctets(option.mac))
  const { prefix, prefixLength, onLink, autonomous, validLifetime, preferredLifetime } = option
  const flags = (onLink ? 0x80 : 0) | (autonomous ? 0x40 : 0)
  return joined([optionCode.prefix, 4, prefixLength, flags], u32(validLifetime), u32(preferredLifetime), u32(0), ipOctets(prefix))
}

function* optionsIn(data: Uint8Array): Generator<NdOption, void, undefined> {
  for (let offset = 0; offset + 8 <= data.length; ) {
    const [code = 0, units = 0] = data.subarray(offset)
    const option = data.subarray(offset, offset + units * 8)
    // A length of 0 would never end.
    if (units === 0 || option.length < units * 8) return
    yield decodeOption(code, option)
    offset += option.length
  }
}

function decodeOption(code: number, option: Uint8Array): NdOption {
  if (code === optionCode.source_link_address) return { type: 'source_link_address', mac: macAt(option, 2) }
  if (code === optionCode.target_link_address) return { type: 'target_link_address', mac: macAt(option, 2) }
  if (code !== optionCode.prefix || option.length < 32) return { type: 'other', code, data: option.slice(2) }
  const flags = option[3] ?? 0
  return {
    type: 'prefix',
    prefix: ipAt(option, 16, 6),
    prefixLength: option[2] ?? 0,
    onLink: (flags & 0x80) !== 0,
    autonomous: (flags & 0x40) !== 0,
    validLifetime: u32At(option, 4),
    preferredLifetime: u32At(option, 8),
  }
}
