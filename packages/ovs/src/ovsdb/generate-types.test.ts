import { describe, expect, it } from 'vitest'
import { type JsonValue, parseJson } from '../jsonrpc/json.js'
import { generateTypes } from './generate-types.js'
import { openVSwitchSchemaText } from './schema/open-vswitch-schema.gen.js'
import { parseSchema } from './schema.js'

describe('generateTypes', () => {
  it('makes the checked-in types of Open_vSwitch (regenerate: npx vitest run --project unit generate-types -u)', async () => {
    const text = generateTypes(parseSchema(parseJson(openVSwitchSchemaText)), '../value.js')
    await expect(text).toMatchFileSnapshot('schema/open-vswitch.gen.ts')
  })

  it('knows every kind of column', () => {
    const integer = { type: 'integer' }
    const columns = {
      scalar: { type: 'string', mutable: false },
      counter: { type: 'integer' },
      bounded: { type: { key: { ...integer, minInteger: 0, maxInteger: 9 } } },
      choice: { type: { key: { type: 'string', enum: ['set', ["it's", 'b']] }, min: 0, max: 1 }, ephemeral: true },
      choices: { type: { key: { type: 'integer', enum: ['set', [1, 2]] }, min: 0, max: 'unlimited' } },
      owner: { type: { key: { type: 'uuid', refTable: 'my_table', refType: 'weak' }, min: 0, max: 1 } },
      byNumber: {
        type: { key: { ...integer, minInteger: 0, maxInteger: 9 }, value: 'uuid', min: 0, max: 'unlimited' },
      },
      byCounter: { type: { key: integer, value: 'real', min: 0, max: 'unlimited' } },
      byChoice: { type: { key: { type: 'string', enum: ['set', ['x']] }, value: 'boolean', min: 0, max: 'unlimited' } },
    }
    const text = generateTypes(
      parseSchema({ name: 'My_DB', version: '1.0.0', tables: { my_table: { columns } } }),
      './value.js',
    )
    expect(text.split('\n').slice(1)).toEqual([
      "import type { Uuid } from './value.js'",
      '',
      '/** A row of the table my_table. */',
      'export interface MyTableRow {',
      '  readonly _uuid: Uuid',
      '  readonly _version: Uuid',
      '  /** Fixed once the row exists. */',
      '  readonly scalar: string',
      '  readonly counter: bigint',
      '  readonly bounded: number',
      '  /** Not kept across a restart of the server. */',
      "  readonly choice: 'it\\'s' | 'b' | undefined",
      '  readonly choices: readonly (1 | 2)[]',
      '  /** Refers weakly to {@link MyTableRow}. */',
      '  readonly owner: Uuid | undefined',
      '  readonly byNumber: Readonly<Record<number, Uuid>>',
      '  readonly byCounter: Readonly<Record<string, number>>',
      "  readonly byChoice: Readonly<Partial<Record<'x', boolean>>>",
      '}',
      '',
      '/** The tables of the database My_DB. */',
      'export type MyDB = {',
      '  readonly my_table: MyTableRow',
      '}',
      '',
    ])
  })

  it('gives types that would have one name different ones', () => {
    const table = { columns: { n: { type: 'integer' } } }
    const text = generateTypes(parseSchema({ name: 'ABRow', tables: { a_b: table, aB: table } }), './value.js')
    expect(text.match(/export (interface|type) \w+/g)).toEqual([
      'export interface ABRow',
      'export interface ABRow2',
      'export type ABRow3',
    ])
    expect(text).toContain('// GENERATED from the database schema ABRow by')
  })

  it('writes enumerations exactly', () => {
    const of = (type: string, ...values: readonly JsonValue[]) => ({ type: { key: { type, enum: ['set', values] } } })
    const columns = {
      text: of('string', '\\', '"', '\n'),
      large: of('integer', 1, 2n ** 60n),
      real: of('real', 0.5, 1e37),
      flag: of('boolean', true),
      id: of('uuid', ['uuid', '01010e57-a2a8-4008-ab23-e08632936a37']),
    }
    const lines = generateTypes(parseSchema({ name: 'e', tables: { t: { columns } } }), './value.js').split('\n')
    expect(lines.slice(7, 12)).toEqual([
      "  readonly text: '\\\\' | '\"' | '\\n'",
      '  readonly large: 1n | 1152921504606846976n',
      '  readonly real: 0.5 | 1e+37',
      '  readonly flag: true',
      '  readonly id: Uuid',
    ])
  })
})
