import type { Duplex } from 'node:stream'
import { type JsonValue, parseJson } from '../jsonrpc/json.js'
import { JsonRpcPeer } from '../jsonrpc/peer.js'
import { openVSwitchSchemaText } from '../ovsdb/schema/open-vswitch-schema.gen.js'
import { duplexPair, type DuplexPairOptions } from './duplex-pair.js'

/** An operation in wire form, as the server gets it. */
export type WireOperation = { readonly [member: string]: JsonValue }

/** A request that the server got. */
export interface ReceivedRequest {
  readonly method: string
  readonly params: readonly JsonValue[]
}

/** What a {@link FakeOvsdbServer} answers. */
export interface FakeOvsdbServerOptions extends DuplexPairOptions {
  /** JSON text of the one schema that it serves. Defaults to that of Open_vSwitch. */
  readonly schemaText?: string
  /**
   * Answers `transact` with the results in wire form; it may call {@link FakeOvsdbServer.update} first, as a real
   * server sends the update before the answer. Throwing answers with an error. A promise that never resolves leaves the
   * client waiting. Defaults to success.
   */
  readonly transact?: (operations: readonly WireOperation[], server: FakeOvsdbServer) => JsonValue | Promise<JsonValue>
  /** What monitors get at first, as `<table-updates2>`. Defaults to nothing. */
  readonly initial?: JsonValue
  /**
   * Kinds of monitor that it knows. Defaults to all three; `monitor` gets {@link initial} as it is, so write that as
   * `<table-updates>`.
   */
  readonly monitors?: readonly ('monitor' | 'monitor_cond' | 'monitor_cond_since')[]
}

const allMonitors = ['monitor', 'monitor_cond', 'monitor_cond_since'] as const
const zeroUuid = '00000000-0000-0000-0000-000000000000'

/**
 * An OVSDB server in memory for unit tests: it speaks the protocol over a {@link duplexPair} and answers what it was
 * told to. It has no rows and checks nothing.
 */
export class FakeOvsdbServer implements AsyncDisposable {
  /** The stream for the client. */
  readonly stream: Duplex
  /** Every request that came, in order. */
  readonly requests: ReceivedRequest[] = []
  /** Every notification that came, such as `cancel`. */
  readonly notifications: ReceivedRequest[] = []
  readonly #peer: JsonRpcPeer
  readonly #options: FakeOvsdbServerOptions
  readonly #schema: JsonValue
  /** The kind of each monitor by its id. */
  readonly #monitors = new Map<JsonValue, string>()

  constructor(options: FakeOvsdbServerOptions = {}) {
    const [stream, own] = duplexPair(options)
    this.stream = stream
    this.#options = options
    this.#schema = parseJson(options.schemaText ?? openVSwitchSchemaText)
    this.#peer = new JsonRpcPeer(own, {
      onRequest: (method, params) => {
        this.requests.push({ method, params })
        return this.#answer(method, params)
      },
      onNotification: (method, params) => void this.notifications.push({ method, params }),
    })
  }

  /** Sends changes to every monitor, as `<table-updates2>` (to one of the kind `monitor` as they are). */
  update(updates: JsonValue): void {
    for (const [id, method] of this.#monitors) {
      if (method === 'monitor') this.notify('update', [id, updates])
      else if (method === 'monitor_cond') this.notify('update2', [id, updates])
      else this.notify('update3', [id, zeroUuid, updates])
    }
  }

  /** Sends any notification. */
  notify(method: string, params: readonly JsonValue[]): void {
    this.#peer.notify(method, params)
  }

  /** Sends `echo`, as a server does to find out whether its client is alive; resolves when it is. */
  async probe(): Promise<void> {
    await this.#peer.request('echo', ['probe'])
  }

  /** Ends the connection in good order, as a server that stops. */
  async close(): Promise<void> {
    await this.#peer.close()
  }

  /** Breaks the connection. */
  abort(reason?: unknown): void {
    this.#peer.abort(reason)
  }

  /** The same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #answer(method: string, params: readonly JsonValue[]): JsonValue | Promise<JsonValue> {
    const [first, second] = params
    switch (method) {
      case 'list_dbs':
        return [(this.#schema as { readonly name: string }).name]
      case 'get_schema':
        return this.#schema
      case 'transact':
        return this.#transact(params.slice(1) as readonly WireOperation[])
      case 'monitor_cancel':
        if (first === undefined || !this.#monitors.delete(first)) throw new Error('unknown monitor')
        return {}
    }
    const known: readonly string[] = this.#options.monitors ?? allMonitors
    if (!known.includes(method) || second === undefined) throw new Error('unknown method')
    this.#monitors.set(second, method)
    const initial = this.#options.initial ?? {}
    return method === 'monitor_cond_since' ? [false, zeroUuid, initial] : initial
  }

  #transact(operations: readonly WireOperation[]): JsonValue | Promise<JsonValue> {
    return this.#options.transact ? this.#options.transact(operations, this) : operations.map(success)
  }
}

/** What an operation gives that succeeds: one row changed, or inserted, or none found. */
export function success({ op }: WireOperation, index = 0): JsonValue {
  switch (op) {
    case 'insert':
      return { uuid: ['uuid', `00000000-0000-0000-0000-${index.toString(16).padStart(12, '0')}`] }
    case 'select':
      return { rows: [] }
    case 'update':
    case 'mutate':
    case 'delete':
      return { count: 1 }
    default:
      return {}
  }
}
