import { concatBytes, uint, viewOf } from './bytes.js'
import type { Problem } from './decoded.js'

/** A TCP option (RFC 9293 §3.2, RFC 7323, RFC 2018). */
export type TcpOption =
  | { readonly type: 'nop' }
  /** Ends the list; `padding` is what stands between it and the end of the header. */
  | { readonly type: 'endOfOptions'; readonly padding: Uint8Array }
  /** Maximum segment size in bytes. */
  | { readonly type: 'mss'; readonly mss: number }
  /** The window is shifted left by `shift` bits. */
  | { readonly type: 'windowScale'; readonly shift: number }
  | { readonly type: 'sackPermitted' }
  | { readonly type: 'sack'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
  | { readonly type: 'timestamps'; readonly value: number; readonly echoReply: number }
  /** Any other kind, or a known one of an unexpected length. */
  | { readonly type: 'unknown'; readonly kind: number; readonly data: Uint8Array }

const kinds = { endOfOptions: 0, nop: 1, mss: 2, windowScale: 3, sackPermitted: 4, sack: 5, timestamps: 8 } as const

/** Reads the options; they end before the first one whose length is wrong. */
export function decodeTcpOptions(bytes: Uint8Array): { readonly options: readonly TcpOption[]; readonly problem?: Problem } {
  const options: TcpOption[] = []
  let offset = 0
  while (offset < bytes.length) {
    const kind = bytes[offset] ?? 0
    if (kind === kinds.endOfOptions) {
      options.push({ type: 'endOfOptions', padding: bytes.subarray(offset + 1) })
      break
    }
    if (kind === kinds.nop) {
      options.push({ type: 'nop' })
      offset += 1
      continue
    }
    const length = bytes[offset + 1] ?? 0
    if (length < 2 || offset + length > bytes.length) {
      return { options, problem: { offset, reason: `option ${kind} of length ${length} does not fit the header` } }
    }
    options.push(decodeOption(kind, bytes.subarray(offset + 2, offset + length)))
    offset += length
  }
  return { options }
}

function decodeOption(kind: number, data: Uint8Array): TcpOption {
  const view = viewOf(data)
  if (kind === kinds.mss && data.length === 2) return { type: 'mss', mss: view.getUint16(0) }
  if (kind === kinds.windowScale && data.length === 1) return { type: 'windowScale', shift: view.getUint8(0) }
  if (kind === kinds.sackPermitted && data.length === 0) return { type: 'sackPermitted' }
  if (kind === kinds.timestamps && data.length === 8) {
    return { type: 'timestamps', value: view.getUint32(0), echoReply: view.getUint32(4) }
  }
  if (kind === kinds.sack && data.length > 0 && data.length % 8 === 0) {
    const blocks = Array.from({ length: data.length / 8 }, (_, i) => {
      return { left: view.getUint32(8 * i), right: view.getUint32(8 * i + 4) }
    })
    return { type: 'sack', blocks }
  }
  return { type: 'unknown', kind, data }
}

/**
 * The options, padded with zeros to a multiple of 4 bytes.
 *
 * @throws RangeError when they are above 40 bytes.
 */
export function encodeTcpOptions(options: readonly TcpOption[]): Uint8Array {
  const bytes = concatBytes(...options.map(encodeOption))
  const padded = concatBytes(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4))
  if (padded.length > 40) throw new RangeError(`tcp.options: ${padded.length} bytes; a TCP header has room for 40`)
  return padded
}

function encodeOption(option: TcpOption): Uint8Array {
  switch (option.type) {
    case 'nop':
      return Uint8Array.of(kinds.nop)
    case 'endOfOptions':
      return Uint8Array.of(kinds.endOfOptions, ...option.padding)
    case 'mss': {
      const mss = uint(option.mss, 16, 'tcp.options mss')
      return withLength(kinds.mss, Uint8Array.of(mss >> 8, mss & 0xff))
    }
    case 'windowScale':
      return withLength(kinds.windowScale, Uint8Array.of(uint(option.shift, 8, 'tcp.options windowScale')))
    case 'sackPermitted':
      return withLength(kinds.sackPermitted, new Uint8Array())
    case 'sack':
      return withLength(kinds.sack, words(option.blocks.flatMap((block) => [block.left, block.right])))
    case 'timestamps':
      return withLength(kinds.timestamps, words([option.value, option.echoReply]))
    case 'unknown':
      return withLength(uint(option.kind, 8, 'tcp.options kind'), option.data)
  }
}

function withLength(kind: number, data: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(kind, uint(data.length + 2, 8, 'tcp.options length')), data)
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  values.forEach((value, i) => viewOf(bytes).setUint32(4 * i, uint(value, 32, 'tcp.options')))
  return bytes
}
