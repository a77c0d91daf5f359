import { OFPP, OFPTT } from '../../../openflow/constants.js'
import { encodeMessage, type Message, type MessageInput } from '../../../openflow/message.js'
import type { FlowModInput } from '../../../openflow/message/flow-mod.js'
import { type FlowRemovedReason, flowRemovedReason } from '../../../openflow/message/flow-removed.js'
import { packetInReason } from '../../../openflow/message/packet-in.js'
import type { PacketOut } from '../../../openflow/message/packet-out.js'
import { type PortReason, portReason } from '../../../openflow/message/port-status.js'
import { OFPPC } from '../../../openflow/port.js'
import { checkActions, checkGroups } from '../flow/check-actions.js'
import type { Flow } from '../flow/flow.js'
import { Refusal, refusal } from '../flow/refusal.js'
import { WORD } from '../packet/key.js'
import { Packet } from '../packet/packet.js'
import type { Effect, ToController } from '../pipeline/effect.js'
import { Pipeline, TABLES } from '../pipeline/pipeline.js'
import { describePort, type SwitchPort } from '../pipeline/port.js'
import { Translation, type TranslationOptions } from '../pipeline/translation.js'
import { bundleAdd, bundleControl } from './bundle.js'
import { Controller } from './controller.js'
import { expireFlows, flowMod, nextExpiry } from './flow-mod.js'
import { groupMod } from './group-mod.js'
import { meterMod } from './meter-mod.js'
import { portMod } from './port-mod.js'
import { roleRequest } from './role.js'
import { statistics } from './statistics.js'

/** What the switch says about itself (OpenFlow 1.3.5 §7.3.1, §7.3.5.1). */
export interface SwitchDescription {
  readonly datapathId: bigint
  readonly mfrDesc: string
  readonly hwDesc: string
  readonly swDesc: string
  readonly serialNum: string
  readonly dpDesc: string
}

/** What leaves the switch: a frame through a port, or a message to a controller. */
export type Emission =
  | { readonly type: 'frame'; readonly port: number; readonly frame: Uint8Array; readonly queueId: number | undefined }
  | { readonly type: 'message'; readonly to: Controller; readonly message: MessageInput }

/**
 * The switch without streams and clocks: each event, with the time when it happens in milliseconds, changes its state and
 * gives what leaves the switch because of it, in order.
 */
export class SwitchCore {
  readonly pipeline: Pipeline
  readonly description: SwitchDescription
  readonly controllers = new Set<Controller>()
  /** The number of the last election of a master (§6.3.6). */
  generation: bigint | undefined
  /** Bits of `OFPC_FRAG`. */
  configFlags = 0
  /** When the switch was made. */
  readonly created: number
  #emissions: Emission[] = []

  constructor(description: SwitchDescription, now: number, vlanLimit?: number) {
    this.description = description
    this.created = now
    this.pipeline = new Pipeline(vlanLimit)
    this.pipeline.learn = (flow, at) => this.#learn(flow, at)
  }

  /** A frame comes in through a port. */
  receive(portNo: number, frame: Uint8Array, now: number): Emission[] {
    const port = this.pipeline.ports.get(portNo)
    if (port === undefined || port.config & OFPPC.PORT_DOWN) return this.#flush()
    port.counters.rxPackets++
    port.counters.rxBytes += frame.length
    if (port.config & OFPPC.NO_RECV) {
      port.counters.rxDropped++
      return this.#flush()
    }
    const translation = Translation.receive(this.pipeline, this.packet(portNo, frame), { now })
    this.#carryOut(translation.effects, port)
    return this.#flush()
  }

  /** What would happen to a frame; nothing changes. */
  trace(portNo: number, frame: Uint8Array, options: TranslationOptions): Translation {
    return Translation.receive(this.pipeline, this.packet(portNo, frame), { ...options, dry: true })
  }

  /** A message of a controller. Errors are among the answers. */
  handle(from: Controller, message: Message, now: number): Emission[] {
    this.answer(from, message, now)
    return this.#flush()
  }

  /** Time goes by: flows expire. */
  tick(now: number): Emission[] {
    expireFlows(this, now)
    for (const controller of this.controllers) controller.expireBundles(now, (message) => this.reply(controller, message))
    return this.#flush()
  }

