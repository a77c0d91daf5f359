import { FaucetError } from '../errors.js'
import type { ResolvedFaucetConfig } from '../config/index.js'

/** What a configuration asks for that the embedded controller does not have, by path. */
export function unsupportedIn(config: ResolvedFaucetConfig): readonly string[] {
  const paths = new Set<string>()
  for (const dp of config.dps) {
    for (const router of dp.routers.values()) if (router.bgp) paths.add(`routers.${router.name}.bgp`)
    for (const port of dp.ports.values()) if (port.dot1x) paths.add(`dps.${dp.name}.interfaces.${port.name}.dot1x`)
  }
  return [...paths]
}

/** @throws FaucetError `unsupported` with every path when there is any */
export function refuseUnsupported(config: ResolvedFaucetConfig): void {
  const paths = unsupportedIn(config)
  if (paths.length === 0) return
  throw new FaucetError(
    'unsupported',
    `the embedded controller has neither BGP nor 802.1X: remove ${paths.join(', ')}, or use the real Faucet (FaucetProcess)`,
  )
}

/** What a configuration says that makes no difference here, in words. */
export function notesOn(config: ResolvedFaucetConfig): readonly string[] {
  return config.dps.flatMap(({ name, hardware, ofchannel_log: log }) => [
    ...(hardware === 'Open vSwitch' ? [] : [`dps.${name}.hardware is ${hardware}, which is treated as Open vSwitch`]),
    ...(log === undefined ? [] : [`dps.${name}.ofchannel_log is ${log}, where the embedded controller writes nothing`]),
  ])
}
