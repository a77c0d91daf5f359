import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Agent as Dispatcher, RequestInit as UndiciRequestInit } from 'undici'

/** Opens a connection to a name or address, from somewhere. */
export type Connector = (host: string, port: number) => Promise<Socket>

/** An `http.Agent` whose connections are opened by `connector`: pass it as `agent` to `http.request`. */
export class ConnectorAgent extends HttpAgent {
  constructor(
    private readonly connector: Connector,
    options?: AgentOptions,
  ) {
    super(options)
  }

  override createConnection(options: ClientRequestArgs, callback?: (error: Error | null, stream: Duplex) => void): Duplex | null | undefined {
    this.connector(options.host ?? options.hostname ?? 'localhost', Number(options.port ?? 80)).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    )
    return undefined
  }
}

/** What {@link createFetch} makes: `fetch` of the web standard, and the end of the connections that it keeps. */
export interface ConnectorFetch {
  readonly fetch: typeof globalThis.fetch
  readonly close: () => Promise<void>
}

/** A dispatcher of undici whose connections, also those of https, are opened by `connector`. */
function createDispatcher(undici: typeof import('undici'), connector: Connector): Dispatcher {
  return new undici.Agent({
    connect: (options, callback) => {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
      // URL writes IPv6 addresses in brackets.
      const host = options.hostname.replace(/^\[|\]$/g, '')
      connector(host, port).then(
        (socket) => {
          if (options.protocol !== 'https:') return callback(null, socket)
          const secure = connectTls({ socket, servername: options.servername ?? host })
          secure.once('secureConnect', () => callback(null, secure))
          secure.once('error', (error) => callback(error, null))
        },
        (error: Error) => callback(error, null),
      )
    },
  })
}

/** `fetch` whose connections, also those of https, are opened by `connector`. */
export function createFetch(connector: Connector): ConnectorFetch {
  // Loaded when somebody fetches: it would double the time that the package takes to load.
  let loading: Promise<{ readonly undici: typeof import('undici'); readonly dispatcher: Dispatcher }> | undefined
  const load = (): NonNullable<typeof loading> => (loading ??= import('undici').then((undici) => ({ undici, dispatcher: createDispatcher(undici, connector) })))
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { undici, dispatcher } = await load()
    return (await undici.fetch(input as string, { ...(init as unknown as UndiciRequestInit | undefined), dispatcher })) as unknown as Response
  }
  return { fetch, close: async () => (await loading)?.dispatcher.destroy() }
}
