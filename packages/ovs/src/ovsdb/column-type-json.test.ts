import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../jsonrpc/json.js'
import { formatColumnType, parseColumnType } from './column-type-json.js'

describe('column types as JSON (RFC 7047 §3.2)', () => {
  it.each<[JsonValue, JsonValue?]>([
    ['integer'],
    [{ key: 'real', min: 1, max: 1 }, 'real'],
    [{ key: 'boolean', min: 0 }],
    [{ key: 'uuid', max: 3 }],
    [{ key: 'integer', min: 0, max: 'unlimited' }],
    [{ key: 'integer', value: 'boolean', max: 5 }],
    [{ key: { type: 'integer', minInteger: -5, maxInteger: 10 } }],
    [{ key: { type: 'integer', maxInteger: 2n ** 63n - 1n } }],
    [{ key: { type: 'real', minReal: -2.5 } }],
    [{ key: { type: 'string', minLength: 1, maxLength: 5 } }],
    [{ key: { type: 'string', enum: ['set', ['def', 'abc']] } }, { key: { type: 'string', enum: ['set', ['abc', 'def']] } }],
    [{ key: { type: 'boolean', enum: true } }],
    [{ key: { type: 'uuid', enum: ['uuid', '36bf19c0-ad9d-4232-bb85-b3d73dfe2123'] } }],
    [{ key: { type: 'uuid', refTable: 't', refType: 'weak' } }],
    [{ key: { type: 'uuid', refTable: 't', refType: 'strong' } }, { key: { type: 'uuid', refTable: 't' } }],
  ])('%o', (json, canonical = json) => expect(formatColumnType(parseColumnType(json, 'type'))).toEqual(canonical))

  it.each<[JsonValue, string]>([
    ['void', 'type must be an atomic type, not void'],
    [{}, 'type.key must be an object'],
    [{ key: 'real', min: 5, max: 3 }, 'type.min must be 0 or 1, not 5'],
    [{ key: 'real', max: -1 }, 'type.max must be an integer from 0'],
    [{ key: 'real', max: 0 }, 'type.max must be at least 1, not 0'],
    [{ key: 'real', maximum: 3 }, 'type.maximum must be absent'],
    [{ key: { type: 'integer', minInteger: 5, maxInteger: 3 } }, 'minInteger exceeds maxInteger'],
    [{ key: { type: 'integer', minInteger: 0.5 } }, 'type.key.minInteger must be a 64-bit integer'],
    [{ key: { type: 'string', maxLength: -1 } }, 'type.key.maxLength must be an integer from 0 to 4294967295'],
    [{ key: { type: 'string', minInteger: 1 } }, 'type.key.minInteger must be absent'],
    [{ key: { type: 'integer', enum: ['set', []] } }, 'type.key.enum must be a set of integer atoms'],
    [{ key: { type: 'integer', enum: ['set', [1, 1]] } }, 'set contains duplicate'],
    [{ key: { type: 'integer', enum: 1, minInteger: 1 } }, 'type.key.minInteger must be absent'],
    [{ key: { type: 'uuid', refTable: 'a-b' } }, 'type.key.refTable must be the name of a table'],
    [{ key: { type: 'uuid', refTable: 'a', refType: 'x' } }, 'type.key.refType must be "strong" or "weak"'],
    [{ key: { type: 'uuid', refType: 'weak' } }, 'type.key.refType must be absent'],
  ])('refuses %o', (json, message) => {
    expect(() => parseColumnType(json, 'type')).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining(message) }),
    )
  })
})
