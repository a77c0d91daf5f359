import type { Action } from '../../../openflow/action/index.js'
import { OFPP } from '../../../openflow/constants.js'
import type { Flow } from '../flow/flow.js'
import { symmetricHash } from '../packet/hash.js'
import { ETHERTYPE, FRAG, WORD } from '../packet/key.js'
import type { Packet } from '../packet/packet.js'
import { orderActionSet } from '../flow/check-actions.js'
import { isUp } from './port.js'
import type { Effect, Output, TraceStep } from './effect.js'
import { runAction } from './run-action.js'
import { chooseBuckets } from './group.js'
import type { Pipeline } from './pipeline.js'

/** How deep lookups may be nested, and how many there may be: those of Open vSwitch. */
const MAX_DEPTH = 64
const MAX_RESUBMITS = 4096

/** A packet on its way, with what OpenFlow keeps for it beside its fields. */
export interface Walk {
  packet: Packet
  tableId: number
  /** The flow whose actions are carried out; none in a packet-out. */
  flow: Flow | undefined
  /** The action set: shared by all that belongs to one packet. */
  set: { actions: readonly Action[] }
  readonly stack: bigint[]
  queueId: number | undefined
  depth: number
  inGroup: boolean
  inActionSet: boolean
  /** `exit` was carried out. */
  exit: boolean
}

/** How a packet is processed. */
export interface TranslationOptions {
  /** Milliseconds of the switch's clock. */
  readonly now: number
  /** Nothing but the packet is changed: no counters, no learning. Defaults to false. */
  readonly dry?: boolean
  /** Gets what happens, step by step. */
  readonly onStep?: (step: TraceStep) => void
  /** The actions are those of a packet-out. Defaults to false. */
  readonly packetOut?: boolean
}

/** Processes one packet (OpenFlow 1.3.5 §5.1): through tables, actions and groups to what comes out of the switch. */
export class Translation {
  readonly pipeline: Pipeline
  readonly options: TranslationOptions
  /** What came out, in order. Nothing when {@link failed}. */
  readonly effects: Effect[] = []
  /** Why nothing comes out: too deep, too many labels. */
  failed: string | undefined
  #resubmits = 0
  /** A meter has dropped the packet: what would come out from now on does not. */
  #dropped = false
  readonly #original: number

  constructor(pipeline: Pipeline, options: TranslationOptions, packet: Packet) {
    this.pipeline = pipeline
    this.options = options
    this.#original = packet.length
  }

  /** Processes a packet that came in, from a table on. */
  static receive(pipeline: Pipeline, packet: Packet, options: TranslationOptions): Translation {
    const translation = new Translation(pipeline, options, packet)
    packet.key[WORD.ACTSET_OUTPUT] = OFPP.UNSET
    const walk = walkOf(packet)
    if (pipeline.dropFragments && (packet.key[WORD.IP_FRAG] as number) & FRAG.ANY) return translation
    translation.lookup(walk, 0)
    translation.#finish(walk)
    return translation
  }

  /** Carries out actions on a packet: those of a packet-out. */
  static execute(
    pipeline: Pipeline,
    packet: Packet,
    actions: readonly Action[],
    options: TranslationOptions,
  ): Translation {
    const translation = new Translation(pipeline, { ...options, packetOut: true }, packet)
    packet.key[WORD.ACTSET_OUTPUT] = OFPP.UNSET
    const walk = walkOf(packet)
    translation.run(walk, actions)
    translation.#finish(walk)
    return translation
  }

