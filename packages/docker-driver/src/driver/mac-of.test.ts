import { expect, it } from 'vitest'
import { macOf } from './mac-of.js'

it('gives an endpoint always the same locally administered MAC address', () => {
  expect(macOf('e')).toBe(macOf('e'))
  expect(macOf('e')).not.toBe(macOf('f'))
  for (const id of ['a', 'b', 'c', 'd']) expect(parseInt(macOf(id).slice(0, 2), 16) & 3).toBe(2)
})
