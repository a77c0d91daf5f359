import { describe, expect, it } from 'vitest'
import type { Network } from '../model/network.js'
import { Ledger, ofNetwork, withNetwork, withoutNetwork } from './ledger.js'

const network = (id: string): Network => ({ id, name: id }) as Network

function ledger(refuses: (ids: readonly string[]) => boolean = () => false) {
  const written: string[][] = []
  const made = new Ledger(new Map(), async (networks) => {
    const ids = networks.map(({ id }) => id)
    written.push(ids)
    await Promise.resolve()
    if (refuses(ids)) throw new Error(`no ${ids.join()}`)
  })
  return { made, written }
}

describe('Ledger', () => {
  it('gives changes of the same moment to the controller together', async () => {
    const { made, written } = ledger()
    await Promise.all([made.change(withNetwork(network('a'))), made.change(withNetwork(network('b')))])
    expect(written).toEqual([['a', 'b']])
    expect([...made.networks.keys()]).toEqual(['a', 'b'])
    await made.change(withoutNetwork('a'))
    expect([...made.networks.keys()]).toEqual(['b'])
  })

  it('lets only the change fail that is refused', async () => {
    const { made, written } = ledger((ids) => ids.includes('bad'))
    const results = await Promise.allSettled(['a', 'bad', 'c'].map((id) => made.change(withNetwork(network(id)))))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(written).toEqual([['a', 'bad', 'c'], ['a'], ['a', 'bad'], ['a', 'c']])
    expect([...made.networks.keys()]).toEqual(['a', 'c'])
  })

  it('keeps what was noted while the controller was busy', async () => {
    const { made } = ledger()
    made.note(withNetwork(network('a')))
    const change = made.change(ofNetwork('a', (was) => ({ ...was, bridge: 'odsbr' })))
    made.note(ofNetwork('a', (was) => ({ ...was, name: 'lab' })))
    await change
    await made.settled()
    expect(made.networks.get('a')).toMatchObject({ name: 'lab', bridge: 'odsbr' })
    made.note(ofNetwork('b', (was) => was))
    expect(made.networks.size).toBe(1)
  })
})
