import { printPort } from '@streambed/ovs/openflow'
import { inTurn, type Effect, type Step } from '../core/effect.js'
import { isRunning } from '../core/ports.js'
import { updateDp, type DpState, type NetworkState } from '../core/state.js'
import { forgetPort } from '../learning/learn.js'
import { forgetNextHops } from '../routing/route.js'
import { isForwarding, lagPorts } from './lag.js'
import { isNominated } from './nomination.js'
import { roleOf } from './role.js'
import { speak } from './speak.js'
import { actorState, portRole, type ActorState, type LagPartner, type LagPort } from './state.js'

/** What has been found out about a port of an aggregate. */
export interface Finding {
  readonly port: number
  readonly actor: ActorState
  /** `undefined` when there is no partner (any more). */
  readonly partner: LagPartner | undefined
}

/**
 * Takes findings in, gives every port of the aggregates its role, and tells of those that are different now: in events,
 * and to their partners. In a stack that can concern other dataplanes too.
 * @param answered a port whose partner is answered anyway
 */
export function settle(network: NetworkState, dpName: string, findings: readonly Finding[], now: number, answered?: number): Step<NetworkState> {
  const found = updateDp(network, dpName, (state) => withFindings(state, findings))
  const asBefore = found.dps.get(dpName)?.lacp.ports === network.dps.get(dpName)?.lacp.ports
  // What a port hears says nothing new most of the time. Roles can change without it too: that is looked at each second.
  const settled = asBefore && findings.length > 0 ? found : withRoles(found, dpName)
  if (settled === network) return { state: network, effects: [] }
  const changes = [...settled.dps.values()].flatMap((state) => {
    const before = network.dps.get(state.dp.name)
    return before && before.lacp.ports !== state.lacp.ports ? changedPorts(before, state) : []
  })
  return inTurn(settled, changes.map((change) => (next: NetworkState) => told(next, change, now, change.dpName === dpName && change.port === answered)))
}

function withFindings(state: DpState, findings: readonly Finding[]): DpState {
  let { ports, partners } = state.lacp
  for (const { port, actor, partner } of findings) {
    const { actor: before, role = portRole.notConfigured } = ports.get(port) ?? {}
    if (before !== actor) ports = new Map(ports).set(port, { actor, role })
    if (partners.get(port) !== partner) partners = withEntry(partners, port, partner)
  }
  return ports === state.lacp.ports && partners === state.lacp.partners ? state : { ...state, lacp: { ...state.lacp, ports, partners } }
}

function withEntry(partners: ReadonlyMap<number, LagPartner>, port: number, partner: LagPartner | undefined): ReadonlyMap<number, LagPartner> {
  const next = new Map(partners)
  if (partner) next.set(port, partner)
  else next.delete(port)
  return next
}

/** The roles that follow from what the ports hear. Dataplanes outside of the stack have nothing to do with each other. */
function withRoles(network: NetworkState, dpName: string): NetworkState {
  const stacked = network.dps.get(dpName)?.dp.stack !== undefined
  const names = stacked ? [...network.dps.values()].filter(({ dp, connected }) => dp.stack && connected).map(({ dp }) => dp.name) : [dpName]
  let next = network
  for (const name of names) {
    next = updateDp(next, name, (state) => {
      let { ports } = state.lacp
      for (const port of lagPorts(state)) {
        const known = ports.get(port.number)
        const role = roleOf(port, isNominated(network, state, port.lacp))
        if (known && known.role !== role) ports = new Map(ports).set(port.number, { ...known, role })
      }
      return ports === state.lacp.ports ? state : { ...state, lacp: { ...state.lacp, ports } }
    })
  }
  return next
}

interface Change {
  readonly dpName: string
  readonly port: number
  readonly is: LagPort
  /** Whether packets passed before, and do not now. */
  readonly stopped: boolean
}

function changedPorts(before: DpState, state: DpState): readonly Change[] {
  return lagPorts(state).flatMap(({ number }) => {
    const is = state.lacp.ports.get(number)
    if (!is || is === before.lacp.ports.get(number)) return []
    const stopped = isForwarding(before, number) && !isForwarding(state, number)
    return [{ dpName: state.dp.name, port: number, is, stopped }]
  })
}

function told(network: NetworkState, { dpName, port: number, is, stopped }: Change, now: number, answered: boolean): Step<NetworkState> {
  const state = network.dps.get(dpName)
  const port = state?.dp.ports.get(number)
  if (!state || !port) return { state: network, effects: [] }
  const labels = { port: number, port_description: port.description }
  const speaks = !answered && isRunning(state, number) && (port.lacp_active || state.lacp.partners.has(number))
  const effects: readonly Effect[] = [
    { type: 'event', dpId: state.dp.dp_id, dpName, event: { LAG_CHANGE: { port_no: number, state: is.actor, role: is.role } } },
    { type: 'count', metric: 'port_lacp_state_change_count', labels, dpName },
    { type: 'log', level: 'info', dpName, text: `port ${printPort(number)} of LAG ${String(port.lacp)}: ${textOf(is)}` },
    ...(speaks ? speak(state, port) : []),
  ]
  const forgotten = inTurn(network, (stopped ? [forgetPort, forgetNextHops] : []).map((forget) => (next: NetworkState) => forget(next, dpName, number, now)))
  return { state: forgotten.state, effects: [...effects, ...forgotten.effects] }
}

const actorTexts: Readonly<Record<ActorState, string>> = {
  [actorState.notConfigured]: 'not configured',
  [actorState.none]: 'down',
  [actorState.init]: 'no partner heard',
  [actorState.up]: 'partner in sync',
  [actorState.nosync]: 'partner not in sync',
}

function textOf({ actor, role }: LagPort): string {
  const name = Object.entries(portRole).find(([, number]) => number === role)?.[0]
  return `${actorTexts[actor]}, ${name ?? ''}`
}
