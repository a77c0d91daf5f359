import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { HttpReadiness } from './readiness.js'

const ANSWER_MS = 2000

/** Makes one request. @returns why the answer is not the wanted one; undefined when it is */
export function tryHttp(host: string, { port, path = '/', status, headers, tls = false }: HttpReadiness): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = tls ? httpsRequest : httpRequest
    const call = request({ host, port, path, headers: { ...headers }, rejectUnauthorized: false, agent: false, timeout: ANSWER_MS }, (answer) => {
      const { statusCode = 0 } = answer
      answer.resume()
      answer.once('error', () => undefined)
      resolve((status === undefined ? statusCode < 400 : statusCode === status) ? undefined : `it answers with status ${statusCode}`)
      call.destroy()
    })
    call.once('timeout', () => call.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'the connection is refused' : error.message))
    call.end()
  })
}
