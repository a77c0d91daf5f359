import { expect, it } from 'vitest'
import { Told } from './told.js'

it('tells what is new, and again what was gone', () => {
  const told = new Told()
  expect(told.news(['a', 'b', 'a'])).toEqual(['a', 'b'])
  expect(told.news(['b', 'c'])).toEqual(['c'])
  expect(told.news([])).toEqual([])
  expect(told.news(['a'])).toEqual(['a'])
})
