import { describe, expect, it } from 'vitest'
import { type InterfaceState, ofportsWhenDone } from './commit.js'

const state = (name: string, ofport?: bigint, error?: string): InterfaceState => ({ name, ofport, error })

function done(
  interfaces: readonly InterfaceState[],
  curCfg: bigint | undefined = 5n,
  names = interfaces.map(({ name }) => name),
) {
  return ofportsWhenDone({ cfg: 5n, interfaces: names }, curCfg, (name) =>
    interfaces.find((each) => each.name === name),
  )
}

describe('ofportsWhenDone', () => {
  it('waits for the configuration, even when ports have their numbers and errors are there from before', () => {
    expect(done([state('a', 1n)], 4n)).toBeUndefined()
    expect(done([state('a', -1n, 'old')], 4n)).toBeUndefined()
    expect(ofportsWhenDone({ cfg: 5n, interfaces: [] }, undefined, () => undefined)).toBeUndefined()
  })

  it('waits for the number of every port', () => {
    expect(done([state('a', 1n), state('b')])).toBeUndefined()
    expect(done([state('a', 1n), state('b', 2n)], 6n)).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
    expect(done([])).toEqual(new Map())
  })

  it('names every interface that failed, with its error', () => {
    const interfaces = [
      state('a', 1n),
      state('b', -1n, 'could not open network device b (No such device)'),
      state('c', -1n),
      state('d', undefined, 'bad'),
    ]
    expect(() => done(interfaces)).toThrow(
      expect.objectContaining({
        code: 'interface',
        message:
          '[interface] Open vSwitch could not bring up 3 interfaces: b: could not open network device b (No such device); c: ofport -1; d: bad',
        detail: {
          type: 'interfaces',
          interfaces: new Map([
            ['b', 'could not open network device b (No such device)'],
            ['c', 'ofport -1'],
            ['d', 'bad'],
          ]),
        },
      }),
    )
  })

  it('says that an interface does not exist', () => {
    expect(() => done([], 5n, ['x'])).toThrow(
      '[interface] Open vSwitch could not bring up an interface: x: no such row in the table Interface',
    )
  })
})
