import type { IncomingMessage } from 'node:http'

/**
 * The body of a request.
 * @returns undefined as soon as it is longer than `limit` bytes, without reading on
 * @throws the error of the connection, when it ends before the body does
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  // To leave the loop would destroy the connection, and the answer with it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length
    if (length > limit) {
      request.pause()
      return undefined
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
