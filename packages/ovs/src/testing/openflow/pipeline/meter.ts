import { OFPMF } from '../../../openflow/message/meter-mod.js'
import type { MeterBand } from '../../../openflow/meter-band.js'

/** One band with its token bucket, in thousandths of a packet or of a kbit. */
interface Band {
  readonly rate: number
  readonly capacity: number
  tokens: number
  packets: number
  bytes: number
}

/** An entry of the meter table (OpenFlow 1.3.5 §5.7): lets packets through at a rate. */
export class Meter {
  readonly meterId: number
  /** Bits of `OFPMF`. */
  readonly flags: number
  readonly config: readonly MeterBand[]
  readonly created: number
  readonly bands: readonly Band[]
  packets = 0
  bytes = 0
  #last: number

  constructor(meterId: number, flags: number, bands: readonly MeterBand[], now: number) {
    this.meterId = meterId
    this.flags = flags
    this.config = bands
    this.created = now
    this.#last = now
    this.bands = bands.map(({ rate, burstSize }) => {
      const capacity = 1000 * (flags & OFPMF.BURST && burstSize > 0 ? burstSize : rate)
      return { rate, capacity, tokens: capacity, packets: 0, bytes: 0 }
    })
  }

  /** Counts a packet and says whether it may pass. */
  pass(bytes: number, now: number): boolean {
    const elapsed = Math.max(0, now - this.#last)
    this.#last = now
    this.packets++
    this.bytes += bytes
    const cost = this.flags & OFPMF.PKTPS ? 1000 : bytes * 8
    let exceeded: Band | undefined
    for (const band of this.bands) {
      band.tokens = Math.min(band.capacity, band.tokens + elapsed * band.rate)
      if (band.tokens >= cost) band.tokens -= cost
      else if (!exceeded || band.rate > exceeded.rate) exceeded = band
    }
    if (!exceeded) return true
    exceeded.packets++
    exceeded.bytes += bytes
    return false
  }
}
