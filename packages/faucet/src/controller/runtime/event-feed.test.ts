import { describe, expect, it } from 'vitest'
import { EventFeed, type FaucetFeedEvent } from './event-feed.js'

function event(event_id: number): FaucetFeedEvent {
  return { version: 1, time: 0, dp_id: 0n, dp_name: '0', event_id, EVENT_SOCK_HEARTBEAT: null }
}

async function ids(events: AsyncIterable<FaucetFeedEvent>): Promise<readonly number[]> {
  const all: number[] = []
  for await (const { event_id } of events) all.push(event_id)
  return all
}

describe('EventFeed', () => {
  it('gives every reader what happens from then on', async () => {
    const feed = new EventFeed()
    const first = feed.read()
    feed.emit(event(1))
    const second = feed.read()
    feed.emit(event(2))
    feed.close()
    expect(await ids(first)).toEqual([1, 2])
    expect(await ids(second)).toEqual([2])
    expect(await ids(feed.read())).toEqual([])
  })

  it('hands an event to whoever waits for it', async () => {
    const feed = new EventFeed()
    const reader = feed.read()
    const next = reader.next()
    feed.emit(event(7))
    expect(await next).toMatchObject({ done: false, value: { event_id: 7 } })
  })

  it('drops the oldest events of a slow reader, and says how many', async () => {
    const feed = new EventFeed()
    const reader = feed.read({ limit: 3 })
    for (let id = 1; id <= 2000; id++) feed.emit(event(id))
    feed.close()
    expect(reader.dropped).toBe(1997)
    expect(await ids(reader)).toEqual([1998, 1999, 2000])
  })

  it('ends a reader by its signal, and by leaving the loop', async () => {
    const feed = new EventFeed()
    const controller = new AbortController()
    const reader = feed.read({ signal: controller.signal })
    const left = feed.read()
    feed.emit(event(1))
    controller.abort()
    feed.emit(event(2))
    expect(await ids(reader)).toEqual([1])
    for await (const _ of left) break
    feed.emit(event(3))
    expect(await left.next()).toMatchObject({ done: true })
    expect(await ids(feed.read({ signal: AbortSignal.abort() }))).toEqual([])
  })
})
