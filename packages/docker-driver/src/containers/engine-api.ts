import type Dockerode from 'dockerode'
import type { Duplex, Readable } from 'node:stream'
import { openDockerode } from '../docker/open-dockerode.js'
import { DockerDriverError } from '../errors.js'
import type { EngineEndpoint } from './endpoint.js'
import { engineError } from './engine-error.js'

/** A call of Docker's API. */
export interface EngineCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | undefined
  readonly path: string
  /** Objects become JSON; what is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | object | undefined>> | undefined
  readonly body?: object | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
  /** What was to be done, for the message of an error: `start container "web"`. */
  readonly what: string
}

const SUCCESS = { 101: true, 200: true, 201: true, 204: true, 304: true }

/** Docker's HTTP API by dockerode's connection: answers as JSON, as streams, and as two-way streams; every failure is a DockerDriverError. */
export class EngineApi {
  readonly endpoint: EngineEndpoint
  readonly docker: Dockerode

  constructor(endpoint: EngineEndpoint) {
    this.endpoint = endpoint
    this.docker = openDockerode(endpoint)
  }

  /** The JSON that it answers; undefined for an empty answer. */
  async json<T>(call: EngineCall): Promise<T> {
    return (await this.#dial(call, {})) as T
  }

  /** The answer as a stream. */
  async stream(call: EngineCall, content?: Readable | Buffer): Promise<Readable> {
    return (await this.#dial(call, { isStream: true, ...(content === undefined ? {} : { file: content }) })) as Readable
  }

  /** A connection that goes on as a two-way stream. */
  async upgrade(call: EngineCall): Promise<Duplex> {
    return (await this.#dial(call, { isStream: true, hijack: true })) as Duplex
  }

  async #dial(call: EngineCall, extra: object): Promise<unknown> {
    const { method = 'GET', path, query = {}, body, headers, signal, what } = call
    if (hasFired(signal)) throw aborted(what, signal)
    const known = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
    const empty = Object.keys(known).length === 0
    try {
      return await new Promise((resolve, reject) => {
        this.docker.modem.dial(
          {
            method,
            // The mark makes dockerode append the query.
            path: empty ? path : `${path}?`,
            options: { ...(empty ? {} : { _query: known }), _body: body ?? {} },
            headers: { ...headers },
            abortSignal: signal,
            statusCodes: SUCCESS,
            ...extra,
          } as never,
          (error: Error | null, result: unknown) => (error === null ? resolve(result) : reject(error)),
        )
      })
    } catch (cause) {
      // Read anew: it may have fired meanwhile.
      if (hasFired(signal)) throw aborted(what, signal)
      throw engineError(cause, what, this.endpoint)
    }
  }
}

/** Whether a signal has fired by now. */
export function hasFired(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function aborted(what: string, signal: AbortSignal | undefined): DockerDriverError {
  return new DockerDriverError('aborted', `${what}: aborted`, { cause: signal?.reason })
}
