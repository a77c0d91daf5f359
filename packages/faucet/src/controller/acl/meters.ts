import { OFPM, OFPMF, type MeterBand, type MeterInput } from '@streambed/ovs/openflow'
import type { ResolvedMeter } from '../../config/index.js'
import type { MeterPart } from '../core/part.js'
import { integer } from './field-value.js'

/** The meters that ACLs use, and those for packets to the controller. */
export const meters: MeterPart = function* ({ state: { dp } }) {
  if (dp.packetin_pps) yield packetMeter(OFPM.CONTROLLER, dp.packetin_pps)
  if (dp.slowpath_pps) yield packetMeter(OFPM.SLOWPATH, dp.slowpath_pps)
  const taken = new Set<number>()
  for (const name of dp.used_meters) {
    const meter = dp.meters.get(name)
    if (!meter || taken.has(meter.meter_id) || meterProblem(meter) !== undefined) continue
    taken.add(meter.meter_id)
    yield meterOf(meter)
  }
}

function packetMeter(meterId: number, rate: number): MeterInput {
  return { meterId, flags: OFPMF.PKTPS, bands: [{ type: 'drop', rate, burstSize: 0 }] }
}

/** A meter as OpenFlow has it; flags and kinds of bands that Faucet does not know are left out, as there. */
export function meterOf({ meter_id: meterId, entry }: ResolvedMeter): MeterInput {
  const names = typeof entry.flags === 'string' ? [entry.flags] : entry.flags
  const flags = names.reduce((bits, name) => bits | (name in OFPMF ? OFPMF[name as keyof typeof OFPMF] : 0), 0)
  const bands = entry.bands.flatMap(({ type, rate, burst_size, prec_level }): MeterBand[] => {
    const limits = { rate: whole(rate), burstSize: whole(burst_size) }
    if (type === 'DROP') return [{ type: 'drop', ...limits }]
    return type === 'DSCP_REMARK' ? [{ type: 'dscp_remark', ...limits, precLevel: whole(prec_level) }] : []
  })
  return { meterId, flags, bands }
}

/** How many bands a meter can have in Open vSwitch's userspace (`MAX_BANDS`). */
const mostBands = 8

/** Why Open vSwitch would refuse a meter; `undefined` when it takes it. */
export function meterProblem(meter: ResolvedMeter): string | undefined {
  const { meterId, flags = 0, bands = [] } = meterOf(meter)
  const unit = flags & (OFPMF.KBPS | OFPMF.PKTPS)
  if (meterId === 0) return 'meter_id must be 1 or more'
  if (unit !== OFPMF.KBPS && unit !== OFPMF.PKTPS) return 'flags must have one of KBPS and PKTPS'
  if (bands.length === 0 || bands.length > mostBands) return `there must be 1 to ${String(mostBands)} bands, not ${String(bands.length)}`
  if (bands.some(({ rate }) => rate < 1 || rate > 0xffffffff)) return 'rate must be from 1 to 4294967295'
  if (bands.some(({ burstSize }) => burstSize < 0 || burstSize > 0xffffffff)) return 'burst_size must be from 0 to 4294967295'
  return bands.some(({ type }) => type !== 'drop') ? 'Open vSwitch has bands of the type DROP only' : undefined
}

function whole(value: number | undefined): number {
  return value === undefined ? 0 : Number(integer(value))
}
