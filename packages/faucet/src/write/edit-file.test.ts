import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FaucetConfig } from '../config/model.js'
import { addPortAcl } from '../edit/port-acl.js'
import { addPortMirror, clearPortMirror } from '../edit/port-mirror.js'
import { deleteDpInterfaces, setDpInterfaces } from '../edit/dps.js'
import { setAcl, setPermanentLearning, setPortVlan, setVlan } from '../edit/vlan.js'
import { equalValues } from '../edit/value.js'
import type { ConfigMapping, ConfigValue } from '../edit/value.js'
import { anyConfig } from './arbitrary.test-data.js'
import { editFaucetFile } from './edit-file.js'
import { documentValue, readDocument } from './read-yaml.js'
import { formatFlow, stringifyFaucetConfig } from './stringify.js'

const file = `---
# The network of the second floor.
vlans:
    office:            # everybody
        vid: 0x64
        faucet_vips: ['10.0.0.254/24']


    guests: {vid: 200, description: "no  printers"}   # and visitors

dps:
    sw1:
        dp_id: 0x00000000000000cafe
        hardware: "Open vSwitch"
        interfaces:
            # the desk at the door
            1:
                native_vlan: office   # was: guests
                acls_in: [web,  mail]
            2: {native_vlan: guests, permanent_learn: false}
            # reserve
            5:
                output_only: true

acls:
    web:
      # no telnet
      - rule:
          dl_type: 0x800
          nw_proto: 6
          tcp_dst: 23
          actions: {allow: 0}
      # and the rest
      - rule:
          actions: {allow: 1}
    mail:
    - rule: {actions: {allow: 1}}
# the end
`

/** The lines that an edit took away and put in. */
function changedLines(edit: (config: FaucetConfig) => FaucetConfig, text = file) {
  const [before, after] = [text.split('\n'), editFaucetFile(text, edit).split('\n')]
  let start = 0
  while (before[start] === after[start] && start < before.length) start++
  let end = 0
  while (before.at(-1 - end) === after.at(-1 - end) && end < before.length - start && end < after.length - start) end++
  return { removed: before.slice(start, before.length - end), added: after.slice(start, after.length - end) }
}

