import { describe, expect, it } from 'vitest'
import { EventFeed, type TestbedEvent, type TimedTestbedEvent } from './events.js'

const added = (host: string): TestbedEvent => ({ type: 'host-added', host })

async function all(reader: AsyncIterable<TimedTestbedEvent>): Promise<string[]> {
  const names: string[] = []
  for await (const event of reader) names.push('host' in event ? event.host : event.type)
  return names
}

describe('events', () => {
  it('come in order, to every reader, from when it began to read, with their time', async () => {
    const feed = new EventFeed()
    feed.emit(added('before'))
    const first = feed.read()
    feed.emit(added('a'))
    const second = feed.read()
    feed.emit(added('b'))
    feed.emit({ type: 'closed' })
    feed.end()
    const head = await first.next()
    expect(head.value).toMatchObject({ type: 'host-added', host: 'a' })
    expect(Math.abs((head.value?.time.getTime() ?? 0) - Date.now())).toBeLessThan(10_000)
    expect(await all(first)).toEqual(['b', 'closed'])
    expect(await all(second)).toEqual(['b', 'closed'])
  })

  it('wake those who wait, each once, in the order in which they asked', async () => {
    const feed = new EventFeed()
    const reader = feed.read()
    const waiting = [reader.next(), reader.next(), reader.next()]
    feed.emit(added('a'))
    feed.emit(added('b'))
    feed.end()
    expect((await Promise.all(waiting)).map(({ value, done }) => (done === true ? 'end' : (value as { host: string }).host))).toEqual(['a', 'b', 'end'])
    expect(await reader.next()).toEqual({ done: true, value: undefined })
  })

  it('end for a reader that begins when all is over', async () => {
    const feed = new EventFeed()
    feed.end()
    feed.emit(added('late'))
    expect(await all(feed.read())).toEqual([])
  })

  it('end for a reader that leaves, and for nobody else', async () => {
    const feed = new EventFeed()
    const [leaving, staying] = [feed.read(), feed.read()]
    feed.emit(added('a'))
    feed.emit(added('b'))
    for await (const event of leaving) {
      expect(event).toMatchObject({ host: 'a' })
      break
    }
    feed.emit(added('c'))
    expect(await leaving.next()).toEqual({ done: true, value: undefined })
    feed.end()
    expect(await all(staying)).toEqual(['a', 'b', 'c'])
  })

  it('end for a reader that is closed while it waits', async () => {
    const feed = new EventFeed()
    const reader = feed.read()
    const waiting = reader.next()
    await reader.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('are never left out without a word: a slow reader gets those that it could keep, then an error', async () => {
    const feed = new EventFeed()
    const [slow, quick] = [feed.read(), feed.read()]
    let seen = 0
    const reading = (async () => {
      for await (const _ of quick) seen++
    })()
    for (let n = 0; n < 10_001; n++) {
      feed.emit(added(`h${n}`))
      if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    feed.end()
    await reading
    expect(seen).toBe(10_001)
    let count = 0
    const overflow = (async () => {
      for await (const event of slow) expect(event).toMatchObject({ host: `h${count++}` })
    })()
    await expect(overflow).rejects.toMatchObject({ name: 'TestbedError', code: 'overflow', message: '10000 events were not read: this reader of testbed.events() is too slow' })
    expect(count).toBe(10_000)
  })
})
