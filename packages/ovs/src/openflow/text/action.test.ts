import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { OvsError } from '../../errors.js'
import { actionsArbitrary } from '../action/action.arbitrary.js'
import type { Action } from '../action/index.js'
import { parseActions, printActions } from './action.js'
import { parseFlow } from './flow.js'
import { parseMatch } from './match.js'

test('no actions are drop', () => {
  expect(printActions([])).toBe('drop')
  expect(parseActions('drop')).toEqual([])
})

describe('the older actions depend on the packets', () => {
  test.each([
    ['', 'mod_vlan_vid:5', 'push_vlan:0x8100,set_field:4101->vlan_vid'],
    ['dl_vlan=3', 'mod_vlan_vid:5', 'set_field:4101->vlan_vid'],
    ['dl_vlan=3', 'strip_vlan,mod_vlan_pcp:5', 'pop_vlan,push_vlan:0x8100,set_field:5->vlan_pcp'],
    ['', 'push_vlan:0x88a8,mod_vlan_vid:5', 'push_vlan:0x88a8,set_field:4101->vlan_vid'],
    ['tcp', 'mod_tp_dst:80', 'set_field:80->tcp_dst'],
    ['udp6', 'mod_tp_src:80', 'set_field:80->udp_src'],
    ['sctp', 'mod_tp_src:80', 'set_field:80->sctp_src'],
    ['ip', 'mod_nw_tos:16,mod_nw_ecn:1', 'set_field:4->ip_dscp,set_field:1->nw_ecn'],
  ])('%s %s', (match, text, printed) => {
    expect(printActions(parseActions(text, parseMatch(match)))).toBe(printed)
  })
})

describe('what OpenFlow 1.3 has and Open vSwitch has not', () => {
  test.each([
    [{ type: 'copy_ttl_out' }, 'copy_ttl_out'],
    [{ type: 'push_pbb', ethertype: 0x88e7 }, 'push_pbb:0x88e7'],
    [{ type: 'pop_pbb' }, 'pop_pbb'],
    [
      { type: 'experimenter', experimenter: 0xabcdef, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      'experimenter(0xabcdef,01.02.03.04.05.06.07.08)',
    ],
    [{ type: 'unknown', actionType: 99, data: Uint8Array.of(1, 2, 3, 4) }, 'unknown(99,01.02.03.04)'],
  ] as [Action, string][])('%# has a text as well', (action, text) => {
    expect(printActions([action])).toBe(text)
    expect(parseActions(text)).toEqual([action])
  })
})

test('what is printed is read as something that is printed the same', () => {
  fc.assert(
    fc.property(actionsArbitrary, (actions) => {
      const text = printActions(actions)
      try {
        const again = parseActions(text)
        expect(printActions(parseActions(printActions(again)))).toBe(printActions(again))
      } catch (error) {
        // Not all that can be on the wire makes sense, such as a mask on a field that takes none.
        if (!(error instanceof OvsError) || error.code !== 'invalid') throw error
      }
    }),
    { numRuns: 300 },
  )
})

test('any text is read or refused', () => {
  const texts = readFileSync(new URL('flow.golden.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t')[0] as string)
  const mutated = fc
    .tuple(
      fc.constantFrom(...texts),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'()[],:=->./0x9aZ '), fc.boolean()), { maxLength: 4 }),
    )
    .map(([text, changes]) =>
      changes.reduce((changed, [at, character, insert]) => {
        const index = at % (changed.length + 1)
        return changed.slice(0, index) + character + changed.slice(insert ? index : index + 1)
      }, text),
    )
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string().map((text) => `actions=${text}`)), (text) => {
      try {
        parseFlow(text)
      } catch (error) {
        if (!(error instanceof OvsError)) throw error
        expect(error.code).toBe('invalid')
      }
    }),
    { numRuns: 2000 },
  )
})
