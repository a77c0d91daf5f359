import { describe, expect, it } from 'vitest'
import type { DockerContainer } from '../docker/docker-engine.js'
import { MacPrefixes, wantsPrefix } from './mac-prefixes.js'

const plain: DockerContainer = { id: 'a', name: 'a', labels: { 'com.example': 'x' }, state: 'running', networks: new Map() }
const own: DockerContainer = { ...plain, id: 'b', labels: { 'dovesnap.faucet.mac_prefix': '0e:00' } }
const created = { type: 'container', action: 'create', id: 'b', attributes: own.labels } as const

describe('whether a container may ask for a MAC address', () => {
  it('is possible until Docker has listed all', () => {
    const prefixes = new MacPrefixes()
    expect(prefixes.possible).toBe(true)
    prefixes.listed([plain], prefixes.mark)
    expect(prefixes.possible).toBe(false)
    prefixes.listed([plain, own], prefixes.mark)
    expect(prefixes.possible).toBe(true)
  })

  it('is possible when one is created, also while Docker lists those before', () => {
    const prefixes = new MacPrefixes()
    const mark = prefixes.mark
    prefixes.heard(created)
    prefixes.listed([plain], mark)
    expect(prefixes.possible).toBe(true)
    prefixes.listed([plain], prefixes.mark)
    expect(prefixes.possible).toBe(false)
  })

  it('does not change by others, and is possible again when Docker was not heard', () => {
    const prefixes = new MacPrefixes()
    prefixes.listed([], prefixes.mark)
    prefixes.heard({ ...created, attributes: plain.labels })
    prefixes.heard({ ...created, type: 'network' })
    prefixes.heard({ ...created, attributes: { 'dovesnap.faucet.mac_prefix': '' } })
    expect(prefixes.possible).toBe(false)
    prefixes.forget()
    expect(prefixes.possible).toBe(true)
  })
})

it('knows the labels', () => {
  expect([{}, { 'streambed.mac_prefix': '' }, { 'streambed.mac_prefix': '0e' }, { 'dovesnap.faucet.mac_prefix': '0e' }].map(wantsPrefix)).toEqual([false, false, true, true])
})
