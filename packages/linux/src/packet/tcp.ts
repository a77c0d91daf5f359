import { concatBytes, uint, viewOf } from './bytes.js'
import { type IpEndpoints, transportChecksum } from './checksum.js'
import { type Decoded, truncatedHeader, undecodable } from './decoded.js'
import { ipProtocol } from './numbers.js'
import { decodeTcpOptions, encodeTcpOptions, type TcpOption } from './tcp-option.js'

/** The control bits of a TCP header (RFC 9293 §3.1). */
export interface TcpFlags {
  readonly fin: boolean
  readonly syn: boolean
  readonly rst: boolean
  readonly psh: boolean
  readonly ack: boolean
  readonly urg: boolean
  readonly ece: boolean
  readonly cwr: boolean
}

/** A TCP header (RFC 9293 §3.1). */
export interface Tcp {
  readonly srcPort: number
  readonly dstPort: number
  readonly seq: number
  /** Meaningful when `flags.ack` is set. */
  readonly ack: number
  /** Header length in 32-bit words, 5 to 15. */
  readonly dataOffset: number
  /** The four reserved bits. */
  readonly reserved: number
  readonly flags: TcpFlags
  /** The flags as tcpdump writes them: `S`, `S.`, `P.`, `F.`, `R`; `none` when there are none. */
  readonly flagsText: string
  /** Unscaled. */
  readonly window: number
  readonly checksum: number
  readonly urgentPointer: number
  readonly options: readonly TcpOption[]
}

/** What {@link encodeTcp} needs. A decoded header fits: data offset and checksum are computed anew. */
export interface TcpFields {
  readonly srcPort: number
  readonly dstPort: number
  /** Default: none set. */
  readonly flags?: Partial<TcpFlags>
  /** Default 0. */
  readonly seq?: number
  /** Default 0. */
  readonly ack?: number
  /** Default 0. */
  readonly reserved?: number
  /** Default 64240, as Linux starts with. */
  readonly window?: number
  /** Default 0. */
  readonly urgentPointer?: number
  /** Padded to a multiple of 4 bytes; at most 40 bytes. */
  readonly options?: readonly TcpOption[]
}

const layout = {
  srcPort: 0,
  dstPort: 2,
  seq: 4,
  ack: 8,
  offsetReserved: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const

/** Bit and tcpdump's letter of each flag, in the order in which tcpdump writes them. */
const flagTable = [
  ['fin', 0x01, 'F'],
  ['syn', 0x02, 'S'],
  ['rst', 0x04, 'R'],
  ['psh', 0x08, 'P'],
  ['ack', 0x10, '.'],
  ['urg', 0x20, 'U'],
  ['ece', 0x40, 'E'],
  ['cwr', 0x80, 'W'],
] as const satisfies readonly (readonly [keyof TcpFlags, number, string])[]

/** The flags as tcpdump writes them: `S.` for SYN and ACK; `none` when there are none. */
export function formatTcpFlags(flags: Partial<TcpFlags>): string {
  return flagTable.map(([name, , letter]) => (flags[name] ? letter : '')).join('') || 'none'
}

/** Reads a TCP header with its options. The checksum is not verified. */
export function decodeTcp(bytes: Uint8Array): Decoded<Tcp> {
  if (bytes.length < layout.options) return truncatedHeader(bytes, layout.options)
  const view = viewOf(bytes)
  const dataOffset = view.getUint8(layout.offsetReserved) >> 4
  if (dataOffset < 5) return undecodable(bytes, layout.offsetReserved, `data offset ${dataOffset} is below 5 words`)
  if (bytes.length < dataOffset * 4) return truncatedHeader(bytes, dataOffset * 4)
  const bits = view.getUint8(layout.flags)
  const flags = Object.fromEntries(flagTable.map(([name, bit]) => [name, (bits & bit) !== 0])) as unknown as TcpFlags
  const { options, problem } = decodeTcpOptions(bytes.subarray(layout.options, dataOffset * 4))
  const header: Tcp = {
    srcPort: view.getUint16(layout.srcPort),
    dstPort: view.getUint16(layout.dstPort),
    seq: view.getUint32(layout.seq),
    ack: view.getUint32(layout.ack),
    dataOffset,
    reserved: view.getUint8(layout.offsetReserved) & 0xf,
    flags,
    flagsText: formatTcpFlags(flags),
    window: view.getUint16(layout.window),
    checksum: view.getUint16(layout.checksum),
    urgentPointer: view.getUint16(layout.urgentPointer),
    options,
  }
  const payload = bytes.subarray(dataOffset * 4)
  if (problem === undefined) return { header, payload }
  return { header, payload, problem: { offset: layout.options + problem.offset, reason: problem.reason } }
}

/**
 * A TCP segment with its checksum.
 *
 * @throws RangeError when an address or a number is not valid, or the options are above 40 bytes.
 */
export function encodeTcp(fields: TcpFields, endpoints: IpEndpoints, payload: Uint8Array): Uint8Array {
  const options = encodeTcpOptions(fields.options ?? [])
  const header = new Uint8Array(layout.options)
  const view = viewOf(header)
  const dataOffset = (layout.options + options.length) / 4
  const bits = flagTable.reduce((sum, [name, bit]) => (fields.flags?.[name] ? sum | bit : sum), 0)
  view.setUint16(layout.srcPort, uint(fields.srcPort, 16, 'tcp.srcPort'))
  view.setUint16(layout.dstPort, uint(fields.dstPort, 16, 'tcp.dstPort'))
  view.setUint32(layout.seq, uint(fields.seq ?? 0, 32, 'tcp.seq'))
  view.setUint32(layout.ack, uint(fields.ack ?? 0, 32, 'tcp.ack'))
  view.setUint8(layout.offsetReserved, (dataOffset << 4) | uint(fields.reserved ?? 0, 4, 'tcp.reserved'))
  view.setUint8(layout.flags, bits)
  view.setUint16(layout.window, uint(fields.window ?? 64240, 16, 'tcp.window'))
  view.setUint16(layout.urgentPointer, uint(fields.urgentPointer ?? 0, 16, 'tcp.urgentPointer'))
  const segment = concatBytes(header, options, payload)
  viewOf(segment).setUint16(layout.checksum, transportChecksum(endpoints, ipProtocol.tcp, segment))
  return segment
}
