import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CurrentFlow, diffFlows, type FlowDiff, type FlowInput } from './diff-flows.js'
import type { Match } from '../match.js'
import type { FlowModInput } from '../message/flow-mod.js'
import { OFPFF } from '../message/flow-mod.js'
import { OFPP } from '../constants.js'

const output = (port: number) => [{ type: 'apply_actions', actions: [{ type: 'output', port, maxLen: 0 }] }] as const

const flow = (change: Partial<CurrentFlow> = {}): CurrentFlow => ({
  tableId: 0,
  priority: 100,
  match: [{ field: 'in_port', value: 1 }],
  instructions: output(2),
  cookie: 0n,
  idleTimeout: 0,
  hardTimeout: 0,
  flags: 0,
  ...change,
})

const counts = ({ remove, modify, replace, add, unchanged }: FlowDiff) => ({
  remove: remove.length,
  modify: modify.length,
  replace: replace.length,
  add: add.length,
  unchanged,
})

describe('diffFlows', () => {
  it('adds what is missing, removes what is not wanted, and leaves the rest', () => {
    const diff = diffFlows([flow({ cookie: 7n }), flow({ priority: 1, cookie: 9n })], [flow({ cookie: 7n }), flow({ tableId: 3 })])
    expect(counts(diff)).toEqual({ remove: 1, modify: 0, replace: 0, add: 1, unchanged: 1 })
    expect(diff.add[0]).toMatchObject({ type: 'flow_mod', command: 'add', tableId: 3 })
    // Only while it is still the flow that was seen.
    expect(diff.remove[0]).toMatchObject({ command: 'delete_strict', priority: 1, cookie: 9n, cookieMask: 0x7fffffffffffffffn })
  })

  it('modifies a flow of which only the instructions differ', () => {
    const diff = diffFlows([flow({ cookie: 5n })], [flow({ cookie: 5n, instructions: output(3) })])
    expect(counts(diff)).toMatchObject({ modify: 1, replace: 0 })
    expect(diff.modify[0]).toMatchObject({ command: 'modify_strict', instructions: output(3) })
  })

  it.each<[string, Partial<CurrentFlow>]>([
    ['the cookie', { cookie: 1n }],
    ['the idle timeout', { idleTimeout: 5 }],
    ['the hard timeout', { hardTimeout: 5 }],
    ['a flag', { flags: OFPFF.SEND_FLOW_REM }],
  ])(
    'replaces a flow of which %s differs',
    (_, change) => {
      const diff = diffFlows([flow()], [flow(change)])
      expect(counts(diff)).toMatchObject({ modify: 0, replace: 1 })
      expect(diff.replace[0]).toMatchObject({ command: 'add', ...change })
    },
  )

  it('does not let a flow that is replaced overlap with itself', () => {
    const wanted = flow({ flags: OFPFF.CHECK_OVERLAP, cookie: 1n })
    expect(diffFlows([flow()], [wanted]).replace[0]?.flags).toBe(0)
    expect(diffFlows([], [wanted]).add[0]?.flags).toBe(OFPFF.CHECK_OVERLAP)
    // Switches do not keep this flag.
    expect(counts(diffFlows([flow({ cookie: 1n })], [wanted]))).toMatchObject({ unchanged: 1 })
  })

  it('takes the defaults of a flow-mod for what is left out', () => {
    expect(counts(diffFlows([flow({ priority: 0x8000, match: [], instructions: [] })], [{}]))).toMatchObject({ unchanged: 1 })
  })

  it.each([
    ['how much of a packet goes to a port', output(2), [{ type: 'apply_actions', actions: [{ type: 'output', port: 2, maxLen: 0xffff }] }]],
    [
      'the order of instructions',
      [...output(2), { type: 'goto_table', tableId: 1 }],
      [{ type: 'goto_table', tableId: 1 }, ...output(2)],
    ],
    ['empty lists of actions', [], [{ type: 'apply_actions', actions: [] }, { type: 'write_actions', actions: [] }]],
    [
      'metadata outside of its mask',
      [{ type: 'write_metadata', metadata: 1n, metadataMask: 0xfn }],
      [{ type: 'write_metadata', metadata: 0x11n, metadataMask: 0xfn }],
    ],
  ] as const)('does not care about %s', (_, one, other) => {
    expect(counts(diffFlows([flow({ instructions: one })], [flow({ instructions: other })]))).toMatchObject({ unchanged: 1 })
  })

  it('cares about the order of actions, and how much goes to the controller', () => {
    const [a, b] = [
      { type: 'output', port: 1, maxLen: 0 },
      { type: 'output', port: 2, maxLen: 0 },
    ] as const
    const list = (...actions: CurrentFlow['instructions'][number][] | never[]) => actions
    const apply = (...actions: (typeof a | typeof b)[]) => list({ type: 'apply_actions', actions })
    expect(counts(diffFlows([flow({ instructions: apply(a, b) })], [flow({ instructions: apply(b, a) })]))).toMatchObject({ modify: 1 })
    const controller = (maxLen: number) => [{ type: 'apply_actions', actions: [{ type: 'output', port: OFPP.CONTROLLER, maxLen }] }] as const
    expect(counts(diffFlows([flow({ instructions: controller(128) })], [flow({ instructions: controller(0xffff) })]))).toMatchObject({ modify: 1 })
  })

  it('refuses wanted flows that are the same, or have no table of their own', () => {
    expect(() => diffFlows([], [flow(), flow({ cookie: 3n })])).toThrow(/two of the wanted flows have table 0, priority 100/)
    expect(() => diffFlows([], [flow({ tableId: 255 })])).toThrow(/tableId of a wanted flow must be 0 to 254/)
  })
})

