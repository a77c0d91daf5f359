import { describe, expect, it, vi } from 'vitest'
import { Backlog } from './backlog.js'

function backlog() {
  const on = { onHold: vi.fn(), onRelease: vi.fn(), onOverflow: vi.fn() }
  return { ...on, backlog: new Backlog({ limit: 100, hardLimit: 1000, replyLimit: 50, ...on }) }
}

describe('Backlog', () => {
  it('stops reading above the limit, and goes on at half of it', async () => {
    const { backlog: it, onHold, onRelease } = backlog()
    it.add(100)
    expect(it.held).toBe(false)
    it.add(1)
    expect(it.held).toBe(true)
    it.add(-40)
    await Promise.resolve()
    expect(it.held).toBe(true)
    it.add(-11)
    expect(onRelease).not.toHaveBeenCalled()
    await Promise.resolve()
    expect(it.held).toBe(false)
    expect([onHold, onRelease].map((mock) => mock.mock.calls.length)).toEqual([1, 1])
  })

  it('reads on while somebody waits for what is to come', async () => {
    const { backlog: it } = backlog()
    it.add(500)
    expect(it.held).toBe(true)
    it.need(1)
    await Promise.resolve()
    expect(it.held).toBe(false)
    it.need(-1)
    expect(it.held).toBe(true)
  })

  it('does not read on when the need is over before the microtask', async () => {
    const { backlog: it, onRelease } = backlog()
    it.add(500)
    it.need(1)
    it.need(-1)
    await Promise.resolve()
    expect(onRelease).not.toHaveBeenCalled()
    expect(it.held).toBe(true)
  })

  it('stops for answers that are not taken, needed or not, and for a pause', async () => {
    const { backlog: it } = backlog()
    it.need(1)
    it.addReply(51)
    expect(it.held).toBe(true)
    it.addReply(-51)
    await Promise.resolve()
    expect(it.held).toBe(false)
    it.pause(1)
    expect(it.held).toBe(true)
    it.pause(-1)
    await Promise.resolve()
    expect(it.held).toBe(false)
  })

  it('says when there is too much even so', () => {
    const { backlog: it, onOverflow } = backlog()
    it.need(1)
    it.add(1000)
    expect(onOverflow).not.toHaveBeenCalled()
    it.add(1)
    expect(onOverflow.mock.calls[0]?.[0]).toMatchObject({ code: 'too-large' })
  })
})
