import { expect, it } from 'vitest'
import { EventQueue } from './event-queue.js'

it('drops the oldest when it is full', () => {
  const queue = new EventQueue<number>(3)
  for (let item = 1; item <= 5; item++) queue.push(item)
  expect([queue.dropped, queue.size]).toEqual([2, 3])
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([3, 4, 5, undefined])
})

it('takes back what could not be used, where there is room', () => {
  const queue = new EventQueue<number>(2)
  queue.push(1)
  const taken = queue.take() ?? 0
  queue.push(2)
  queue.putBack(taken)
  expect([queue.take(), queue.take(), queue.dropped]).toEqual([1, 2, 0])
  queue.push(3)
  queue.push(4)
  queue.putBack(taken)
  expect([queue.take(), queue.take(), queue.dropped]).toEqual([3, 4, 1])
})