/** A switch in a few lines, which knows flows by the properties that the test varies, and not by `matchIdentity`. */
class Model {
  readonly flows = new Map<string, CurrentFlow>()

  apply(message: FlowModInput): void {
    const { tableId = 0, priority = 0x8000, match = [], cookie = 0n, cookieMask = 0n } = message
    const { idleTimeout = 0, hardTimeout = 0, flags = 0 } = message
    const instructions = (message.instructions ?? []) as CurrentFlow['instructions']
    const key = JSON.stringify([tableId, priority, [...match].sort((a, b) => (a.field < b.field ? -1 : 1))])
    const old = this.flows.get(key)
    switch (message.command) {
      case 'add':
        return void this.flows.set(key, { tableId, priority, match, cookie, idleTimeout, hardTimeout, flags, instructions })
      case 'modify_strict':
        if (!old) throw new Error('nothing to modify')
        return void this.flows.set(key, { ...old, instructions })
      case 'delete_strict':
        if (!old || ((old.cookie ^ cookie) & cookieMask) !== 0n) throw new Error('nothing to delete')
        return void this.flows.delete(key)
      default:
        throw new Error(`not expected: ${message.command}`)
    }
  }
}

const matches: fc.Arbitrary<Match> = fc
  .record({ port: fc.option(fc.integer({ min: 1, max: 2 })), type: fc.option(fc.constantFrom(0x800, 0x806)), swap: fc.boolean() })
  .map(({ port, type, swap }) => {
    const fields = [
      ...(port === null ? [] : [{ field: 'in_port', value: port } as const]),
      ...(type === null ? [] : [{ field: 'eth_type', value: type } as const]),
    ]
    return swap ? fields.reverse() : fields
  })

const flows: fc.Arbitrary<FlowInput[]> = fc.uniqueArray(
  fc.record({
    tableId: fc.integer({ min: 0, max: 1 }),
    priority: fc.integer({ min: 1, max: 2 }),
    match: matches,
    cookie: fc.bigInt({ min: 0n, max: 1n }),
    idleTimeout: fc.constantFrom(0, 0, 60),
    hardTimeout: fc.constantFrom(0, 0, 60),
    flags: fc.constantFrom(0, OFPFF.SEND_FLOW_REM),
    instructions: fc.integer({ min: 1, max: 2 }).map(output),
  }),
  { selector: ({ tableId, priority, match }) => JSON.stringify([tableId, priority, [...match].sort((a, b) => (a.field < b.field ? -1 : 1))]) },
)

const all = ({ remove, modify, replace, add }: FlowDiff) => [...remove, ...modify, ...replace, ...add]

describe('diffFlows, for any flows', () => {
  it('turns what is there into what is wanted, touches nothing twice, and then has nothing to do', () => {
    fc.assert(
      fc.property(flows, flows, (before, wanted) => {
        const model = new Model()
        for (const item of before) model.apply({ ...item, type: 'flow_mod', command: 'add' })
        const target = new Model()
        for (const item of wanted) target.apply({ ...item, type: 'flow_mod', command: 'add' })
        const diff = diffFlows(model.flows.values(), wanted)
        const messages = all(diff)
        const same = [...target.flows].filter(([key, item]) => show(model.flows.get(key)) === show(item)).length
        expect(diff.unchanged).toBe(same)
        expect(messages).toHaveLength(new Set([...model.flows.keys(), ...target.flows.keys()]).size - same)
        for (const message of messages) model.apply(message)
        expect([...model.flows].map(([key, item]) => [key, show(item)]).sort()).toEqual(
          [...target.flows].map(([key, item]) => [key, show(item)]).sort(),
        )
        expect(all(diffFlows(model.flows.values(), wanted))).toEqual([])
      }),
    )
  })
})

/** Without the match, whose order may differ. */
function show(item: CurrentFlow | undefined): string | undefined {
  if (!item) return undefined
  const { match: _, ...rest } = item
  return JSON.stringify(Object.entries(rest).sort(), (__, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}
