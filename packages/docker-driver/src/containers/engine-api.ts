import type Dockerode from 'dockerode'
import type { Duplex, Readable } from 'node:stream'
import { openDockerode } from '../docker/open-dockerode.js'
import { DockerDriverError } from '../errors.js'
import { endpointText, type EngineEndpoint } from './endpoint.js'

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

/** A refusal of Docker's: its status and its words. It is the `cause` of a DockerDriverError. */
export interface EngineRefusal {
  readonly statusCode: number
  readonly message: string
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

/** The refusal that an error has as its cause, if any. */
export function refusalOf(error: unknown): EngineRefusal | undefined {
  const cause = error instanceof DockerDriverError ? error.cause : undefined
  const { statusCode, json, message } = (cause ?? {}) as { statusCode?: number; json?: { message?: string; cause?: string } | null; message?: string }
  if (statusCode === undefined) return undefined
  // dockerode puts the status in front of Docker's words.
  const words = json?.message ?? (message ?? '').replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()
  return { statusCode, message: words }
}

/** Whether a signal has fired by now. */
export function hasFired(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function aborted(what: string, signal: AbortSignal | undefined): DockerDriverError {
  return new DockerDriverError('aborted', `${what}: aborted`, { cause: signal?.reason })
}

/** Says what a failed call means and what helps. */
export function engineError(cause: unknown, what: string, endpoint: EngineEndpoint): DockerDriverError {
  const refusal = refusalOf(new DockerDriverError('docker', '', { cause }))
  if (refusal !== undefined) {
    const code = refusal.statusCode === 404 ? 'not-found' : refusal.statusCode === 409 ? 'conflict' : refusal.statusCode === 400 ? 'invalid' : 'docker'
    return new DockerDriverError(code, `cannot ${what}: ${refusal.message}`, { cause })
  }
  const where = endpointText(endpoint)
  const { code, message = String(cause) } = cause as { code?: string; message?: string }
  if (code === 'EACCES' || code === 'EPERM') {
    return new DockerDriverError(
      'forbidden',
      `this user may not use Docker's socket ${where}: run as root, or add the user to the group docker ("sudo usermod -aG docker $USER", then log in again). ` +
        'Rootless Docker or podman, with a socket of your own, need neither',
      { cause },
    )
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new DockerDriverError('missing', `there is no Docker at ${where} (${code}): ${INSTALL}`, { cause })
  }
  return new DockerDriverError('docker', `cannot ${what}: the connection to ${where} failed (${message})`, { cause })
}

/** How Docker comes to a machine. */
export const INSTALL = 'install it ("apt-get install docker.io") and start it ("systemctl start docker"), or say where it is with DOCKER_HOST or `socket`'
