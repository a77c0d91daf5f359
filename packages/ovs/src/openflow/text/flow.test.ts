import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage } from '../message.js'
import type { FlowMod } from '../message/flow-mod.js'
import { parseFlow, printFlow, printFlowMod, printFlowStats } from './flow.js'

const golden = readFileSync(new URL('flow.golden.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [text: string, hex: string, printed: string])

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const flowMod = (hex: string) => decodeMessage(Buffer.from(hex, 'hex')) as FlowMod

// ovs-ofctl drops what the rest of the match makes impossible.
const likeOvs = { inapplicable: 'drop' } as const

test('there is a broad set of flows', () => expect(golden.length).toBeGreaterThan(250))

test.each(golden)('%s', (text, hex, printed) => {
  expect(hexOf(encodeMessage(parseFlow(text, likeOvs)))).toBe(hex)
  expect(printFlowMod(flowMod(hex))).toBe(printed)
})

test.each([
  'delete',
  'delete table=3',
  'delete cookie=0x1f/0xf,out_port=LOCAL,out_group=5',
  'delete_strict table=1, priority=5,tcp',
  'modify table=2, ip actions=output:1',
  'modify_strict cookie=0x5/0xff, table=1, idle_timeout=4, send_flow_rem priority=7,ip actions=output:1',
])('%s is printed so that it can be read again', (text) => {
  const bytes = encodeMessage(parseFlow(text))
  const flow = decodeMessage(bytes) as FlowMod
  expect(encodeMessage(parseFlow(printFlow(flow)))).toEqual(bytes)
})

test('what is printed in the form of dump-flows is read again', () => {
  for (const [, hex] of golden) {
    const text = printFlow(flowMod(hex))
    const again = encodeMessage(parseFlow(text, likeOvs))
    expect(printFlow(decodeMessage(again) as FlowMod)).toBe(text)
  }
})

test('a flow with its counters is printed as dump-flows does, and read without them', () => {
  const { match, instructions } = flowMod(hexOf(encodeMessage(parseFlow('tcp,tcp_dst=80 actions=output:1'))))
  const line = printFlowStats({
    tableId: 3,
    durationSec: 12,
    durationNsec: 345_000_000,
    priority: 5,
    idleTimeout: 60,
    hardTimeout: 0,
    flags: 1,
    cookie: 0xabn,
    packetCount: 7n,
    byteCount: 420n,
    match,
    instructions,
  })
  expect(line).toBe(
    ' cookie=0xab, duration=12.345s, table=3, n_packets=7, n_bytes=420, idle_timeout=60, send_flow_rem ' +
      'priority=5,tcp,tp_dst=80 actions=output:1',
  )
  const read = { command: 'add', tableId: 3, priority: 5, cookie: 0xabn, idleTimeout: 60, flags: 1 }
  expect(parseFlow(line)).toMatchObject(read)
})

describe('errors show the place', () => {
  test.each([
    ['tcp,tcp_dst=80', 15, 'actions= must follow, such as actions=output:1 or actions=drop'],
    ['tcp,tcp_dest=80 actions=drop', 5, 'there is no "tcp_dest" in a flow to add'],
    ['priority=70000,actions=drop', 10, 'priority must fit into 2 bytes'],
    ['out_port=1,actions=drop', 1, 'there is no "out_port" in a flow to add'],
    ['cookie=1/2,actions=drop', 8, 'add has none'],
    ['delete cookie=1', 15, 'it needs a mask, such as 0x1/-1'],
    ['delete priority=5', 8, 'there is no "priority" in a flow to delete'],
    ['actions=outputt:1', 9, 'there is no action "outputt" in ovs-actions(7)'],
    ['ip,actions=output:1,set_field:10.0.0.300->ip_src', 31, 'IPv4 address'],
    ['actions=set_field:1->regg0', 22, '"regg0" is no field of ovs-fields(7)'],
    ['actions=load:0x100->reg0[0..7]', 14, 'the value must fit into 8 bits'],
    ['actions=move:reg0[0..3]->reg1[0..7]', 26, 'the source has 4 bits and the destination 8'],
    ['actions=output:reg0[3..40]', 20, 'reg0 has bits 0 to 31'],
    ['actions=goto_table:1,output:1', 22, 'actions must come before goto_table'],
    ['actions=goto_table:1,meter:1', 22, 'meter must come before goto_table'],
    ['actions=drop,output:1', 9, 'drop must be alone'],
    ['actions=mod_tp_dst:80', 20, 'mod_tp_dst needs a match on tcp, udp or sctp'],
    ['ip,actions=ct(commit,nat(src=10.0.0.9-10.0.0.1))', 30, 'the lower one first'],
    ['ip,actions=ct(commit,exec(set_field:1->ct_mark,foo))', 48, 'there is no action "foo"'],
    ['actions=clone(output:1', 14, 'not closed'],
    ['actions=learn(table=1,foo=1)', 23, 'a property of the new flow, a field, load or output, not foo'],
    ['actions=resubmit(,)', 18, 'resubmit must have a port or a table'],
    ['actions=conjunction(1,3/2)', 21, 'the clause must be from 1 to 2'],
    ['actions=apply_actions(output:1)', 9, 'leave apply_actions away'],
    ['actions=write_actions(goto_table:1)', 23, 'goto_table is an instruction'],
    ['actions=controller(reason=foo)', 27, 'reason must be one of no_match, action'],
    ['actions=note:0', 14, 'pairs of digits'],
  ])('%s', (text, character, message) => {
    expect(() => parseFlow(text)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        message: expect.stringMatching(new RegExp(`\\(at character ${character}\\)`)),
      }),
    )
    expect(() => parseFlow(text)).toThrow(message)
  })

  test('actions are nested no deeper than the limit', () => {
    const nested = (depth: number) => `actions=${'clone('.repeat(depth)}output:1${')'.repeat(depth)}`
    expect(() => encodeMessage(parseFlow(nested(64)))).not.toThrow()
    expect(() => parseFlow(nested(65))).toThrow('actions may be nested 64 deep')
    expect(() => parseFlow(nested(100_000))).toThrow('actions may be nested 64 deep')
  })
})