  /** Lets a tracked copy of a packet go on in another table, on its own. */
  fork(walk: Walk, packet: Packet, tableId: number): void {
    const { onStep } = this.options
    const translation = new Translation(this.pipeline, onStep ? { ...this.options, onStep } : this.options, packet)
    translation.#resubmits = this.#resubmits + 1
    const copy: Walk = { ...walk, packet, set: { ...walk.set }, stack: [...walk.stack], depth: walk.depth + 1 }
    if (copy.depth >= MAX_DEPTH) return
    copy.flow = undefined
    translation.lookup(copy, tableId)
    translation.#finish(copy)
    if (!this.#dropped) this.effects.push(...translation.effects)
  }

  /** Looks the packet up in a table and does what the flow says. */
  lookup(walk: Walk, tableId: number, inPort = walk.packet.key[WORD.IN_PORT] as number, original = false): void {
    const { packet } = walk
    const before = { tableId: walk.tableId, flow: walk.flow, depth: walk.depth }
    if (walk.depth >= MAX_DEPTH) return this.fail(walk, `lookups are nested more than ${MAX_DEPTH} deep`)
    if (++this.#resubmits > MAX_RESUBMITS) return this.fail(walk, `more than ${MAX_RESUBMITS} lookups`)
    const table = this.pipeline.table(tableId)
    const flow = table.lookup(this.#lookupKey(packet, inPort, original))
    this.options.onStep?.({ type: 'table', depth: walk.depth, tableId, flow })
    if (!this.options.dry) {
      table.lookups++
      if (flow) {
        table.matched++
        flow.packets++
        flow.bytes += this.#original
        flow.used = this.options.now
      }
    }
    if (flow === undefined) return
    walk.depth += tableId <= before.tableId || before.flow === undefined ? 1 : 0
    walk.tableId = tableId
    walk.flow = flow
    this.#follow(walk, flow)
    Object.assign(walk, before)
  }

  /** Carries out a list of actions. Returns false when what follows must not be done any more. */
  run(walk: Walk, actions: readonly Action[]): boolean {
    for (const action of actions) {
      if (this.failed !== undefined || walk.exit) return false
      this.options.onStep?.({ type: 'action', depth: walk.depth, action: action.type })
      if (!runAction(this, walk, action)) return false
    }
    return this.failed === undefined && !walk.exit
  }

  /** Carries out the action set, if no `exit` has ended it all (§5.10). */
  runActionSet(walk: Walk): void {
    walk.inActionSet = true
    this.run(walk, orderActionSet(walk.set.actions))
  }

  /** Gives the packet to the buckets of a group, each with a copy of its own (§5.6.1). */
  group(walk: Walk, groupId: number): void {
    const group = this.pipeline.groups.get(groupId)
    if (group === undefined) return this.note(walk, `group ${groupId} does not exist`)
    if (walk.depth >= MAX_DEPTH) return this.fail(walk, `groups are nested more than ${MAX_DEPTH} deep`)
    if (++this.#resubmits > MAX_RESUBMITS) return this.fail(walk, `more than ${MAX_RESUBMITS} lookups`)
    const { dry } = this.options
    if (!dry) {
      group.packets++
      group.bytes += this.#original
    }
    for (const index of chooseBuckets(group, symmetricHash(walk.packet.key), this.pipeline.liveness)) {
      this.note(walk, `group ${groupId}, bucket ${index}`)
      if (!dry) {
        group.bucketPackets[index] = (group.bucketPackets[index] ?? 0) + 1
        group.bucketBytes[index] = (group.bucketBytes[index] ?? 0) + this.#original
      }
      const copy: Walk = { ...walk, packet: walk.packet.clone(), inGroup: true, exit: false, depth: walk.depth + 1 }
      this.run(copy, orderActionSet(group.buckets[index]?.actions ?? []))
      if (this.failed !== undefined) return
    }
  }

  /** Lets the packet leave through a port, unless the port does not want it. */
  output(walk: Walk, portNo: number, maxLen = Infinity): void {
    const port = this.pipeline.ports.get(portNo)
    if (port === undefined) return this.note(walk, `port ${portNo} does not exist`)
    if (port.config & NO_FWD) return this.note(walk, `port ${portNo} does not forward`)
    if (!isUp(port)) return this.note(walk, `port ${portNo} is down`)
    const { frame } = walk.packet
    const output: Output = {
      type: 'output',
      port: portNo,
      frame: frame.length > maxLen ? frame.subarray(0, maxLen) : frame,
      queueId: walk.queueId,
    }
    this.emit(output)
  }

  /** Adds an effect, unless the packet has been dropped by a meter. */
  emit(effect: Effect): void {
    if (!this.#dropped) this.effects.push(effect)
  }

  /** Tells whoever traces something. */
  note(walk: Walk, note: string): void {
    this.options.onStep?.({ type: 'note', depth: walk.depth, note })
  }


  /** Gives up: nothing comes out at all. */
  fail(walk: Walk, reason: string): void {
    this.failed ??= reason
    this.note(walk, `dropped: ${reason}`)
  }

  /** The instructions of a flow, in the order of §5.9. */
  #follow(walk: Walk, flow: Flow): void {
    const { meterId, apply, clear, write, metadata, gotoTable } = flow.program
    if (meterId !== undefined && !this.options.dry) {
      const pass = this.pipeline.meters.get(meterId)?.pass(walk.packet.length, this.options.now) ?? true
      if (!pass && !this.#dropped) {
        this.#dropped = true
        this.note(walk, `dropped by meter ${meterId}`)
      }
    }
    if (!this.run(walk, apply)) return
    if (clear) setActionSet(walk, [])
    if (write.length > 0) setActionSet(walk, [...walk.set.actions, ...write])
    if (metadata) {
      const range = { word: WORD.METADATA, words: 2, shift: 0, bits: 64 }
      const { packet } = walk
      packet.write(range, (packet.read(range) & ~metadata.mask) | (metadata.value & metadata.mask))
    }
    if (gotoTable !== undefined) this.lookup(walk, gotoTable)
  }

  /** The end of the pipeline. */
  #finish(walk: Walk): void {
    this.runActionSet(walk)
    if (this.failed !== undefined) this.effects.length = 0
  }

  #lookupKey(packet: Packet, inPort: number, original: boolean): Uint32Array {
    const { key } = packet
    if (key[WORD.IN_PORT] === inPort && !original) return key
    const seen = key.slice()
    seen[WORD.IN_PORT] = inPort
    if (original && key[WORD.CT_STATE] !== 0) {
      seen[WORD.IP_PROTO] = key[WORD.CT_NW_PROTO] as number
      seen[WORD.TP_SRC] = key[WORD.CT_TP_SRC] as number
      seen[WORD.TP_DST] = key[WORD.CT_TP_DST] as number
      if (key[WORD.ETH_TYPE] === ETHERTYPE.IPV4) seen.set(key.subarray(WORD.CT_NW_SRC, WORD.CT_NW_SRC + 2), WORD.IP_SRC)
      else seen.set(key.subarray(WORD.CT_IPV6_SRC, WORD.CT_IPV6_SRC + 8), WORD.IPV6_SRC)
    }
    return seen
  }
}

/** `OFPPC_NO_FWD`. */
const NO_FWD = 1 << 5

function walkOf(packet: Packet): Walk {
  return {
    packet,
    tableId: 0,
    flow: undefined,
    set: { actions: [] },
    stack: [],
    queueId: undefined,
    depth: 0,
    inGroup: false,
    inActionSet: false,
    exit: false,
  }
}

/** Replaces the action set, and what `actset_output` says of it. */
export function setActionSet(walk: Walk, actions: readonly Action[]): void {
  walk.set.actions = actions
  const output = actions.findLast((action) => action.type === 'output')
  const group = actions.some((action) => action.type === 'group' || action.type === 'nx_group')
  walk.packet.key[WORD.ACTSET_OUTPUT] = group || output?.type !== 'output' ? OFPP.UNSET : output.port
}
