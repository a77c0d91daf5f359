/**
 * An integer from 0 to `most` that follows from a text: so that what many hosts wait for does not come all at once,
 * although the same state always gives the same.
 */
export function jitter(text: string, most: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash ^= hash >>> 15
  return ((Math.imul(hash, 0x2c1b3c6d) >>> 0) % (most + 1)) | 0
}
