import type { CallOptions } from '../../jsonrpc/peer.js'
import type { OpenFlowConnection } from '../connection/openflow-connection.js'
import type { AsyncConfig } from '../message/async-config.js'

/**
 * Gets a switch to send messages of its own accord. It does that unasked only where it has dialled itself. A controller
 * that has dialled the switch is a "service" to Open vSwitch and gets nothing until it sets a `miss_send_len`: then that
 * includes packets, which are therefore switched off until somebody asks for them.
 */
export class AsyncMessages {
  readonly #connection: OpenFlowConnection
  readonly #service: boolean
  #defaults: Promise<AsyncConfig> | undefined
  #packets: Promise<void> | undefined
  #others: Promise<void> | undefined

  /** @param service whether this side has dialled */
  constructor(connection: OpenFlowConnection, service: boolean) {
    this.#connection = connection
    this.#service = service
  }

  /** Port-status, flow-removed and role-status messages, once. */
  others(options: CallOptions = {}): Promise<void> {
    if (!this.#service || this.#packets) return Promise.resolve()
    this.#others ??= forgetFailure(this.#setOthers(options), () => (this.#others = undefined))
    return this.#others
  }

  /** Packet-ins as well. */
  async packets(missSendLen: number, options: CallOptions = {}): Promise<void> {
    const before = this.#others
    this.#packets = (async () => {
      await before?.catch(() => {})
      if (before && this.#defaults) {
        await this.#connection.execute([{ type: 'set_async', ...configOf(await this.#defaults) }], options)
      }
      await this.#connection.execute([{ type: 'set_config', missSendLen }], options)
    })()
    return this.#packets
  }

  async #setOthers(options: CallOptions): Promise<void> {
    this.#defaults = this.#connection.request({ type: 'get_async_request' }, options)
    const config = configOf(await this.#defaults)
    await this.#connection.execute(
      [{ type: 'set_async', ...config, packetInMask: [0, 0] }, { type: 'set_config' }],
      options,
    )
  }
}

function configOf({ packetInMask, portStatusMask, flowRemovedMask }: AsyncConfig): AsyncConfig {
  return { packetInMask, portStatusMask, flowRemovedMask }
}

async function forgetFailure(promise: Promise<void>, forget: () => void): Promise<void> {
  try {
    await promise
  } catch (error) {
    forget()
    throw error
  }
}
