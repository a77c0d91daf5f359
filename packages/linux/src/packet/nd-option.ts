import { concatBytes, uint, viewOf } from './bytes.js'
import type { Problem } from './decoded.js'
import { formatIpv6, parseIpv6 } from './ip.js'
import { formatMac, parseMac } from './mac.js'

/** An option of a neighbour discovery message (RFC 4861 §4.6). */
export type NdOption =
  | { readonly type: 'sourceLinkLayerAddress'; readonly mac: string }
  | { readonly type: 'targetLinkLayerAddress'; readonly mac: string }
  | NdPrefixInformation
  /** In bytes. */
  | { readonly type: 'mtu'; readonly mtu: number }
  /** Any other type, or a known one of an unexpected length; `data` follows type and length: 6, 14, 22 ... bytes. */
  | { readonly type: 'unknown'; readonly rawType: number; readonly data: Uint8Array }

/** RFC 4861 §4.6.2. */
export interface NdPrefixInformation {
  readonly type: 'prefixInformation'
  readonly prefix: string
  /** In bits. */
  readonly prefixLength: number
  /** The L flag. */
  readonly onLink: boolean
  /** The A flag: hosts may make addresses of this prefix themselves. */
  readonly autonomous: boolean
  /** Seconds; 0xffffffff is for ever. */
  readonly validLifetime: number
  /** Seconds; 0xffffffff is for ever. */
  readonly preferredLifetime: number
}

const rawTypes = { sourceLinkLayerAddress: 1, targetLinkLayerAddress: 2, prefixInformation: 3, mtu: 5 } as const
const lengths = { linkLayerAddress: 8, prefixInformation: 32, mtu: 8 } as const
const prefixLayout = { prefixLength: 2, flags: 3, validLifetime: 4, preferredLifetime: 8, prefix: 16 } as const
const prefixFlags = { onLink: 0x80, autonomous: 0x40 } as const

/** Reads the options; they end before the first one whose length is wrong. */
export function decodeNdOptions(bytes: Uint8Array): { readonly options: readonly NdOption[]; readonly problem?: Problem } {
  const options: NdOption[] = []
  let offset = 0
  while (offset < bytes.length) {
    const length = (bytes[offset + 1] ?? 0) * 8
    if (length === 0 || offset + length > bytes.length) {
      return { options, problem: { offset, reason: `option ${bytes[offset] ?? 0} of ${length} bytes does not fit the message` } }
    }
    options.push(decodeOption(bytes.subarray(offset, offset + length)))
    offset += length
  }
  return { options }
}

function decodeOption(bytes: Uint8Array): NdOption {
  const view = viewOf(bytes)
  const rawType = view.getUint8(0)
  if (rawType === rawTypes.sourceLinkLayerAddress && bytes.length === lengths.linkLayerAddress) {
    return { type: 'sourceLinkLayerAddress', mac: formatMac(bytes, 2) }
  }
  if (rawType === rawTypes.targetLinkLayerAddress && bytes.length === lengths.linkLayerAddress) {
    return { type: 'targetLinkLayerAddress', mac: formatMac(bytes, 2) }
  }
  if (rawType === rawTypes.mtu && bytes.length === lengths.mtu) return { type: 'mtu', mtu: view.getUint32(4) }
  if (rawType === rawTypes.prefixInformation && bytes.length === lengths.prefixInformation) {
    const flags = view.getUint8(prefixLayout.flags)
    return {
      type: 'prefixInformation',
      prefix: formatIpv6(bytes, prefixLayout.prefix),
      prefixLength: view.getUint8(prefixLayout.prefixLength),
      onLink: (flags & prefixFlags.onLink) !== 0,
      autonomous: (flags & prefixFlags.autonomous) !== 0,
      validLifetime: view.getUint32(prefixLayout.validLifetime),
      preferredLifetime: view.getUint32(prefixLayout.preferredLifetime),
    }
  }
  return { type: 'unknown', rawType, data: bytes.subarray(2) }
}

/**
 * The bytes of one option.
 *
 * @throws RangeError when an address, a number or a length is not valid.
 */
export function encodeNdOption(option: NdOption): Uint8Array {
  switch (option.type) {
    case 'sourceLinkLayerAddress':
    case 'targetLinkLayerAddress':
      return concatBytes(Uint8Array.of(rawTypes[option.type], lengths.linkLayerAddress / 8), parseMac(option.mac))
    case 'mtu': {
      const bytes = new Uint8Array(lengths.mtu)
      bytes.set([rawTypes.mtu, lengths.mtu / 8])
      viewOf(bytes).setUint32(4, uint(option.mtu, 32, 'nd.mtu'))
      return bytes
    }
    case 'prefixInformation': {
      const bytes = new Uint8Array(lengths.prefixInformation)
      const view = viewOf(bytes)
      bytes.set([rawTypes.prefixInformation, lengths.prefixInformation / 8])
      view.setUint8(prefixLayout.prefixLength, uint(option.prefixLength, 8, 'nd.prefixLength'))
      const flags = (option.onLink ? prefixFlags.onLink : 0) | (option.autonomous ? prefixFlags.autonomous : 0)
      view.setUint8(prefixLayout.flags, flags)
      view.setUint32(prefixLayout.validLifetime, uint(option.validLifetime, 32, 'nd.validLifetime'))
      view.setUint32(prefixLayout.preferredLifetime, uint(option.preferredLifetime, 32, 'nd.preferredLifetime'))
      bytes.set(parseIpv6(option.prefix), prefixLayout.prefix)
      return bytes
    }
    case 'unknown': {
      const length = option.data.length + 2
      if (length % 8 !== 0) throw new RangeError(`nd option of ${length} bytes; pad its data to 6, 14, 22 ... bytes`)
      return concatBytes(Uint8Array.of(uint(option.rawType, 8, 'nd option type'), uint(length / 8, 8, 'nd option length')), option.data)
    }
  }
}
