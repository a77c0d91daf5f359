// Docker's API, barely: no program is started, and connections stay open, for both sides alike.
import { Agent, request } from 'node:http'
import { dockerSocket } from './daemons.mjs'

const agent = new Agent({ keepAlive: true })

/** A call of Docker's API: what it answers, as JSON where it is. `body` is an object, or a stream. */
export function call(method, path, body) {
  const isStream = typeof body?.pipe === 'function'
  const text = body === undefined || isStream ? undefined : JSON.stringify(body)
  const type = isStream ? 'application/x-tar' : 'application/json'
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: dockerSocket, agent, method, path, headers: body === undefined ? {} : { 'content-type': type, ...(text && { 'content-length': Buffer.byteLength(text) }) } }, (answer) => {
      let said = ''
      answer.setEncoding('utf8').on('data', (part) => (said += part)).on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode >= 400 || said.includes('"errorDetail"')) reject(new Error(`${method} ${path}: ${answer.statusCode} ${said}`))
        else resolve(said.startsWith('{') && !isStream ? JSON.parse(said) : said)
      })
    })
    outgoing.on('error', reject)
    if (isStream) body.pipe(outgoing)
    else outgoing.end(text)
  })
}

/** What `docker run -d` does: answers the container's id. */
export async function runDetached(spec) {
  const { Id } = await call('POST', '/containers/create', spec)
  await call('POST', `/containers/${Id}/start`)
  return Id
}

/** What `docker rm -f` does. */
export function removeByForce(id) {
  return call('DELETE', `/containers/${id}?force=1`)
}

/** Runs `step` for every item, `limit` at a time; what they answer, in order. */
export async function inTurns(items, limit, step) {
  const results = []
  const rest = items.entries()
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await step(item, index)
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
