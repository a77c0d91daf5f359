import { expect, it } from 'vitest'
import { tlvInfo } from './tlv-info.js'

it.each([
  ['01406500', '01406500'],
  [' 0A ff\t00 ', '0aff00'],
  ['', ''],
  ['text', '74657874'],
  // Blanks only stand between octets.
  ['0 0', '302030'],
  ['012', '303132'],
])('%j stands for the octets %s', (text, octets) => {
  expect(tlvInfo(text)).toBe(octets)
})
