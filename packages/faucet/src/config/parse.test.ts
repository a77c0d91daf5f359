import { describe, expect, it } from 'vitest'
import { loadFaucetConfig, parseFaucetConfig } from './parse.js'
import { placeOf } from './value.js'

const dps = 'dps:\n  sw1: {dp_id: 1, interfaces: {1: {native_vlan: 1}}}\n'

describe('parseFaucetConfig', () => {
  it('reads scalars as YAML 1.2 with exact integers', () => {
    const { config, issues } = parseFaucetConfig(`
dps:
  sw1:
    dp_id: 0xffffffffffffffff
    timeout: 010
    description: yes
    cookie: 1_000
    faucet_dp_mac: 0e:00:00:00:00:01
    interfaces: {1: {}}
`)
    expect(issues).toEqual([])
    expect(config.dps?.['sw1']).toEqual({
      dp_id: 0xffffffffffffffffn,
      timeout: 10,
      description: 'yes',
      cookie: 1000,
      faucet_dp_mac: '0e:00:00:00:00:01',
      interfaces: { 1: {} },
    })
  })

  it('refuses duplicate keys with their place', () => {
    expect(parseFaucetConfig('dps:\n  a: {}\n  a: {}\n').issues).toMatchObject([{ line: 3, column: 3 }])
  })

  it('keeps keys that JavaScript treats specially', () => {
    const { config } = parseFaucetConfig('dps:\n  __proto__: {dp_id: 1}\n')
    expect(Object.keys(config.dps ?? {})).toEqual(['__proto__'])
  })

  it('knows where its mappings stand, in which file', () => {
    const { config } = parseFaucetConfig({
      'net/faucet.yaml': `include: [acls.yaml]\n${dps}`,
      'net/acls.yaml': 'acls:\n  office:\n    - rule:\n        actions: {allow: 0}\n    - {actions: {allow: 1}}\n',
    })
    const { office } = config.acls ?? {}
    const rules = office as readonly object[]
    expect(rules.map(placeOf)).toEqual([
      { file: 'net/acls.yaml', line: 3, column: 7 },
      { file: 'net/acls.yaml', line: 5, column: 7 },
    ])
    expect(placeOf(config.dps?.['sw1'] ?? {})).toEqual({ file: 'net/faucet.yaml', line: 3, column: 8 })
    expect(placeOf({ ...rules[0] })).toBeUndefined()
  })

  it('merges anchors, the own key first', () => {
    const { config } = parseFaucetConfig(`vlans: {1: &base {name: a, vid: 1}, 2: {<<: *base, vid: 2}}\n${dps}`)
    expect(config.vlans?.['2']).toEqual({ name: 'a', vid: 2 })
  })

  it('includes relative to the including file; the include wins', () => {
    const { config, issues, files } = parseFaucetConfig({
      'etc/faucet.yaml': `include: [sub/more.yaml]\nvlans: {a: {vid: 1}}\n${dps}`,
      'etc/sub/more.yaml': 'include-optional: [none.yaml, ../acls.yaml]\nvlans: {a: {vid: 2}}\n',
      'etc/acls.yaml': 'acls: {x: [{rule: {}}]}\n',
    })
    expect(issues).toEqual([])
    expect(config.vlans).toEqual({ a: { vid: 2 } })
    expect(Object.keys(config.acls ?? {})).toEqual(['x'])
    expect(files.map((file) => [file.name, file.text === undefined])).toEqual([
      ['etc/faucet.yaml', false],
      ['etc/sub/more.yaml', false],
      ['etc/sub/none.yaml', true],
      ['etc/acls.yaml', false],
    ])
  })

  it('refuses a loop and a missing include', () => {
    const loop = parseFaucetConfig({ a: `include: [b]\n${dps}`, b: 'include: [a]\n' })
    expect(loop.issues).toMatchObject([{ file: 'b', line: 1, path: ['include'] }])
    expect(parseFaucetConfig({ a: `include: [b]\n${dps}` }).issues).toMatchObject([{ file: 'a', line: 1 }])
  })
})

describe('loadFaucetConfig', () => {
  it('reads by the given function, and says what it cannot read', () => {
    const loaded = loadFaucetConfig('/x/faucet.yaml', { readFile: (name) => (name === '/x/faucet.yaml' ? dps : undefined) })
    expect(loaded.issues).toEqual([])
    expect(loadFaucetConfig('/nowhere/faucet.yaml').issues).toMatchObject([{ file: '/nowhere/faucet.yaml' }])
  })
})
