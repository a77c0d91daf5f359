import { describe, expect, it } from 'vitest'
import { formerIds, formersOf, readFormers, restoration } from './former-interface.js'

const link = (up: boolean, promiscuous = false) => ({ name: 'nic0', index: 1, up, promiscuous, mac: undefined, addresses: [] })

describe('FormerInterface', () => {
  it('is kept and read again', () => {
    const formers = new Map([['nic0', { up: true, promiscuous: false }], ['nic1', { up: false, promiscuous: true }]])
    expect(readFormers(formerIds(formers))).toEqual(formers)
    expect(formerIds(new Map())).toEqual({})
    expect([{}, { 'streambed-former': '{' }].map((ids) => readFormers(ids).size)).toEqual([0, 0])
    // Nothing is taken back of what is not known.
    expect(readFormers({ 'streambed-former': '{"nic0": null}' }).get('nic0')).toEqual({ up: true, promiscuous: true })
    expect(formersOf([link(true, true)])).toEqual(new Map([['nic0', { up: true, promiscuous: true }]]))
  })

  it('only takes back what came with the port', () => {
    const former = { up: false, promiscuous: false }
    expect(restoration(link(true, true), former)).toEqual({ up: false, promiscuous: false })
    expect(restoration(link(true, true), { up: true, promiscuous: true })).toBeUndefined()
    expect(restoration(link(false), { up: true, promiscuous: true })).toBeUndefined()
    expect(restoration(link(true), former)).toEqual({ up: false })
  })
})
