import type { ResolvedDp, ResolvedPort } from '../../config/index.js'
import type { DpState, NetworkState } from '../core/state.js'
import { endKey, stackState, type StackEnd, type StackLink, type StackState } from './state.js'

/** The dataplanes of the stack, in the order of the configuration. */
export function stackMembers(network: Pick<NetworkState, 'dps'>): readonly DpState[] {
  return [...network.dps.values()].filter(({ dp }) => dp.stack !== undefined)
}

/** The stack ports of a dataplane with their far ends; numbers ascend. */
export function stackPorts(dp: ResolvedDp): readonly (ResolvedPort & { readonly stack: StackEnd })[] {
  return [...dp.ports.values()].filter((port): port is ResolvedPort & { readonly stack: StackEnd } => port.stack !== undefined)
}

/** Every link that the configuration has. */
export function configuredLinks(network: Pick<NetworkState, 'dps'>): readonly StackLink[] {
  const links = new Map<string, StackLink>()
  for (const { dp } of stackMembers(network)) {
    for (const port of stackPorts(dp)) {
      const far = network.dps.get(port.stack.dp)?.dp.ports.get(port.stack.port)
      if (!far) continue
      const sides = [
        { name: port.name, end: { dp: dp.name, port: port.number } },
        { name: far.name, end: port.stack },
      ] as const
      const [a, z] = isFirst(sides[0], sides[1]) ? sides : ([sides[1], sides[0]] as const)
      const name = `${a.end.dp}:${a.name}-${z.end.dp}:${z.name}`
      links.set(name, { name, ends: [a.end, z.end] })
    }
  }
  return [...links.values()]
}

/**
 * Whether a link carries packets: it is not known at either end that it does not, and at one end it is known that it
 * does. Faucet goes by the end that changed last, and does not see at once that a port is down.
 */
export function isCarrying(network: Pick<NetworkState, 'dps'>, ports: StackState['ports'], link: StackLink): boolean {
  const states = link.ends.map((end) => ports.get(endKey(end.dp, end.port)) ?? stackState.none)
  const bad = states.some((state) => state === stackState.bad || state === stackState.gone || state === stackState.adminDown)
  return !bad && states.includes(stackState.up) && link.ends.every((end) => mayBeUp(network.dps.get(end.dp), end.port))
}

/** Whether a port is up, or belongs to a switch that was never here, so that nobody can tell. */
function mayBeUp(state: DpState | undefined, port: number): boolean {
  if (!state?.dp.ports.get(port)?.enabled) return false
  return state.connectedAt === undefined || state.ports.get(port)?.up === true
}

interface Side {
  readonly name: string
  readonly end: StackEnd
}

function isFirst(one: Side, other: Side): boolean {
  return one.end.dp === other.end.dp ? one.name <= other.name : one.end.dp < other.end.dp
}
