import { FaucetError } from '../../errors.js'
import { u16, u16At } from './octets.js'

/** EtherType of an 802.1Q tag. */
export const vlanTagType = 0x8100

/** An 802.1Q tag, without the EtherType that announces it. */
export interface VlanTag {
  readonly vid: number
  /** 0 to 7. */
  readonly pcp: number
  /** Drop eligible. */
  readonly dei: boolean
}

/** The two octets of a tag. @throws FaucetError `invalid` for a VID or a priority out of range */
export function encodeVlanTag({ vid, pcp, dei }: VlanTag): readonly number[] {
  if (!(vid >= 0 && vid <= 0xfff)) throw new FaucetError('invalid', `vid of a tag is ${String(vid)}, it must be 0 to 4095`)
  if (!(pcp >= 0 && pcp <= 7)) throw new FaucetError('invalid', `pcp of a tag is ${String(pcp)}, it must be 0 to 7`)
  return u16((pcp << 13) | (dei ? 0x1000 : 0) | vid)
}

/** The tag at a place. */
export function decodeVlanTag(data: Uint8Array, offset: number): VlanTag {
  const bits = u16At(data, offset)
  return { vid: bits & 0xfff, pcp: bits >> 13, dei: (bits & 0x1000) !== 0 }
}
