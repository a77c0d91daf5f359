import type { Dp, FaucetConfig, Interface, NameOrNumber } from '../config/model.js'
import { findDp, findPort, seekPort, withInterface } from './place.js'

/**
 * Mirrors a port to another one of the same dataplane (FaucetConfRPC's `AddPortMirror`): its number is added to
 * `mirror` of the mirror port unless it is there already. `output_only` of the mirror port is not set: Faucet does it
 * itself. Throws `FaucetError` `not-found` for an unknown dataplane or port.
 */
export function addPortMirror(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  mirrorPort: NameOrNumber,
): FaucetConfig {
  const { number } = findPort(config, dpName, port)
  return setMirrors(config, dpName, mirrorPort, (mirrors, numberOf) =>
    mirrors.some((mirror) => numberOf(mirror) === number) ? mirrors : [...mirrors, number],
  )
}

/**
 * Ends the mirroring of one port to another (`RemovePortMirror`); no harm when there is none. Throws `FaucetError`
 * `not-found` for an unknown dataplane or port.
 */
export function removePortMirror(
  config: FaucetConfig,
  dpName: string,
  port: NameOrNumber,
  mirrorPort: NameOrNumber,
): FaucetConfig {
  const { number } = findPort(config, dpName, port)
  return setMirrors(config, dpName, mirrorPort, (mirrors, numberOf) =>
    mirrors.filter((mirror) => numberOf(mirror) !== number),
  )
}

/**
 * Ends all mirroring to a port (`ClearPortMirror`): its `mirror` becomes the empty list. Throws `FaucetError`
 * `not-found` for an unknown dataplane or port.
 */
export function clearPortMirror(config: FaucetConfig, dpName: string, mirrorPort: NameOrNumber): FaucetConfig {
  return setMirrors(config, dpName, mirrorPort, () => [])
}

/** The ports that an interface mirrors, as a list; Faucet takes a single one for a list of it. */
export function mirrorsOf(entry: Interface): readonly NameOrNumber[] {
  const { mirror } = entry
  if (mirror === undefined || mirror === null || mirror === '' || mirror === 0) return []
  return typeof mirror === 'object' ? mirror : [mirror]
}

/** The number of the port that an element of `mirror` names; `undefined` when there is no such port. */
export function mirrorNumber(dp: Dp, mirror: NameOrNumber): number | undefined {
  return seekPort(dp, mirror)?.number
}

type Change = (
  mirrors: readonly NameOrNumber[],
  numberOf: (mirror: NameOrNumber) => number | undefined,
) => readonly NameOrNumber[]

function setMirrors(config: FaucetConfig, dpName: string, port: NameOrNumber, change: Change): FaucetConfig {
  const { key, own, effective } = findPort(config, dpName, port, 'mirror_port_no')
  const dp = findDp(config, dpName)
  const mirror = change(mirrorsOf(effective), (item) => mirrorNumber(dp, item))
  return withInterface(config, dpName, key, { ...own, mirror })
}
