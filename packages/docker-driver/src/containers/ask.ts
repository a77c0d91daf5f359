import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { transportTo, type EngineEndpoint } from './endpoint.js'

/** Nothing but `node:http`: the program that outlives its parent loads nothing else. */
export type Ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<{ readonly status: number; readonly body: unknown }>

const CALL_MS = 30_000

/** Calls an engine. Rejects when it cannot be reached. */
export function askOf(endpoint: EngineEndpoint): Ask {
  const { protocol, options } = transportTo(endpoint)
  const request = protocol === 'https' ? httpsRequest : httpRequest
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = request({ ...options, method, path, headers, signal: AbortSignal.timeout(CALL_MS) }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.once('error', reject)
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }))
      })
      call.once('error', reject)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
