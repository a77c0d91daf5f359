import type { Message, MessageInput } from '../../../openflow/message.js'
import type { AsyncConfig } from '../../../openflow/message/async-config.js'
import type { Role } from '../../../openflow/message/role.js'
import { EXPERIMENTER } from '../../../openflow/constants.js'
import { refusal } from '../flow/refusal.js'

/** A bundle that is being put together. */
export interface Bundle {
  readonly bundleId: number
  readonly flags: number
  /** The xid of the request that opened it. */
  readonly xid: number
  closed: boolean
  readonly messages: Message[]
  /** When something was last done with it. */
  used: number
}

/** Milliseconds after which a bundle is given up that nothing is done with: as Open vSwitch. */
const BUNDLE_IDLE = 10_000

/** `OFPBFC_TIMEOUT` of ONF extension 230. */
const TIMEOUT = 2314

/** What the switch knows of one controller's connection. */
export class Controller {
  role: Exclude<Role, 'nochange'> = 'equal'
  /** Which messages it wants unasked: for master and equal, and for slave. As Open vSwitch has it at first. */
  async: AsyncConfig = {
    packetInMask: [0b111011, 0],
    portStatusMask: [0b111, 0b111],
    flowRemovedMask: [0b111111, 0],
  }
  packetInFormat: string | number = 'standard'
  controllerId = 0
  missSendLen = 128
  readonly bundles = new Map<number, Bundle>()

  /** Whether it wants messages of a kind with this reason. */
  wants(kind: 'packetIn' | 'portStatus' | 'flowRemoved', reason: number): boolean {
    const mask = this.async[`${kind}Mask`][this.role === 'slave' ? 1 : 0]
    return ((mask >>> reason) & 1) === 1
  }

  /** @throws Refusal `is_slave`: a slave may only ask (§6.3.6) */
  checkNotSlave(): void {
    if (this.role === 'slave') throw refusal('bad_request', 'is_slave')
  }

  /** When the first bundle is given up. */
  nextExpiry(): number | undefined {
    const times = [...this.bundles.values()].map(({ used }) => used + BUNDLE_IDLE)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Gives up bundles that nothing is done with, with an error under the xid that opened them. */
  expireBundles(now: number, send: (message: MessageInput) => void): void {
    for (const { bundleId, used, xid } of this.bundles.values()) {
      if (now < used + BUNDLE_IDLE) continue
      this.bundles.delete(bundleId)
      send({ type: 'error', xid, errorType: 'experimenter', experimenter: EXPERIMENTER.ONF, expType: TIMEOUT })
    }
  }
}
