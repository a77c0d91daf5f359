import { describe, expect, it } from 'vitest'
import { toData } from './value.js'
import { readYaml } from './yaml.js'

const read = (text: string) => {
  const { value, issues } = readYaml(text, 'faucet.yaml')
  return issues.length > 0 || !value ? issues.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`) : toData(value)
}

describe('lines that are indented less than YAML 1.2 asks for', () => {
  it.each([
    ['a closing bracket', 'acls:\n  a:\n    - rule: {\n      x: 1\n  }\nvlans: {}', { acls: { a: [{ rule: { x: 1 } }] }, vlans: {} }],
    ['at the left margin', 'dps:\n  - - [1,\n2,\n{a: b},\n]\nb: 1', { dps: [[[1, 2, { a: 'b' }]]], b: 1 }],
    ['with a comment between', 'a:\n  b: [1, # one ]\n# two [\n2]\n', { a: { b: [1, 2] } }],
    ['a quoted text', 'a:\n  b: "one\ntwo \\" {\nthree"\n  c: \'it\'\'s\n[\'\n', { a: { b: 'one two " { three', c: "it's [" } }],
    ['a quoted text in brackets', 'a:\n  b: {c: "one\ntwo", d: \'\n\nx\'}\n', { a: { b: { c: 'one two', d: '\nx' } } }],
    ['plain texts with quotes', 'a: [it\'s, a "b, c: "d\n", !!str\n"]", x#y, # ]\n]', { a: ['it\'s', 'a "b', { c: 'd ' }, ']', 'x#y'] }],
    ['none, but it looks so', 'a: |\n  "not\nb: {c: 1}\n', { a: '"not\n', b: { c: 1 } }],
  ])('are read: %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it('have the places that they have in the text', () => {
    expect(read('a:\n  b: [1,\n2, !!int x]\n')).toEqual(['3:10 x is no tag:yaml.org,2002:int'])
  })

  it.each(['a:\n  b: [1,\n2\nc: 3\n', 'a:\n  b: "one\ntwo\n', 'a:\n  b: [1,\n---\n2]\n', 'a:\n  b: one\n c: two\n'])('are refused where they make no sense: %j', (text) => {
    expect(read(text)).toEqual(expect.arrayContaining([expect.stringMatching(/^\d+:\d+ /)]))
  })
})
