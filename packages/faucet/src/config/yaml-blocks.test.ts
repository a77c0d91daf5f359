import { describe, expect, it } from 'vitest'
import { readYaml } from './yaml.js'
import { yamlBlocks } from './yaml-blocks.js'

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
