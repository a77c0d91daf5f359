import type { ResolvedFaucetConfig } from '../../config/index.js'
import { needsTunnelTable } from '../acl/tunnel.js'

/** Whether a dataplane has the table of port ACLs for tunnels: those of its own ACLs, and those that pass or end there. */
export function isReachedByTunnel(config: ResolvedFaucetConfig, dpName: string): boolean {
  const dp = config.dps.find(({ name }) => name === dpName)
  return dp !== undefined && needsTunnelTable(config, dp)
}
