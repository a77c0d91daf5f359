import { OFPP } from '@streambed/ovs/openflow'
import type { Dp, FaucetConfig, Interface, NameOrNumber } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { describeValue, isMapping, mappingOf, ownValue, withValueAt } from './value.js'
import type { ConfigMapping } from './value.js'

const HIGHEST_PORT = 0xf0000000

/** A port of a dataplane, as an edit finds it. */
export interface PortPlace {
  /** Its key in `interfaces`: the present one, or else its number. */
  readonly key: string
  readonly number: number
  /** What is written under that key; `{}` when the port exists by `interface_ranges` alone. */
  readonly own: Interface
  /** The same with the options of `interface_ranges` behind its own. */
  readonly effective: Interface
}

/** A dataplane by its name. Throws `FaucetError` `not-found`. */
export function findDp(config: FaucetConfig, dpName: string): Dp {
  const dps = (isMapping(config.dps) ? config.dps : {}) as ConfigMapping
  const dp = ownValue(dps, dpName)
  if (dp === undefined) {
    const known = Object.keys(dps).join(', ') || 'there are none'
    const name = describeValue(dpName)
    throw new FaucetError('not-found', `dp_name ${name} is no dataplane of this configuration (${known})`)
  }
  return mappingOf(dp, `dps.${dpName}`) as unknown as Dp
}

/** The interfaces of a dataplane; none when the key is absent or empty. */
export function interfacesOf(dp: Dp): Readonly<Record<string, Interface>> {
  return isMapping(dp.interfaces) ? dp.interfaces : {}
}

/** A port of a dataplane by number, name or key; `undefined` when there is none. */
export function seekPort(dp: Dp, port: NameOrNumber): PortPlace | undefined {
  const ports = portsOf(dp)
  return typeof port === 'number'
    ? ports.find((place) => place.number === port)
    : ports.find((place) => place.key === port || place.effective.name === port)
}

/** The same as {@link seekPort}, but throws `FaucetError` `not-found`. */
export function findPort(config: FaucetConfig, dpName: string, port: NameOrNumber, field = 'port_no'): PortPlace {
  const dp = findDp(config, dpName)
  const place = seekPort(dp, port)
  if (place !== undefined) return place
  const known = portsOf(dp).map(({ key, number }) => (key === String(number) ? key : `${key} (${number})`))
  throw new FaucetError(
    'not-found',
    `${field} ${describeValue(port)} is no port of dataplane ${dpName} (${known.join(', ') || 'it has none'})`,
  )
}

/** Every port of a dataplane, those of `interface_ranges` included, by number. */
export function portsOf(dp: Dp): readonly PortPlace[] {
  const places = new Map<number, PortPlace>()
  for (const [key, own] of Object.entries(interfacesOf(dp))) {
    const number = isMapping(own) && typeof own.number === 'number' ? own.number : Number(key)
    if (isMapping(own) && Number.isInteger(number)) places.set(number, { key, number, own, effective: own })
  }
  for (const [range, defaults] of Object.entries(isMapping(dp.interface_ranges) ? dp.interface_ranges : {})) {
    if (!isMapping(defaults)) continue
    for (const number of rangeNumbers(range)) {
      const known = places.get(number)
      const { number: _, ...shared } = defaults as Interface
      const place = known ?? { key: String(number), number, own: {}, effective: {} }
      places.set(number, { ...place, effective: { ...shared, ...place.own } })
    }
  }
  return [...places.values()].sort((a, b) => a.number - b.number)
}

/** A copy of the configuration with other options of one interface, the whole entry replaced. */
export function withInterface(config: FaucetConfig, dpName: string, key: string, entry: Interface): FaucetConfig {
  const path = ['dps', dpName, 'interfaces', key]
  return withValueAt(config as ConfigMapping, path, entry as ConfigMapping) as unknown as FaucetConfig
}

/** Checks a number that becomes the key of an interface. Throws `FaucetError` `invalid`. */
export function checkPortNumber(port: number, field = 'port_no'): number {
  if (Number.isInteger(port) && ((port >= 1 && port <= HIGHEST_PORT) || port === OFPP.LOCAL)) return port
  throw new FaucetError(
    'invalid',
    `${field} is ${describeValue(port)}; it must be from 1 to ${HIGHEST_PORT}, or ${OFPP.LOCAL} (LOCAL)`,
  )
}

/** Whole numbers that a key of `interface_ranges` (such as `1-3,7`) stands for. */
function rangeNumbers(range: string): readonly number[] {
  return range.split(',').flatMap((part) => {
    const [, first, last] = /^\s*(\d+)\s*(?:-\s*(\d+))?\s*$/.exec(part) ?? []
    if (first === undefined) return []
    // A mistaken range such as 1-9999999999 is refused elsewhere; here it only must not exhaust the memory.
    const length = Math.min(Number(last ?? first) - Number(first) + 1, 65536)
    return Array.from({ length: Math.max(length, 0) }, (_, index) => Number(first) + index)
  })
}