describe('editFaucetFile', () => {
  it('gives back the same text when nothing changes', () => {
    expect(editFaucetFile(file, (config) => ({ ...config }))).toBe(file)
  })

  it('changes a scalar and keeps the comment beside it', () => {
    expect(changedLines((config) => setPortVlan(config, 'sw1', 1, 'guests'))).toEqual({
      removed: ['                native_vlan: office   # was: guests'],
      added: ['                native_vlan: guests   # was: guests'],
    })
  })

  it('keeps the style of the value that it changes', () => {
    const vid = changedLines((config) => setVlan(config, 'office', { ...config.vlans?.office, vid: 101 }))
    expect(vid.added).toEqual(['        vid: 0x65'])
    const flow = changedLines((config) => setPermanentLearning(config, 'sw1', 2, true))
    expect(flow.added).toEqual(['            2: {native_vlan: guests, permanent_learn: true}'])
  })

  it('adds to a list and to a mapping in flow style', () => {
    expect(changedLines((config) => addPortAcl(config, 'sw1', 1, 'dns')).added).toEqual([
      '                acls_in: [web,  mail, dns]',
    ])
    expect(changedLines((config) => addPortAcl(config, 'sw1', 2, 'dns')).added).toEqual([
      '            2: {native_vlan: guests, permanent_learn: false, acls_in: [dns]}',
    ])
  })

  it('adds an option, in the indentation of the file', () => {
    expect(changedLines((config) => addPortMirror(config, 'sw1', 1, 5))).toEqual({
      removed: [],
      added: ['                mirror: [1]'],
    })
  })

  it('puts a new port between its neighbours', () => {
    expect(changedLines((config) => setDpInterfaces(config, { sw1: { 3: { stack: { dp: 'sw2', port: 1 } } } }))).toEqual({
      removed: [],
      added: ['            3:', '                stack:', '                    dp: sw2', '                    port: 1'],
    })
  })

  it('removes a port and nothing else', () => {
    expect(changedLines((config) => deleteDpInterfaces(config, { sw1: [1] }))).toEqual({
      removed: [
        '            1:',
        '                native_vlan: office   # was: guests',
        '                acls_in: [web,  mail]',
      ],
      added: [],
    })
  })

  it('adds a section after an empty line', () => {
    const { removed, added } = changedLines((config) => ({ ...config, meters: { m: { meter_id: 1, entry: { flags: 'KBPS', bands: [] } } } }))
    expect(removed).toEqual([])
    expect(added.slice(0, 3)).toEqual(['', 'meters:', '    m:'])
  })

  it('changes one rule of an ACL and inserts another', () => {
    const deny443 = { rule: { dl_type: 0x800, nw_proto: 6, tcp_dst: 443, actions: { allow: 0 } } }
    const { removed, added } = changedLines((config) => {
      const rules = config.acls?.web as readonly { rule: object }[]
      return setAcl(config, 'web', [rules[0], deny443, rules[1]] as never)
    })
    expect(removed).toEqual([])
    expect(added).toContain('            tcp_dst: 443')
    const changed = changedLines((config) => {
      const rules = structuredClone(config.acls?.web) as { rule: { tcp_dst?: number } }[]
      if (rules[0] !== undefined) rules[0].rule.tcp_dst = 22
      return setAcl(config, 'web', rules as never)
    })
    expect(changed).toEqual({ removed: ['          tcp_dst: 23'], added: ['          tcp_dst: 22'] })
  })

  it('writes what empties as an empty list', () => {
    const text = 'dps:\n  a:\n    interfaces:\n      1:\n        mirror:\n          - 2 # b\n      2: {}\n'
    expect(editFaucetFile(text, (config) => clearPortMirror(config, 'a', 1))).toContain('        mirror: [] # b\n')
  })

  it('keeps the line ends of the file', () => {
    const text = 'vlans:\r\n  a: # one\r\n    vid: 1\r\n'
    const edited = editFaucetFile(text, (config) => setVlan(config, 'b', { vid: 2 }))
    expect(edited).toBe('vlans:\r\n  a: # one\r\n    vid: 1\r\n  b:\r\n    vid: 2\r\n')
  })

  it('fills an empty file and keeps its comment', () => {
    expect(editFaucetFile('# nothing yet\n', () => ({ vlans: { a: { vid: 1 } } }))).toBe(
      '# nothing yet\nvlans:\n  a:\n    vid: 1\n',
    )
  })

  it('fills a section without content', () => {
    expect(editFaucetFile('dps:   # soon\nvlans:\n', (config) => setVlan({ ...config, vlans: {} }, 'a', { vid: 1 }))).toBe(
      'dps:   # soon\nvlans:\n  a:\n    vid: 1\n',
    )
  })

  const anchored = `dps:
  a:
    dp_id: 1
    interfaces:
      1: &desk
        native_vlan: 100 # desks
      2: *desk
      3:
        <<: *desk
        enabled: false
`

  it('changes an alias without what it stands for', () => {
    const edited = editFaucetFile(anchored, (config) => setPortVlan(config, 'a', 2, 200))
    expect(edited).toBe(anchored.replace('2: *desk', '2:\n        native_vlan: 200'))
  })

  it('overrides what a merge key brings', () => {
    const edited = editFaucetFile(anchored, (config) => setPortVlan(config, 'a', 3, 200))
    expect(edited).toBe(`${anchored}        native_vlan: 200\n`)
  })

  it('changes what others refer to only in the one place', () => {
    const edited = editFaucetFile(anchored, (config) => setPortVlan(config, 'a', 1, 200))
    expect(documentValue(readDocument(edited))).toEqual({
      dps: {
        a: {
          dp_id: 1,
          interfaces: { 1: { native_vlan: 200 }, 2: { native_vlan: 100 }, 3: { native_vlan: 100, enabled: false } },
        },
      },
    })
    expect(edited).toContain('# desks')
  })

  it('indents lines in brackets that only Faucet reads, when something is changed', () => {
    const text = 'dps:\n  a: {dp_id: 1, interfaces: {\n1: {native_vlan: 100}, # desk\n}}\nvlans:\n  x: {vid: 100} # one\n'
    expect(editFaucetFile(text, (config) => config)).toBe(text)
    expect(editFaucetFile(text, (config) => ({ ...config, vlans: { x: { vid: 200 } } }))).toBe(
      text.replace('\n1:', '\n      1:').replace('\n}}', '\n      }}').replace('vid: 100', 'vid: 200'),
    )
  })

  it('refuses what is not YAML, and no mapping', () => {
    expect(() => editFaucetFile('a: [', (config) => config)).toThrow('the file is not YAML')
    expect(() => editFaucetFile('- a', (config) => config)).toThrow('the file is ["a"]; it must be a mapping')
  })

  it('reads as the edited configuration, whatever the edit', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, fc.boolean(), (before, after, flow) => {
        const text = flow ? `${formatFlow(before as ConfigMapping, [])}\n` : stringifyFaucetConfig(before)
        const edited = editFaucetFile(text, () => after)
        expect(equalValues(documentValue(readDocument(edited)), after as unknown as ConfigValue)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('keeps every comment when it changes one scalar among many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(29), fc.nat(4095), (count, at, vid) => {
        const ports = Array.from({ length: count }, (_, index) => `      ${index + 1}: # port ${index + 1}\n        native_vlan: x # v\n`)
        const text = `dps:\n  a:\n    interfaces:\n${ports.join('')}`
        const edited = editFaucetFile(text, (config) => setPortVlan(config, 'a', (at % count) + 1, vid))
        expect(edited.replace(`native_vlan: ${vid} # v`, 'native_vlan: x # v')).toBe(text)
      }),
    )
  })
})
