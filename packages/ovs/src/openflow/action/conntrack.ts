import { formatIpv4, parseIpv4 } from '../../address/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { OvsError } from '../../errors.js'
import { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Optional } from '../optional.js'
import type { Subfield } from '../oxm/field.js'
import type { Action, ActionInput } from './action.js'
import { decodeActions, encodeActions } from './list.js'
import { type ActionCodec, decodeShortHeader, encodeOfsNbits, encodeShortHeader, subfieldOf } from './codec.js'

/** Flags of `ct` (`nx_conntrack_flags`). */
export const NX_CT_F = { COMMIT: 1, FORCE: 2 } as const

/** Sends the packet through the connection tracker (`nx_action_conntrack`). */
export interface NxCtAction {
  readonly type: 'nx_ct'
  /** Bits of {@link NX_CT_F}. Default 0. */
  readonly flags: number
  /** The zone, or the 16 bits in which it is. Default 0. */
  readonly zone: number | Subfield
  /** Where the tracked packet continues; 0xff, the default: nowhere. */
  readonly recircTable: number
  /** The port whose protocol's helper tracks related connections: 21 ftp, 69 tftp. Default 0: none. */
  readonly alg: number
  /** What happens on commit: `nx_nat`, `set_field` and `nx_reg_load` of ct_mark and ct_label. Default none. */
  readonly actions: readonly Action[]
}

/** Flags of `nat` (`nx_nat_flags`). */
export const NX_NAT_F = { SRC: 1, DST: 2, PERSISTENT: 4, PROTO_HASH: 8, PROTO_RANDOM: 16 } as const

/** Inside `ct`: translates addresses (`nx_action_nat`). What is not there is not restricted. */
export interface NxNatAction {
  readonly type: 'nx_nat'
  /** Bits of {@link NX_NAT_F}. Default 0. */
  readonly flags: number
  readonly ipv4Min?: string
  readonly ipv4Max?: string
  readonly ipv6Min?: string
  readonly ipv6Max?: string
  readonly portMin?: number
  readonly portMax?: number
}

/** The actions of connection tracking that have something to say. */
export type ConntrackAction = NxCtAction | NxNatAction

/** What is encoded as one of them. */
export type ConntrackActionInput =
  | (Omit<Optional<NxCtAction, 'flags' | 'zone' | 'recircTable' | 'alg'>, 'actions'> & {
      readonly actions?: readonly ActionInput[]
    })
  | Optional<NxNatAction, 'flags'>

type Codecs = { readonly [Type in ConntrackAction['type']]: ActionCodec<Type> }

/** Bits of `range_present` (`nx_nat_range`). */
const RANGE = { IPV4_MIN: 1, IPV4_MAX: 2, IPV6_MIN: 4, IPV6_MAX: 8, PORT_MIN: 16, PORT_MAX: 32 } as const
const everyRange = 0x3f

function encodeIpv4(writer: ByteWriter, text: string, what: string): void {
  const address = parseIpv4(text)
  if (address === undefined)
    throw new OvsError('invalid', `${what} must be an IPv4 address such as 10.0.0.1, not ${JSON.stringify(text)}`)
  writer.u32(address)
}

function encodeIpv6(writer: ByteWriter, text: string, what: string): void {
  const address = parseIpv6(text)
  if (address === undefined)
    throw new OvsError('invalid', `${what} must be an IPv6 address such as 2001:db8::1, not ${JSON.stringify(text)}`)
  writer.bytes(address)
}

/** A header of four zeros stands for a number. */
function decodeZone(reader: ByteReader): number | Subfield {
  const header = reader.view(4)
  if (header.every((byte) => byte === 0)) return reader.u16()
  return subfieldOf(decodeShortHeader(new ByteReader(header)), reader.u16())
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const conntrackCodecs: Codecs = {
  nx_ct: {
    number: 35,
    encode: (writer, { flags = 0, zone = 0, recircTable = 0xff, alg = 0, actions = [] }, depth) => {
      writer.u16(flags, 'flags')
      if (typeof zone === 'number') {
        writer.u32(0)
        writer.u16(zone, 'zone')
      } else {
        encodeShortHeader(writer, zone.field, 'zone.field')
        encodeOfsNbits(writer, zone, 'zone')
      }
      writer.u8(recircTable, 'recircTable')
      writer.zeros(3)
      writer.u16(alg, 'alg')
      encodeActions(writer, actions, depth + 1)
    },
    decode: (reader, depth) => {
      const flags = reader.u16()
      const zone = decodeZone(reader)
      const recircTable = reader.u8()
      reader.skip(3)
      const alg = reader.u16()
      return { type: 'nx_ct', flags, zone, recircTable, alg, actions: decodeActions(reader, depth + 1) }
    },
  },
  nx_nat: {
    number: 36,
    encode: (writer, { flags = 0, ipv4Min, ipv4Max, ipv6Min, ipv6Max, portMin, portMax }) => {
      writer.zeros(2)
      writer.u16(flags, 'flags')
      const present = [ipv4Min, ipv4Max, ipv6Min, ipv6Max, portMin, portMax]
      writer.u16(present.reduce<number>((bits, value, i) => (value === undefined ? bits : bits | (1 << i)), 0))
      if (ipv4Min !== undefined) encodeIpv4(writer, ipv4Min, 'ipv4Min')
      if (ipv4Max !== undefined) encodeIpv4(writer, ipv4Max, 'ipv4Max')
      if (ipv6Min !== undefined) encodeIpv6(writer, ipv6Min, 'ipv6Min')
      if (ipv6Max !== undefined) encodeIpv6(writer, ipv6Max, 'ipv6Max')
      if (portMin !== undefined) writer.u16(portMin, 'portMin')
      if (portMax !== undefined) writer.u16(portMax, 'portMax')
    },
    decode: (reader) => {
      reader.skip(2)
      const flags = reader.u16()
      const present = reader.u16()
      if ((present & ~everyRange) !== 0)
        throw reader.malformed(`nat has ranges that are not known: 0x${present.toString(16)}`)
      return {
        type: 'nx_nat',
        flags,
        ...((present & RANGE.IPV4_MIN) !== 0 && { ipv4Min: formatIpv4(reader.u32()) }),
        ...((present & RANGE.IPV4_MAX) !== 0 && { ipv4Max: formatIpv4(reader.u32()) }),
        ...((present & RANGE.IPV6_MIN) !== 0 && { ipv6Min: formatIpv6(reader.view(16)) }),
        ...((present & RANGE.IPV6_MAX) !== 0 && { ipv6Max: formatIpv6(reader.view(16)) }),
        ...((present & RANGE.PORT_MIN) !== 0 && { portMin: reader.u16() }),
        ...((present & RANGE.PORT_MAX) !== 0 && { portMax: reader.u16() }),
      }
    },
  },
}
