import type { FaucetFeedEvent } from '@streambed/faucet'
import { invalidTopology, TestbedError, type TopologyIssue } from '../errors.js'
import type { TestbedModel } from '../topology/model.js'
import type { ControlPlan, TestbedControl } from './control.js'
import { EmbeddedControl } from './embedded-control.js'

/** What says what a testbed's switches do. */
export type ControlOption =
  | 'embedded'
  | 'faucet'
  | 'none'
  /** The real Faucet, with the program and its first arguments: `['/opt/faucet/bin/faucet']`. */
  | { readonly faucet: readonly string[] }

/** Starts a controller with a plan; undefined for none. */
export async function startControl(kind: ControlOption, plan: ControlPlan, onEvent: (event: FaucetFeedEvent) => void): Promise<TestbedControl | undefined> {
  if (kind === 'none') return undefined
  if (kind === 'embedded') return await EmbeddedControl.start(plan, onEvent)
  const { ProcessControl } = await import('./process-control.js')
  return await ProcessControl.start(plan, kind === 'faucet' ? undefined : kind.faucet, onEvent)
}

/** @throws TestbedError `invalid` for a control that there is not, or that cannot do what a topology asks for */
export function checkControl(model: TestbedModel, kind: ControlOption): void {
  const isCommand = typeof kind === 'object' && kind !== null && Array.isArray(kind.faucet) && kind.faucet.length > 0
  if (!isCommand && !['embedded', 'faucet', 'none'].includes(kind as string)) {
    throw new TestbedError('invalid', `control must be 'embedded', 'faucet', { faucet: [program] } or 'none' (got ${JSON.stringify(kind)})`)
  }
  if (kind !== 'none') return
  const issues: TopologyIssue[] = []
  const needs = (path: string, value: unknown, what: string): void => void issues.push({ path, value, message: `${what} need a controller: leave "control" out, or choose 'embedded' or 'faucet'` })
  if (model.switches.size > 1) needs('switches', [...model.switches.keys()], 'several switches')
  for (const network of model.networks.values()) {
    if (network.acls.length + network.aclsOut.length > 0) needs(`networks.${network.name}.acl`, [...network.acls, ...network.aclsOut], 'ACLs')
    if (network.gateways.length > 0) needs(`networks.${network.name}.gateway`, network.spec.gateway, 'gateways')
  }
  for (const host of model.hosts.values()) {
    for (const item of host.interfaces) {
      if (item.acls.length > 0) needs(`hosts.${host.name}.networks.${item.network ?? item.name}.acl`, item.acls, 'ACLs')
      if (item.tapOf !== undefined) needs(`hosts.${host.name}.taps.${item.name}`, item.tapOf, 'taps')
    }
  }
  if (issues.length > 0) throw invalidTopology(issues)
}
