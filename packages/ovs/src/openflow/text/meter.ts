import type { MeterMod } from '../message/meter-mod.js'
import type { MeterBand } from '../meter-band.js'
import { OFPM } from '../constants.js'
import { hex } from './bits.js'

const reserved = new Map<number, string>([
  [OFPM.ALL, 'all'],
  [OFPM.CONTROLLER, 'controller'],
  [OFPM.SLOWPATH, 'slowpath'],
])

/** A meter's number, or the name of a reserved one; `separator` stands between it and the word `meter`. */
export function printMeterId(meterId: number, separator: ':' | '='): string {
  const name = reserved.get(meterId) ?? (meterId > OFPM.MAX ? 'unknown' : meterId)
  return `meter${separator}${name}`
}

const flagNames = ['kbps', 'pktps', 'burst', 'stats']
const flagBits = 0xf

/** Flags, each with a space behind it. */
function printFlags(flags: number): string {
  const names = flagNames.filter((_, bit) => ((flags >>> bit) & 1) === 1)
  const rest = flags & ~flagBits
  return [...names, ...(rest === 0 ? [] : [`flags:${hex(rest)}`])].map((word) => `${word} `).join('')
}

function printBand(band: MeterBand, flags: number): string {
  const burst = (flags & (1 << 2)) === 0 ? '' : ` burst_size=${band.burstSize}`
  switch (band.type) {
    case 'drop':
      return `\ntype=drop rate=${band.rate}${burst}`
    case 'dscp_remark':
      return `\ntype=dscp_remark rate=${band.rate}${burst} prec_level=${band.precLevel}`
    case 'experimenter':
      return `\ntype=${0xffff} rate=${band.rate}${burst}`
    case 'unknown':
      return `\ntype=${band.bandType} rate=${band.rate}${burst}`
  }
}

/** A meter with its bands, each on a line of its own. */
export function printMeter(meter: Pick<MeterMod, 'meterId' | 'flags' | 'bands'>): string {
  const bands = meter.bands.map((band) => printBand(band, meter.flags)).join('')
  return `${printMeterId(meter.meterId, '=')} ${printFlags(meter.flags)}bands=${bands}\n`
}

const commands: Readonly<Record<string, string>> = { add: 'ADD', modify: 'MOD', delete: 'DEL' }

/** The body of a meter-mod. */
export function printMeterMod(message: MeterMod): string {
  // Nothing but the number counts when a meter goes.
  const meter = message.command === 'delete' ? { ...message, flags: 0, bands: [] } : message
  return ` ${commands[message.command] ?? `cmd:${message.command}`} ${printMeter(meter)}`
}
