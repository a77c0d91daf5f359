import { expect, it } from 'vitest'
import { settled } from './settled.js'

it('waits for all steps, and gives what they came to', async () => {
  expect(await settled([1, Promise.resolve('two'), undefined])).toEqual([1, 'two', undefined])
})

it('fails with the first error, when all are over', async () => {
  let over = false
  const slow = new Promise<void>((resolve) => setImmediate(() => resolve())).then(() => (over = true))
  await expect(settled([Promise.reject(new Error('no')), slow, Promise.reject(new Error('neither'))])).rejects.toThrow('no')
  expect(over).toBe(true)
})
