import {
  diffFlows, encodeMessage, OFPP, type ActionInput, type BundleMessage, type FlowInput, type FlowModInput,
  type FlowStats, type GroupInput, type MeterInput,
} from '@streambed/ovs/openflow'
import { OvsError } from '@streambed/ovs'
import type { Flow } from '../core/flow.js'
import type { Wanted } from '../core/wanted.js'
import type { Inventory } from './inventory.js'

/** What brings a switch from what it has to what it is to have. */
export interface Mending {
  /** In this order; see `sendChanges`, which takes the meters out of the bundle. */
  readonly messages: readonly BundleMessage[]
  /** How many flows are right and are not touched. */
  readonly unchanged: number
}

/** Seconds by which the times of a switch and ours may differ without meaning anything. */
const tolerance = 2

/**
 * The messages that bring a switch to what is wanted: nothing that is right is touched. Everything that is not wanted
 * goes, whoever put it there, as Faucet does it: the switch belongs to this controller.
 * @param now seconds: a flow whose time began earlier than it is to begin is added anew
 */
export function mendingOf(has: Inventory, wanted: Wanted, now: number): Mending {
  const flows = [...wanted.flows.values()].map(({ flow }) => flow)
  const meters = meterChanges(has.meters, wanted.meters)
  const groups = groupChanges(has.groups, wanted.groups)
  const { changes, unchanged } = flowChanges(has.flows, wanted.flows, flows, now)
  return { messages: [...meters.before, ...groups.before, ...changes, ...groups.after, ...meters.after], unchanged }
}

function flowChanges(
  has: readonly FlowStats[],
  wanted: Wanted['flows'],
  flows: readonly FlowInput[],
  now: number,
): { readonly changes: readonly FlowModInput[]; readonly unchanged: number } {
  // Nothing to compare: a switch that has just been made.
  if (has.length === 0) return { changes: flows.map(addition), unchanged: 0 }
  try {
    const { remove, modify, replace, add, unchanged } = diffFlows(withoutAged(has, wanted, now), flows)
    return { changes: [...remove, ...modify, ...replace, ...add], unchanged }
  } catch (error) {
    if (!(error instanceof OvsError) || error.code !== 'invalid') throw error
    // Two parts want the same flow in different writing: the switch takes the later one.
    const everything: FlowModInput = { type: 'flow_mod', command: 'delete', tableId: 0xff }
    return { changes: [everything, ...flows.map(addition)], unchanged: 0 }
  }
}

function addition(flow: FlowInput): FlowModInput {
  return { ...flow, type: 'flow_mod', command: 'add' }
}

/** Leaves out the flows that are to begin anew: they count as missing, and adding them replaces them. */
function withoutAged(has: readonly FlowStats[], wanted: Wanted['flows'], now: number): readonly FlowStats[] {
  const timed = new Map<string, Flow>()
  for (const flow of wanted.values()) if (flow.since > 0 && flow.flow.hardTimeout) timed.set(identity(flow.flow), flow)
  if (timed.size === 0) return has
  return has.filter((flow) => {
    if (flow.hardTimeout === 0) return true
    const since = timed.get(identity(flow))?.since
    return since === undefined || now - flow.durationSec >= since - tolerance
  })
}

/** A switch lists the fields in its own order. */
function identity({ tableId = 0, priority = 0x8000, match = [] }: FlowInput): string {
  const fields = match.map((field) => {
    const { value, mask } = field as { readonly value?: unknown; readonly mask?: unknown }
    return `${String(field.field)}=${String(value)}/${String(mask)}`
  })
  return `${String(tableId)} ${String(priority)} ${fields.sort().join()}`
}

interface Around {
  readonly before: readonly BundleMessage[]
  readonly after: readonly BundleMessage[]
}

function groupChanges(has: Inventory['groups'], wanted: readonly GroupInput[]): Around {
  const there = new Map(has.map((group) => [group.groupId, groupBytes(group)]))
  const before: BundleMessage[] = []
  for (const group of wanted) {
    const old = there.get(group.groupId)
    there.delete(group.groupId)
    if (old !== groupBytes(group)) before.push({ ...group, type: 'group_mod', command: old === undefined ? 'add' : 'modify' })
  }
  return { before, after: [...there.keys()].map((groupId) => ({ type: 'group_mod', command: 'delete', groupId })) }
}

function meterChanges(has: Inventory['meters'], wanted: readonly MeterInput[]): Around {
  // Those for packets to the controller, with numbers beyond `OFPM.MAX`, are told like all others.
  const there = new Map(has.map((meter) => [meter.meterId, meterBytes(meter)]))
  const before: BundleMessage[] = []
  for (const meter of wanted) {
    const old = there.get(meter.meterId)
    there.delete(meter.meterId)
    if (old !== meterBytes(meter)) before.push({ ...meter, type: 'meter_mod', command: old === undefined ? 'add' : 'modify' })
  }
  return { before, after: [...there.keys()].map((meterId) => ({ type: 'meter_mod', command: 'delete', meterId })) }
}

/** Open vSwitch says of a band without a burst size that it is the rate. */
function meterBytes({ bands = [], ...meter }: MeterInput): string {
  const plain = bands.map((band) => ('burstSize' in band && band.burstSize === 0 ? { ...band, burstSize: band.rate } : band))
  return bytesOf({ ...meter, bands: plain, type: 'meter_mod', command: 'add' })
}

function groupBytes({ groupId, groupType, buckets = [] }: GroupInput): string {
  const plain = buckets.map((bucket) => ({ ...bucket, actions: (bucket.actions ?? []).map(withoutLength) }))
  return bytesOf({ type: 'group_mod', command: 'add', groupId, ...(groupType === undefined ? {} : { groupType }), buckets: plain })
}

/** How much of a packet is to be sent only counts for the controller. */
function withoutLength(action: ActionInput): ActionInput {
  return action.type === 'output' && action.port !== OFPP.CONTROLLER ? { ...action, maxLen: 0 } : action
}

function bytesOf(message: BundleMessage): string {
  const bytes = encodeMessage({ ...message, xid: 0 })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
