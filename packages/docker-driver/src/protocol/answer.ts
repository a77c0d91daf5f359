import type { IncomingMessage } from 'node:http'
import { DockerDriverError } from '../errors.js'
import { type Call, CALLS } from './calls.js'
import type { NetworkDriver } from './network-driver.js'
import type { Operations, Outcome } from './operations.js'
import { readBody } from './read-body.js'

/** What a request is answered with. */
export interface Answer extends Outcome {
  /** HTTP status. */
  readonly status: number
}

/** What {@link answerTo} needs beside the request. */
export interface AnswerOptions {
  readonly driver: NetworkDriver
  readonly operations: Operations
  /** Milliseconds for an operation. */
  readonly operationTimeout: number
  /** Bytes of a body. */
  readonly maxBody: number
  /** Called when all of the request has come and an operation begins. */
  readonly onComplete: () => void
  /** Fires when the client does not wait for the answer any more. */
  readonly hungUp: AbortSignal
  /** Called before a body is read for which the client waits to be asked (`Expect: 100-continue`). */
  readonly onContinue: () => void
}

/** The name of the call, as in `NetworkDriver.Join`; undefined for one that is not known. */
export function callOf(request: IncomingMessage): string | undefined {
  const path = request.url ?? ''
  return CALLS.has(path) ? path.slice(1) : undefined
}

/** Decides what to answer to a request, and does what it asks for. Rejects only by a fault of this package. */
export async function answerTo(request: IncomingMessage, options: AnswerOptions): Promise<Answer> {
  const { method = '', url = '' } = request
  // First of all, so that the next request on the connection can be found.
  const bytes = await bodyOf(request, options)
  if (bytes === undefined) return wrong(413, `a request has at most ${options.maxBody} bytes`)
  if (bytes instanceof Error) return wrong(400, `the connection ended before the request did (${bytes.message})`)
  const call = CALLS.get(url)
  // The words by which libnetwork knows that a call is not there (drivers/remote/driver.go).
  if (call === undefined) return wrong(404, `404 page not found: a network driver has no call ${JSON.stringify(url.slice(0, 100))}`)
  if (method !== 'POST') return wrong(405, `${url} is called with POST, not with ${method}`)
  options.onComplete()
  return perform(url.slice(1), call, bytes, options)
}

async function bodyOf(request: IncomingMessage, { maxBody, onContinue }: AnswerOptions): Promise<Buffer | Error | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBody) return undefined
  if (request.headers.expect !== undefined) onContinue()
  return readBody(request, maxBody).catch((error: Error) => error)
}

async function perform(name: string, call: Call, bytes: Buffer, { driver, operations, operationTimeout, hungUp }: AnswerOptions): Promise<Answer> {
  let text = ''
  let operation: ReturnType<Call['prepare']>
  try {
    if (call.hasBody) text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (call.hasBody && text.trim() === '') return wrong(400, `${name}: the request has no body. Docker sends that when it repeats a request after a lost connection; ask for the same again`)
    operation = call.prepare(call.hasBody ? JSON.parse(text) : undefined, driver)
  } catch (error) {
    return wrong(400, `${name}: ${error instanceof DockerDriverError ? error.message : `the request is not JSON in UTF-8: ${(error as Error).message}`}`)
  }
  const outcome = await operations.run(`${name} ${text}`, operationTimeout, operation, hungUp)
  // The other protocol on the same socket has another word for it (libnetwork, ipams/remote/api).
  const body = name.startsWith('IpamDriver.') && 'Err' in outcome.body ? { Error: outcome.body.Err } : outcome.body
  return { status: 200, ...outcome, body }
}

function wrong(status: number, reason: string): Answer {
  return { status, body: { Err: reason } }
}
