import { describe, expect, it } from 'vitest'
import { duplexPair } from './duplex-pair.js'

describe('duplexPair', () => {
  it('carries bytes both ways, cut as asked', async () => {
    const [a, b] = duplexPair({ chunkBytes: 2 })
    const read = [a, b].map((side) => {
      const chunks: string[] = []
      side.on('data', (chunk) => chunks.push(String(chunk)))
      return new Promise((resolve) => side.once('end', () => resolve(chunks)))
    })
    a.end('hello')
    b.end('hi')
    expect(await Promise.all(read)).toEqual([['hi'], ['he', 'll', 'o']])
  })

  it('holds the writer back until the reader reads', async () => {
    const [a, b] = duplexPair()
    let written = 0
    const write = () => a.write(Buffer.alloc(1 << 16), () => written++)
    while (write());
    write()
    await new Promise((resolve) => setTimeout(resolve, 10))
    const before = written
    b.resume()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(written).toBeGreaterThan(before)
  })

  it('ends the other side when one is destroyed', async () => {
    const [a, b] = duplexPair()
    b.resume()
    const ended = new Promise((resolve) => b.once('end', resolve))
    a.destroy()
    await ended
  })
})
