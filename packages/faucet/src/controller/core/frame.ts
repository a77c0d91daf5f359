import type { ResolvedPort, ResolvedVlan } from '../../config/index.js'

/** A frame that a switch sent, as far as the controller goes by it. */
export interface ReceivedFrame {
  /** Where it came in. */
  readonly port: ResolvedPort
  /** Whose tag it has; `undefined` without a tag (only control protocols come so). With `global_vlan`: the VLAN meant. */
  readonly vlan: ResolvedVlan | undefined
  readonly ethSrc: string
  /** With `global_vlan`: the MAC of the VLAN's router. */
  readonly ethDst: string
  /** Of what is behind the tag. */
  readonly ethType: number
  readonly reason: 'action' | 'invalid_ttl'
  /** The beginning of the frame, at most 194 bytes. */
  readonly data: Uint8Array
  readonly totalLen: number
}
