import { describe, expect, it } from 'vitest'
import { readYaml } from './yaml.js'
import { movedDown, saysTheSame, yamlBlocks, yamlSection } from './yaml-blocks.js'

const many = (indent: string, length = 400) => Array.from({ length }, (_, index) => `${indent}${index + 1}: {native_vlan: office, description: "port ${index}"}`).join('\n')
const text = `# A comment.
vlans:
  office: {vid: 100}

acls:
  one:
    - rule: {tcp_dst: 80, actions: {allow: 1}}
# Another one.
dps:
  sw:
    interfaces:
${many('      ')}
`

describe('a long text', () => {
  it('is taken apart at its top-level keys', () => {
    expect(yamlBlocks(text)?.map((block) => [block.line, block.text.split('\n').length])).toEqual([[0, 5], [4, 5], [8, 404]])
    expect(yamlBlocks(text)?.map((block) => block.text).join('')).toBe(text)
  })

  it.each([
    ['an anchor', text.replace('{vid: 100}', '&a {vid: 100}')],
    ['a marker of a document', `---\n${text}`],
    ['a list that is not indented', text.replace('  one:', '- one:')],
    ['an indented first key', ` a: 1\n${text}`],
    ['a merge key', text.replace('acls:', '<<:')],
    ['a bracket that is closed in a line of its own', text.replace('acls:', 'acls: {\n}\nx:')],
    ['nothing at all', '# nothing\n'],
  ])('is not taken apart where there is %s', (_, one) => {
    expect(yamlBlocks(one)).toBeUndefined()
  })

  it.each([
    ['itself', text],
    ['lines before it', text.replace('acls:', '# more\n# more\nacls:')],
    ['another rule', text.replace('80', '8080')],
    ['a mistake', text.replace('{tcp_dst: 80', '{tcp_dst: [80')],
    ['a key twice', text.replace('acls:', 'vlans:')],
    ['a quote that ends in another block', text.replace('office: {', 'office: "{')],
  ])('means what it means read at once, with the same places: %s', (_, one) => {
    readYaml(text, 'faucet.yaml')
    // A comment with an asterisk prevents that it is taken apart.
    const atOnce = readYaml(`${one}# *`, 'faucet.yaml')
    expect(readYaml(one, 'faucet.yaml')).toEqual(atOnce)
  })
})

describe('a long section', () => {
  const section = `acls: \n  # The first.\n  one:\n    - rule: {tcp_dst: 80}\n\n  2:\n    - rule: {}\n  # The end.\n`

  it('is taken apart at its keys', () => {
    const { key, line, entries } = yamlSection({ text: section, line: 3 }) ?? { key: '', line: 0, entries: [] }
    expect([key, line, entries.map((entry) => [entry.line, entry.text.split('\n').length])]).toEqual(['acls', 3, [[4, 5], [8, 4]]])
    expect(entries.map((entry) => entry.text).join('')).toBe(section.slice('acls: \n'.length))
  })

  it.each([
    ['a value in the same line', section.replace('acls: ', 'acls: {}')],
    ['a list', 'acls:\n  - one\n  - two\n'],
    ['nothing', 'acls:\n'],
    ['a key in quotes', section.replace('  2:', '  "2":')],
    ['a line further to the left', section.replace('  2:', ' 2:')],
  ])('is not taken apart where there is %s', (_, text) => {
    expect(yamlSection({ text, line: 0 })).toBeUndefined()
  })

  it.each([
    ['itself', ''],
    ['lines before it', '# more\n'],
  ])('means what it means read at once, with the same places, after a change of one entry: %s', (_, before) => {
    const many = (port: number) => Array.from({ length: 60 }, (_, index) => `  acl${String(index)}:\n    - rule: {tcp_dst: ${String(port)}, actions: {allow: 1}}`)
    const of = (port: number) => `${before}dps: {sw: {dp_id: 1}}\nacls:\n${[...many(80).slice(1), ...many(port).slice(0, 1)].join('\n')}\nvlans: {v: {vid: 1}}\n`
    readYaml(of(80), 'section.yaml')
    expect(readYaml(of(8080), 'section.yaml')).toEqual(readYaml(`${of(8080)}# *`, 'section.yaml'))
  })

  it('has a key twice, which is told', () => {
    const twice = `acls:\n${'  a: [{rule: {tcp_dst: 80}}]\n'.repeat(100)}`
    expect(readYaml(twice, 'twice.yaml').issues).toHaveLength(99)
  })
})

describe('values in other places', () => {
  it('say the same, unless they are others', () => {
    const value = readYaml('a: {b: [1, x, ~, 1.5, true]}', undefined).value
    const other = readYaml('\n\na: {b: [1, x, ~, 1.5, 1]}', undefined).value
    const same = readYaml('\n\na: {b: [1, x, ~, 1.5, true]}', undefined).value
    if (!value || !other || !same) throw new Error('not read')
    expect(movedDown(value, 2)).toEqual(same)
    expect([saysTheSame(value, same), saysTheSame(value, movedDown(value, 7)), saysTheSame(value, other)]).toEqual([true, true, false])
  })
})
