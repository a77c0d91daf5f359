import type { Duplex } from 'node:stream'
import { JsonRpcPeer, type CallOptions } from '../jsonrpc/peer.js'

/**
 * The control socket of an OVS daemon: what `ovs-appctl` (ovs-appctl(8)) speaks, JSON-RPC 1.0 with strings as parameters and
 * result (`lib/unixctl.c`).
 */
export class DaemonControl implements AsyncDisposable {
  readonly #peer: JsonRpcPeer

  /** @param stream connected to the daemon's control socket; it belongs to this object from now on */
  constructor(stream: Duplex) {
    this.#peer = new JsonRpcPeer(stream)
  }

  /**
   * Runs a command of the daemon, such as `revalidator/wait` or `ofproto/trace`.
   * @returns what it prints
   * @throws OvsError `peer` with what the daemon says, `closed`, `timeout`, `aborted`
   */
  run(command: string, parameters: readonly string[] = [], options: CallOptions = {}): Promise<string> {
    return this.#peer.request<string>(command, [...parameters], { timeout: 30_000, ...options, decode: (result) => (typeof result === 'string' ? result : '') })
  }

  /**
   * Waits until the datapath's cached flows are those of the present configuration (`revalidator/wait`). ovs-vswitchd reports a change as
   * done when it is in its tables; what the datapath has cached before is looked through a moment later.
   */
  async revalidated(options: CallOptions = {}): Promise<void> {
    await this.run('revalidator/wait', [], options)
  }

  /**
   * Has the datapath forget what it has cached (`revalidator/purge`): every packet from now on goes by the present flows. Other than
   * {@link revalidated} it does not wait, up to half a second, for the next time that the cache is looked through; the first packet of each
   * conversation takes the long way once.
   */
  async purged(options: CallOptions = {}): Promise<void> {
    await this.run('revalidator/purge', [], options)
  }

  /** Ends the connection. */
  close(): Promise<void> {
    return this.#peer.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
