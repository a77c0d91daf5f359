import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OvsError } from '../errors.js'
import { JsonFramer, type JsonFramerOptions } from './framer.js'

function frames(chunks: readonly (Uint8Array | string)[], options?: JsonFramerOptions): string[] {
  const framer = new JsonFramer(options)
  const texts = chunks.flatMap((chunk) => [...framer.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)])
  framer.end()
  return texts
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

describe('JsonFramer', () => {
  it('separates texts that follow one another without a separator', () => {
    expect(frames(['{"a":1}{"b":[{}]}{}'])).toEqual(['{"a":1}', '{"b":[{}]}', '{}'])
  })

  it('allows white space between texts', () => {
    expect(frames([' \r\n\t{"a":1} \n', '\n{"b":2}\n']).map((text) => text.trim())).toEqual(['{"a":1}', '{"b":2}'])
  })

  it('is not misled by braces, quotes and backslashes in strings', () => {
    const texts = ['{"}{":"]["}', String.raw`{"a":"\"}"}`, String.raw`{"a":"\\"}`, String.raw`{"\\\"{":"\\\\"}`]
    expect(frames([texts.join('')])).toEqual(texts)
  })

  it.each([1, 2, 3, 7])('puts texts together from chunks of %i bytes, cut inside UTF-8 and escapes', (size) => {
    const texts = ['{"name":"Zürich – 東京 🎉"}', String.raw`{"e":"\u00e9\"\\"}`, '{"k":[1,2,{"x":null}]}']
    expect(frames(cut(Buffer.from(texts.join('')), size))).toEqual(texts)
  })

  it('finds any sequence of objects again, however it is cut', () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), { maxLength: 5 })
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 20 }), (values, size) => {
        const texts = values.map((value) => JSON.stringify(value))
        expect(frames(cut(Buffer.from(texts.join('')), size))).toEqual(texts)
      }),
    )
  })

  it('yields the texts before a mistake, then refuses, and stays unusable', () => {
    const framer = new JsonFramer()
    const texts = framer.push(Buffer.from('{"a":1}HTTP/1.1'))
    expect(texts.next().value).toBe('{"a":1}')
    expect(() => texts.next()).toThrow(/expected a JSON object and got "HTTP/)
    expect(() => [...framer.push(Buffer.from('{}'))]).toThrow(/open a new connection/)
  })

  it.each(['[]', '"x"', '}', ']', '1', 'null', '\0'])('refuses %j, which is no object', (text) => {
    expect(() => frames([text])).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => frames([Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])])).toThrow(/not UTF-8/)
  })

  it('keeps to its size limit, in one chunk and in many', () => {
    const text = `{"a":"${'x'.repeat(100)}"}`
    expect(frames([text], { maxBytes: text.length })).toEqual([text])
    for (const chunks of [[text], cut(Buffer.from(text), 10)]) {
      expect(() => frames(chunks, { maxBytes: text.length - 1 })).toThrow(
        expect.objectContaining({ code: 'too-large' }),
      )
    }
  })

  it('keeps to its depth limit', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(frames([nested(5)], { maxDepth: 5 })).toHaveLength(1)
    expect(() => frames([nested(6)], { maxDepth: 5 })).toThrow(expect.objectContaining({ code: 'too-large' }))
  })

  it.each([1, 5, 100])('tells texts with long integers, in chunks of %i bytes', (size) => {
    const texts = ['{"a":12345678901234}', '{"a":1234567890123456}', '{"1234567890123456789":[1]}', '{"a":[-99999999999999999]}']
    const framer = new JsonFramer()
    const long: boolean[] = []
    for (const chunk of cut(Buffer.from(texts.join('')), size))
      for (const _text of framer.push(chunk)) long.push(framer.hasLongIntegers)
    expect(long).toEqual([false, true, false, true])
  })

  it('says at the end of the stream that a text is unfinished', () => {
    const framer = new JsonFramer()
    expect([...framer.push(Buffer.from('{"a"'))]).toEqual([])
    expect(framer.pendingBytes).toBe(4)
    expect(() => framer.end()).toThrow(OvsError)
  })

  it('takes time in proportion to the bytes, not to the chunks', () => {
    const bytes = Buffer.from(`{"a":"${'x'.repeat(8_000_000)}"}`)
    const time = (size: number) => {
      const start = performance.now()
      frames(cut(bytes, size))
      return performance.now() - start
    }
    time(1 << 16)
    const [large, small] = [time(1 << 20), time(1 << 10)]
    // A framer that looks at everything again with each chunk would take thousands of times as long.
    expect(small).toBeLessThan(large * 20 + 100)
  })
})
