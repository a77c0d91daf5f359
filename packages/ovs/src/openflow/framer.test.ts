import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OpenFlowFramer } from './framer.js'

const message = (length: number, fill = 7) => {
  const bytes = new Uint8Array(length).fill(fill)
  bytes.set([4, 2, length >> 8, length & 0xff])
  return bytes
}

describe('OpenFlowFramer', () => {
  it('gives the same messages for any chunks', () => {
    const lengths = fc.array(fc.integer({ min: 8, max: 300 }), { maxLength: 10 })
    fc.assert(
      fc.property(
        lengths,
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 20 }),
        (sizes, steps) => {
          const messages = sizes.map((length, index) => message(length, index))
          const stream = new Uint8Array(Buffer.concat(messages))
          const framer = new OpenFlowFramer()
          const framed: Uint8Array[] = []
          for (let at = 0, step = 0; at < stream.length; step++) {
            const end = Math.min(stream.length, at + (steps[step % steps.length] ?? 0) + (step % 2))
            framed.push(...framer.push(stream.subarray(at, end)))
            at = end
          }
          expect(framed).toEqual(messages)
          expect(framer.pendingBytes).toBe(0)
          framer.end()
        },
      ),
    )
  })

  it('takes one byte at a time', () => {
    const framer = new OpenFlowFramer()
    const bytes = [...message(20), ...message(8)]
    const lengths = bytes.flatMap((byte) => [...framer.push(Uint8Array.of(byte))]).map(({ length }) => length)
    expect(lengths).toEqual([20, 8])
  })

  it('does not copy a message that is whole in its chunk', () => {
    const chunk = message(20)
    const [framed] = new OpenFlowFramer().push(chunk)
    expect(framed?.buffer).toBe(chunk.buffer)
  })

  it('gives the messages before a broken header, then fails, and stays failed', () => {
    const framer = new OpenFlowFramer()
    const messages = framer.push(Uint8Array.from([...message(8), 4, 2, 0, 7, 0, 0, 0, 0]))
    expect(messages.next().value).toEqual(message(8))
    expect(() => messages.next()).toThrow(/version 4, length 7: the peer does not speak OpenFlow/)
    expect(() => framer.push(message(8)).next()).toThrow(/met an error before/)
  })

  it('refuses version 0, also when the header comes in pieces', () => {
    const framer = new OpenFlowFramer()
    expect([...framer.push(Uint8Array.of(0, 0, 0))]).toEqual([])
    expect(() => [...framer.push(new Uint8Array(10))]).toThrow(/does not speak OpenFlow/)
  })

  it('refuses a message beyond the limit when its header comes', () => {
    const framer = new OpenFlowFramer({ maxBytes: 100 })
    expect([...framer.push(message(100))]).toHaveLength(1)
    expect(() => [...framer.push(message(101).subarray(0, 8))]).toThrow(/more than the 100 allowed/)
  })

  it('knows when the stream ends inside a message', () => {
    const framer = new OpenFlowFramer()
    expect([...framer.push(message(20).subarray(0, 15))]).toEqual([])
    expect(framer.pendingBytes).toBe(15)
    expect(() => framer.end()).toThrow(/ended inside an OpenFlow message, 15 bytes into it/)
  })
})
