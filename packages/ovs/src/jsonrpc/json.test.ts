import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasRefusedCharacters, type JsonValue, parseJson, stringifyJson } from './json.js'

describe('parseJson', () => {
  it('keeps integers beyond 2^53 exact, as bigint, and leaves the others numbers', () => {
    expect(
      parseJson('[9007199254740991,9007199254740992,-9007199254740993,18446744073709551615,1234567890123456]'),
    ).toEqual([9007199254740991, 9007199254740992n, -9007199254740993n, 18446744073709551615n, 1234567890123456])
  })

  it('leaves reals, however long, numbers', () => {
    expect(
      parseJson('[1.12345678901234567,12345678901234567.5,1e30,12345678901234567e2,0.00000000000000000001]'),
    ).toEqual([
      ...['1.12345678901234567', '12345678901234567.5', '1e30', '12345678901234567e2', '0.00000000000000000001'].map(
        Number,
      ),
    ])
  })

  it('leaves digits in strings and keys alone', () => {
    const text = String.raw`{"12345678901234567890":"12345678901234567890","a\"12345678901234567890":"\\","b":12345678901234567890}`
    expect(parseJson(text)).toEqual({
      '12345678901234567890': '12345678901234567890',
      'a"12345678901234567890': '\\',
      b: 12345678901234567890n,
    })
  })

  it('is not misled by strings that look like its own marks', () => {
    const text = String.raw`["\u00011","\u0001\u00012","\u0001",12345678901234567890]`
    expect(parseJson(text)).toEqual(['\u00011', '\u0001\u00012', '\u0001', 12345678901234567890n])
  })

  it('keeps a key such as __proto__ an ordinary one', () => {
    const value = parseJson('{"__proto__":12345678901234567890}')
    expect(Object.entries(value as object)).toEqual([['__proto__', 12345678901234567890n]])
  })

  it('says what is not JSON', () => {
    expect(() => parseJson('{"a":}')).toThrow(expect.objectContaining({ code: 'malformed' }))
    expect(() => parseJson('[12345678901234567890')).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  it('agrees with JSON.parse wherever that is exact', () => {
    fc.assert(
      fc.property(fc.json(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }), (text, big) => {
        const plain = JSON.parse(text, exact) as JsonValue
        expect(parseJson(`[${text},${big},"${big}"]`)).toEqual([plain, big, String(big)])
      }),
    )
  })
})

/** A reviver for the reals that `JSON.stringify` writes like integers. */
function exact(_key: string, value: unknown): unknown {
  return Number.isInteger(value) && /^-?\d{16,}$/.test(String(value)) && !Number.isSafeInteger(value)
    ? BigInt(String(value))
    : value
}

describe('stringifyJson', () => {
  it('writes bigints as integers', () => {
    const value = { a: [1n, -(2n ** 63n), { b: 'x"', c: null }], d: undefined, e: 1.5, f: true }
    expect(stringifyJson(value)).toBe('{"a":[1,-9223372036854775808,{"b":"x\\"","c":null}],"e":1.5,"f":true}')
  })

  it('is undone by parseJson', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
    )
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        expect(parseJson(stringifyJson(value))).toEqual(value)
      }),
    )
  })
})

describe('hasRefusedCharacters', () => {
  it.each(['a\0b', '\ud800', 'x\udc00', '\\\0'])('finds %j', (text) => {
    expect(hasRefusedCharacters(stringifyJson({ [text]: 1 }))).toBe(true)
    expect(hasRefusedCharacters(stringifyJson(['ok', text]))).toBe(true)
  })

  it.each(['', '\\u0000', '\\\\ud800', '\u0001\n"', '🎉', 'u0000'])('lets %j pass', (text) => {
    expect(hasRefusedCharacters(stringifyJson([text]))).toBe(false)
  })
})