  /** When {@link tick} next has something to do; `undefined`: not before something happens. */
  nextTick(): number | undefined {
    const times = [nextExpiry(this), ...[...this.controllers].map((controller) => controller.nextExpiry())]
    return times.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined)
  }

  /** A port is added. */
  addPort(port: SwitchPort): Emission[] {
    this.pipeline.ports.set(port.portNo, port)
    this.portStatus('add', port)
    return this.#flush()
  }

  /** A port is taken away. */
  removePort(portNo: number): Emission[] {
    const port = this.pipeline.ports.get(portNo)
    this.pipeline.ports.delete(portNo)
    this.pipeline.macs.forget(portNo)
    if (port) this.portStatus('delete', port)
    return this.#flush()
  }

  /** The link at a port comes or goes. */
  setLink(portNo: number, up: boolean): Emission[] {
    const port = this.pipeline.ports.get(portNo)
    if (port && port.up !== up) {
      port.up = up
      this.portStatus('modify', port)
    }
    return this.#flush()
  }

  /** The packet of a frame that came in through a port. */
  packet(portNo: number, frame: Uint8Array): Packet {
    const packet = new Packet(frame, this.pipeline.vlanLimit)
    packet.key[WORD.IN_PORT] = portNo
    return packet
  }

  /** Answers a message; refusals become errors with the first 64 bytes of the message (§7.4.4). */
  answer(from: Controller, message: Message, now: number): void {
    try {
      this.#answer(from, message, now)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.refuse(from, message, error)
    }
  }

  /** Answers a message with an error. */
  refuse(to: Controller, message: Message, { error }: Refusal): void {
    const data = encodeMessage(message as MessageInput).slice(0, 64)
    this.reply(to, { ...error, xid: message.xid, data } as MessageInput)
  }

  /** How much is waiting to leave the switch because of the event. */
  get pending(): number {
    return this.#emissions.length
  }

  /** Takes back what has been added since {@link pending} was this. */
  dropPending(pending: number): void {
    this.#emissions.length = pending
  }

  /** Carries out a message that changes something. @throws Refusal */
  change(message: Message, now: number): void {
    switch (message.type) {
      case 'flow_mod':
        return flowMod(this, message, now)
      case 'group_mod':
        return groupMod(this, message, now)
      case 'meter_mod':
        return meterMod(this, message, now)
      case 'port_mod':
        return portMod(this, message)
      case 'packet_out':
        return this.#packetOut(message, now)
      case 'table_mod':
        return this.#tableMod(message.tableId, message.config)
    }
  }

  /** Sends a message to one controller. */
  reply(to: Controller, message: MessageInput): void {
    this.#emissions.push({ type: 'message', to, message })
  }

  /** Tells the controllers that want to know that a flow is gone. */
  flowRemoved(flow: Flow, reason: FlowRemovedReason, now: number): void {
    const { tableId, priority, cookie, idleTimeout, hardTimeout, match } = flow
    for (const controller of this.controllers) {
      if (!controller.wants('flowRemoved', flowRemovedReason.numbers[reason])) continue
      const times = { idleTimeout, hardTimeout, ...durationOf(now - flow.created) }
      const counters = { packetCount: BigInt(flow.packets), byteCount: BigInt(flow.bytes) }
      this.reply(controller, { type: 'flow_removed', xid: 0, tableId, priority, cookie, reason, match, ...times, ...counters })
    }
  }

  /** Tells the controllers that want to know that a port has changed. */
  portStatus(reason: PortReason, port: SwitchPort): void {
    for (const controller of this.controllers) {
      if (!controller.wants('portStatus', portReason.numbers[reason])) continue
      this.reply(controller, { type: 'port_status', xid: 0, reason, desc: describePort(port) })
    }
  }

  #answer(from: Controller, message: Message, now: number): void {
    const { xid } = message
    switch (message.type) {
      case 'features_request': {
        const { datapathId } = this.description
        return this.reply(from, { type: 'features_reply', xid, datapathId, nTables: TABLES, capabilities: CAPABILITIES })
      }
      case 'get_config_request':
        return this.reply(from, { type: 'get_config_reply', xid, flags: this.configFlags, missSendLen: from.missSendLen })
      case 'set_config':
        this.configFlags = message.flags & 3
        this.pipeline.dropFragments = this.configFlags === 1
        from.missSendLen = message.missSendLen
        return
      case 'barrier_request':
        return this.reply(from, { type: 'barrier_reply', xid })
      case 'role_request':
        return roleRequest(this, from, message)
      case 'get_async_request':
        return this.reply(from, { type: 'get_async_reply', xid, ...from.async })
      case 'set_async': {
        const { packetInMask, portStatusMask, flowRemovedMask } = message
        from.async = { packetInMask, portStatusMask, flowRemovedMask }
        return
      }
      case 'queue_get_config_request':
        if (message.port !== OFPP.ANY && !this.pipeline.ports.has(message.port)) throw refusal('queue_op_failed', 'bad_port')
        return this.reply(from, { type: 'queue_get_config_reply', xid, port: message.port, queues: [] })
      case 'nxt_set_packet_in_format':
        from.packetInFormat = message.format
        return
      case 'nxt_set_controller_id':
        from.controllerId = message.controllerId
        return
      case 'nxt_ct_flush_zone':
        return this.pipeline.conntrack.flush(message.zoneId)
      case 'flow_mod':
      case 'group_mod':
      case 'meter_mod':
      case 'port_mod':
      case 'packet_out':
      case 'table_mod':
        from.checkNotSlave()
        return this.change(message, now)
      case 'onf_bundle_control':
        return bundleControl(this, from, message, now)
      case 'onf_bundle_add':
        return bundleAdd(from, message, now)
      default:
        if (!statistics(this, from, message, now)) throw unsupported(message)
    }
  }

  #packetOut(message: PacketOut, now: number): void {
    if (message.bufferId !== 0xffffffff) throw refusal('bad_request', 'buffer_unknown')
    const { inPort } = message
    if (inPort >= 0xff00 && inPort !== OFPP.LOCAL && inPort !== OFPP.CONTROLLER && inPort !== OFPP.ANY) {
      throw refusal('bad_request', 'bad_port')
    }
    const packet = this.packet(inPort, message.data)
    let inconsistent: Refusal | undefined
    const onInconsistent = (error: Refusal): void => void (inconsistent ??= error)
    checkActions(message.actions, { match: { values: packet.key.slice() }, onInconsistent })
    if (inconsistent) throw inconsistent
    checkGroups(message.actions, (groupId) => this.pipeline.groups.has(groupId))
    this.#carryOut(Translation.execute(this.pipeline, packet, message.actions, { now }).effects, undefined)
  }

  #tableMod(tableId: number, config: number): void {
    if (tableId !== OFPTT.ALL && tableId >= TABLES) throw refusal('table_mod_failed', 'bad_table')
    // OpenFlow 1.3 defines no configuration any more.
    if (config !== 0) throw refusal('table_mod_failed', 'bad_config')
  }

  #learn(flow: FlowModInput, now: number): void {
    try {
      flowMod(this, flow, now, true)
    } catch (error) {
      // A flow that is not possible is not learnt.
      if (!(error instanceof Refusal)) throw error
    }
  }

  #carryOut(effects: readonly Effect[], from: SwitchPort | undefined): void {
    for (const effect of effects) {
      if (effect.type === 'controller') {
        if (effect.reason === 'no_match' && from && from.config & OFPPC.NO_PACKET_IN) continue
        for (const controller of this.controllers) this.#packetIn(controller, effect)
        continue
      }
      const port = this.pipeline.ports.get(effect.port)
      if (port) {
        port.counters.txPackets++
        port.counters.txBytes += effect.frame.length
      }
      this.#emissions.push({ type: 'frame', port: effect.port, frame: effect.frame, queueId: effect.queueId })
    }
  }

  #packetIn(controller: Controller, effect: ToController): void {
    const { reason, tableId, cookie, match, frame, maxLen, userdata } = effect
    if (controller.controllerId !== effect.controllerId) return
    if (typeof reason === 'string' && !controller.wants('packetIn', packetInReason.numbers[reason])) return
    const data = maxLen < frame.length ? frame.slice(0, maxLen) : frame
    if (controller.packetInFormat === 'nxt_packet_in2' || controller.packetInFormat === 2) {
      return this.reply(controller, {
        type: 'nxt_packet_in2',
        xid: 0,
        properties: [
          { type: 'packet', data },
          ...(data.length < frame.length ? [{ type: 'full_len' as const, fullLen: frame.length }] : []),
          { type: 'table_id', tableId },
          ...(cookie === 0xffffffffffffffffn ? [] : [{ type: 'cookie' as const, cookie }]),
          { type: 'reason', reason },
          { type: 'metadata', match },
          ...(userdata ? [{ type: 'userdata' as const, data: userdata }] : []),
        ],
      })
    }
    // 1.3 has no names for the reasons of 1.4.
    const named = reason === 'action_set' || reason === 'group' || reason === 'packet_out' ? 'action' : reason
    const message = { type: 'packet_in', xid: 0, reason: named, tableId, cookie, match, data, totalLen: frame.length } as const
    this.reply(controller, message)
  }

  #flush(): Emission[] {
    const emissions = this.#emissions
    this.#emissions = []
    return emissions
  }
}

/** Flow, table, port, group and queue statistics: what Open vSwitch has. */
const CAPABILITIES = 0x4f

/** A time in milliseconds as seconds and nanoseconds. */
export function durationOf(milliseconds: number): { durationSec: number; durationNsec: number } {
  const durationSec = Math.floor(milliseconds / 1000)
  return { durationSec, durationNsec: Math.floor((milliseconds - durationSec * 1000) * 1e6) }
}

function unsupported({ type }: Message): Refusal {
  if (type.startsWith('nx') || type.startsWith('onf_')) return refusal('bad_request', 'bad_exp_type')
  if (type === 'experimenter' || type === 'experimenter_stats_request') return refusal('bad_request', 'bad_experimenter')
  return refusal('bad_request', type === 'unknown_multipart_request' ? 'bad_multipart' : 'bad_type')
}
