import { describe, expect, it } from 'vitest'
import { OvsError } from '../../errors.js'
import type { MessageInput } from '../message.js'
import { execute, type ExecutePort } from './execute.js'

const message = (groupId: number): MessageInput => ({ type: 'group_mod', command: 'add', groupId })

/** A switch that refuses some groups at once, and answers barriers when it is told to, or at once. */
function fakePort({ refuse = [], manual = false }: { refuse?: number[]; manual?: boolean } = {}) {
  const barriers: (() => void)[] = []
  const state = { sent: 0, tracked: 0, most: 0, barriers: 0 }
  const port: ExecutePort = {
    track: (input, onError) => {
      state.sent++
      state.most = Math.max(state.most, ++state.tracked)
      if (input.type === 'group_mod' && refuse.includes(input.groupId))
        onError(new OvsError('peer', `group ${input.groupId} is refused`))
      return { release: () => void state.tracked-- }
    },
    barrier: () => {
      state.barriers++
      return manual ? new Promise((resolve) => barriers.push(resolve)) : Promise.resolve()
    },
    room: () => undefined,
  }
  return { port, state, barriers }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => message(index))

describe('execute', () => {
  it('confirms with one barrier for each thousand messages, and the rest', async () => {
    const { port, state } = fakePort()
    expect(await execute(port, range(2500), undefined)).toBe(2500)
    expect(state).toMatchObject({ sent: 2500, barriers: 3, tracked: 0 })
  })

  it('does nothing for nothing', async () => {
    const { port, state } = fakePort()
    expect(await execute(port, [], undefined)).toBe(0)
    expect(state.barriers).toBe(0)
  })

  it('does not run ahead of the switch by more than a few thousand', async () => {
    const { port, state, barriers } = fakePort({ manual: true })
    const done = execute(port, range(20_000), undefined)
    for (let i = 0; i < 20; i++) {
      // Until it waits for a barrier.
      await new Promise((resolve) => setImmediate(resolve))
      barriers.shift()?.()
    }
    expect(await done).toBe(20_000)
    expect(state.most).toBeLessThanOrEqual(4000)
    expect(state.tracked).toBe(0)
  })

  it('stops at the first message that is refused, and says which', async () => {
    const { port, state } = fakePort({ refuse: [5, 6] })
    await expect(execute(port, range(100), undefined)).rejects.toThrow('group 5 is refused')
    expect(state).toMatchObject({ sent: 6, barriers: 1, tracked: 0 })
  })

  it('goes on when somebody listens to refusals', async () => {
    const { port } = fakePort({ refuse: [5, 7] })
    const refused: number[] = []
    expect(await execute(port, range(10), (_, index) => refused.push(index))).toBe(8)
    expect(refused).toEqual([5, 7])
  })

  it('rejects with what the iterator throws, after what was sent is confirmed', async () => {
    const { port, state } = fakePort()
    async function* failing() {
      yield message(1)
      await Promise.resolve()
      throw new Error('no more flows')
    }
    await expect(execute(port, failing(), undefined)).rejects.toThrow('no more flows')
    expect(state).toMatchObject({ sent: 1, barriers: 1, tracked: 0 })
  })
})
