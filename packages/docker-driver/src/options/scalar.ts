import { HIGHEST_OFPORT } from '@streambed/ovs'
import { wrong } from './wrong.js'

const truths = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

/** A truth value in one of the spellings of Go's `strconv.ParseBool`. Throws `DockerDriverError` `invalid` for any other. */
export function parseBool(text: string): boolean {
  const value = truths.get(text)
  if (value === undefined) throw wrong(text, 'no truth value', 'write true or false (also 1, t, T, TRUE, True, 0, f, F, FALSE, False)')
  return value
}

/** A whole number in decimal digits, within limits. Throws `DockerDriverError` `invalid`. */
export function parseNumber(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value >= least && value <= most)) throw wrong(text, 'no such number', `write a whole number from ${least} to ${most}`)
  return value
}

/** A VLAN's VID, 1 to 4094. Throws `DockerDriverError` `invalid`. */
export function parseVid(text: string): number {
  return parseNumber(text, 1, 4094)
}

/** An OpenFlow port number that can be asked of Open vSwitch, 1 to 65279. Throws `DockerDriverError` `invalid`. */
export function parseOfport(text: string): number {
  return parseNumber(text, 1, HIGHEST_OFPORT)
}
