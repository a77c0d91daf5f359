import { actorState } from '../lacp/state.js'
import { lagPorts } from '../lacp/lag.js'
import type { DpState, NetworkState } from '../core/state.js'
import { stackPorts } from './links.js'
import { stackPortState, stackState } from './state.js'

/** How fit a dataplane is to be root. */
export interface StackHealth {
  readonly healthy: boolean
  /** It is connected, or was until a while ago. */
  readonly alive: boolean
  /** Parts of its stack ports, and of its ports in aggregates, that are up: 0 to 1. */
  readonly stack: number
  readonly lacp: number
}

/** How fit a dataplane is to be root (Faucet's `update_health`). */
export function healthOf(network: NetworkState, state: DpState, now: number): StackHealth {
  const { dp, connected } = state
  const { stack } = dp
  const { lastLive, electionInterval } = network.stack
  const last = connected ? now : (lastLive.get(dp.name) ?? -Infinity)
  if (!stack || last < now - stack.down_time_multiple * electionInterval) return { healthy: false, alive: false, stack: 0, lacp: 0 }
  const links = stackPorts(dp)
  const down = links.filter(({ number }) => stackPortState(network, dp.name, number) !== stackState.up)
  const lags = lagPorts(state)
  const lagsDown = lags.filter(({ number }) => state.lacp.ports.get(number)?.actor !== actorState.up)
  const ofStack = partUp(links.length, down.length)
  const ofLacp = partUp(lags.length, lagsDown.length)
  return {
    healthy: ofStack >= stack.min_stack_health && ofLacp >= stack.min_lacp_health,
    alive: true,
    stack: ofStack,
    // Faucet counts a dataplane without aggregates as the worst here, although it is healthy.
    lacp: lags.length > 0 ? ofLacp : 0,
  }
}

function partUp(all: number, down: number): number {
  return all === 0 ? 1 : 1 - down / all
}
