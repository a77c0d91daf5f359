import { OFPM } from '../../../openflow/constants.js'
import { type MeterMod, OFPMF } from '../../../openflow/message/meter-mod.js'
import { refusal } from '../flow/refusal.js'
import { Meter } from '../pipeline/meter.js'
import type { SwitchCore } from './core.js'
import { removeFlows } from './flow-mod.js'

/** How many meters there may be, and bands in one: as in Open vSwitch's userspace datapath. */
export const MAX_METER = 200_000
export const MAX_BANDS = 8

/** Changes the meter table (OpenFlow 1.3.5 §7.3.4.4). @throws Refusal `meter_mod_failed` */
export function meterMod(core: SwitchCore, message: MeterMod, now: number): void {
  const { command, meterId, flags, bands } = message
  const { meters } = core.pipeline
  if (command === 'delete') return removeMeters(core, meterId, now)
  if (command !== 'add' && command !== 'modify') throw refusal('meter_mod_failed', 'bad_command')
  if (meterId === 0 || meterId > MAX_METER) throw refusal('meter_mod_failed', 'invalid_meter')
  const unit = flags & (OFPMF.KBPS | OFPMF.PKTPS)
  if (unit === 0 || unit === (OFPMF.KBPS | OFPMF.PKTPS) || flags & ~0xf) throw refusal('meter_mod_failed', 'bad_flags')
  if (bands.length > MAX_BANDS) throw refusal('meter_mod_failed', 'out_of_bands')
  for (const band of bands) if (band.type !== 'drop') throw refusal('meter_mod_failed', 'bad_band')
  if (command === 'add' && meters.has(meterId)) throw refusal('meter_mod_failed', 'meter_exists')
  if (command === 'modify' && !meters.has(meterId)) throw refusal('meter_mod_failed', 'unknown_meter')
  meters.set(meterId, new Meter(meterId, flags, bands, now))
}

function removeMeters(core: SwitchCore, meterId: number, now: number): void {
  const { meters } = core.pipeline
  if (meterId !== OFPM.ALL && (meterId === 0 || meterId > MAX_METER)) throw refusal('meter_mod_failed', 'invalid_meter')
  for (const id of meterId === OFPM.ALL ? [...meters.keys()] : [meterId]) {
    meters.delete(id)
    removeFlows(core, 'meter_delete', now, (flow) => flow.program.meterId === id)
  }
}
