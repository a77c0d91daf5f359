import { match, type ActionInput, type FlowInput, type InstructionInput, type Match, type MatchFields } from '@streambed/ovs/openflow'
import { FaucetError } from '../../errors.js'
import type { ResolvedDp } from '../../config/index.js'
import type { Layout, TableName } from './layout.js'
import type { DpContext } from './state.js'

/** A flow that a dataplane is to have. */
export interface Flow {
  /** Table, priority and match: two flows with the same key are one flow. */
  readonly key: string
  readonly flow: FlowInput
  /**
   * When its time began to run, for flows with a timeout: a flow that is wanted with a later time is sent again, which
   * starts its time anew. 0 for flows that stay.
   */
  readonly since: number
}

/** What else a flow can have. */
export interface FlowOptions {
  /** Defaults to the cookie of the dataplane. */
  readonly cookie?: bigint
  /** Seconds. Defaults to 0, never. */
  readonly idleTimeout?: number
  /** Seconds. Defaults to 0, never. */
  readonly hardTimeout?: number
  /** Bits of `OFPFF`. Defaults to 0. */
  readonly flags?: number
  /** See {@link Flow.since}. Defaults to 0. */
  readonly since?: number
}

/** Makes flows for one dataplane: it knows the numbers of the tables and the cookie. */
export class FlowMaker {
  readonly #ids: Layout['ids']
  readonly #cookie: bigint

  constructor(dp: ResolvedDp, layout: Layout) {
    this.#ids = layout.ids
    this.#cookie = dp.cookie
  }

  /**
   * A flow. Without an instruction it drops. `fields` are named as in OpenFlow; `vlan_vid` includes the bit
   * `OFPVID_PRESENT` (see {@link taggedVid}).
   */
  flow(
    table: TableName,
    priority: number,
    fields: MatchFields,
    instructions: readonly InstructionInput[] = [],
    options: FlowOptions = {},
  ): Flow {
    return this.matched(table, priority, match(fields), instructions, options)
  }

  /** The same of a match that is made already: it must come from `match()`, which puts the fields in their order. */
  matched(
    table: TableName,
    priority: number,
    fieldsInOrder: Match,
    instructions: readonly InstructionInput[] = [],
    { cookie = this.#cookie, idleTimeout = 0, hardTimeout = 0, flags = 0, since = 0 }: FlowOptions = {},
  ): Flow {
    const tableId = this.id(table)
    const key = `${String(tableId)} ${String(priority)} ${keyOf(fieldsInOrder)}`
    return {
      key,
      flow: { tableId, priority, match: fieldsInOrder, instructions, cookie, idleTimeout, hardTimeout, flags },
      since,
    }
  }

  /** The number of a table. @throws FaucetError `internal` when the dataplane does not have it */
  id(table: TableName): number {
    const id = this.#ids[table]
    if (id === undefined) throw new FaucetError('internal', `the pipeline has no table ${table}`)
    return id
  }

  /** Whether the dataplane has a table. */
  has(table: TableName): boolean {
    return this.#ids[table] !== undefined
  }

  /** Sends the packet on to another table. */
  goto(table: TableName): InstructionInput {
    return { type: 'goto_table', tableId: this.id(table) }
  }
}

/** Makes the flows of a dataplane in some state. */
export function makerOf({ state }: DpContext): FlowMaker {
  return new FlowMaker(state.dp, state.layout)
}

/** Carries out actions at once; nothing when there are none. */
export function apply(actions: readonly ActionInput[]): readonly InstructionInput[] {
  return actions.length > 0 ? [{ type: 'apply_actions', actions }] : []
}

/** `vlan_vid` of a match or a set-field action: the VID with `OFPVID_PRESENT`. */
export function taggedVid(vid: number): number {
  return vid | 0x1000
}

/** The text that tells matches apart: they all come from one builder, so that equal ones are equal field by field. */
function keyOf(fields: Match): string {
  let text = ''
  for (const field of fields) {
    const { value, mask } = field as { readonly value?: unknown; readonly mask?: unknown }
    text += `${String(field.field)}=${String(value)}`
    if (mask !== undefined) text += `/${String(mask)}`
    text += ','
  }
  return text
}
