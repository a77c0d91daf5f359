import type { GroupInput, MeterInput } from '@streambed/ovs/openflow'
import type { DpContext } from './state.js'
import type { Flow, FlowMaker } from './flow.js'

/** A part of the pipeline: the flows that it wants of a dataplane in some state. The same state gives the same flows. */
export type FlowPart = (context: DpContext, make: FlowMaker) => Iterable<Flow>

/** The groups that a part of the pipeline wants. */
export type GroupPart = (context: DpContext) => Iterable<GroupInput>

/** The meters that a part of the pipeline wants. */
export type MeterPart = (context: DpContext) => Iterable<MeterInput>
