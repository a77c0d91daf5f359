import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OvsError } from '../errors.js'
import { dial } from './dial.js'
import { ConnectionKeeper, type ConnectionKeeperOptions, type KeeperEvent, type Link } from './keeper.js'
import { listen, type Listener } from './listen.js'
import type { Target } from './target.js'

let dir: string
let open: AsyncDisposable[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ovs-unit-'))
  open = []
})
afterEach(async () => {
  for (const item of open.reverse()) await item[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

const unix = (name: string) => ({ type: 'unix', path: join(dir, name) }) as const

async function server(name: string, onConnection: (stream: Duplex) => void): Promise<Listener> {
  const listener = await listen(
    { type: 'punix', path: join(dir, name) },
    { onConnection: (stream) => onConnection(stream.on('error', () => {})) },
  )
  open.push(listener)
  return listener
}

/** A keeper whose connections answer nothing by themselves; events can be awaited. */
function keeper(targets: readonly Target[], options: Partial<ConnectionKeeperOptions> = {}) {
  const events: KeeperEvent[] = []
  const links: Link[] = []
  let wake = () => {}
  let probes = 0
  const kept = new ConnectionKeeper({
    targets,
    minBackoff: 20,
    maxBackoff: 40,
    ...options,
    onEvent: (event) => {
      events.push(event)
      wake()
    },
    onConnection: (stream, link) => {
      links.push(link)
      stream.on('data', () => link.activity())
      return {
        closed: new Promise((resolve) => stream.on('error', () => {}).once('close', () => resolve(undefined))),
        probe: () => {
          probes++
          stream.write('?')
        },
        abort: () => void stream.destroy(),
        close: async () => void stream.end(() => stream.destroy()),
      }
    },
  })
  open.push(kept)
  const until = async (type: KeeperEvent['type'], times = 1) => {
    while (events.filter((event) => event.type === type).length < times)
      await new Promise<void>((resolve) => (wake = resolve))
    return events.filter((event) => event.type === type)[times - 1] as KeeperEvent
  }
  return { kept, events, links, until, probes: () => probes }
}

describe('ConnectionKeeper', () => {
  it('tries the targets in turn, without a wait, then waits', async () => {
    const { events, until } = keeper([unix('a'), unix('b')])
    await until('connecting', 3)
    expect(events.slice(0, 4)).toMatchObject([
      { type: 'connecting', target: unix('a'), attempt: 1 },
      { type: 'backoff', delay: 0, error: { code: 'connect' } },
      { type: 'connecting', target: unix('b'), attempt: 2 },
      { type: 'backoff', error: { code: 'connect' } },
    ])
    const { delay } = events[3] as Extract<KeeperEvent, { type: 'backoff' }>
    expect(delay).toBeGreaterThanOrEqual(10)
    expect(delay).toBeLessThanOrEqual(20)
  })

  it('connects again when the connection ends', async () => {
    await server('a', (stream) => setImmediate(() => stream.destroy()))
    const { until, kept } = keeper([unix('a')])
    await until('connected', 3)
    expect(kept.statistics.successes).toBeGreaterThanOrEqual(3)
  })

  it('probes a silent connection, and leaves it when that brings nothing', async () => {
    await server('a', (stream) => stream.resume())
    await server('b', (stream) => stream.pipe(stream))
    const { until, probes, kept } = keeper([unix('a'), unix('b')], { probeInterval: 30 })
    expect(await until('backoff')).toMatchObject({ target: unix('a'), error: { code: 'timeout' } })
    expect(probes()).toBe(1)
    expect(await until('connected', 2)).toMatchObject({ target: unix('b') })
    expect(kept.target).toEqual(unix('b'))
  })

  it('keeps a connection that answers its probes', async () => {
    let heard = 0
    const enough = new Promise<void>((resolve) => {
      void server('a', (stream) =>
        stream.on('data', (chunk) => {
          stream.write(chunk)
          if (++heard === 4) resolve()
        }),
      ).then(() => keeper([unix('a')], { probeInterval: 20 }))
    })
    await enough
    expect(heard).toBe(4)
  })

  it('does not take its own owner for silence', async () => {
    await server('a', (stream) => stream.resume())
    let reading = false
    const events: KeeperEvent[] = []
    const lost = new Promise<void>((resolve) => {
      const kept = new ConnectionKeeper({
        targets: [unix('a')],
        probeInterval: 20,
        onEvent: (event) => {
          events.push(event)
          if (event.type === 'backoff') resolve()
        },
        onConnection: (stream) => ({
          closed: new Promise((done) => stream.on('error', () => {}).once('close', () => done(undefined))),
          probe: () => expect(reading).toBe(true),
          abort: () => void stream.destroy(),
          close: async () => void stream.destroy(),
          isReading: () => reading,
        }),
      })
      open.push(kept)
      setTimeout(() => (reading = true), 150)
    })
    await lost
    expect(reading).toBe(true)
  })

  it('listens on a passive target, and lets a new connection replace the old one', async () => {
    const { until, links, kept } = keeper([{ type: 'ptcp', host: '127.0.0.1', port: 0 }])
    const { target } = (await until('listening')) as { readonly target: { readonly port: number } }
    const address = { type: 'tcp', host: '127.0.0.1', port: target.port } as const
    const first = await dial(address)
    await until('connected')
    const ended = new Promise((resolve) => first.on('error', () => {}).resume().once('close', resolve))
    const second = await dial(address)
    await until('connected', 2)
    await ended
    expect(links).toHaveLength(2)
    expect(kept.target).toMatchObject(target)
    second.destroy()
    await until('listening', 2)
  })

  it('goes to the next target when its owner finds fault with this one', async () => {
    await server('a', () => {})
    await server('b', () => {})
    const { until, kept } = keeper([unix('a'), unix('b')])
    await until('connected')
    kept.reconnect(new OvsError('connect', 'not the leader'))
    expect(await until('backoff')).toMatchObject({ delay: 0, error: { message: '[connect] not the leader' } })
    expect(await until('connected', 2)).toMatchObject({ target: unix('b') })
  })

  it('gives up after its last try', async () => {
    const { kept, until } = keeper([unix('a')], { maxTries: 2 })
    expect(await kept.closed).toMatchObject({ code: 'connect' })
    expect(await until('closed')).toMatchObject({ error: { code: 'connect' } })
  })

  it.each(['connecting', 'connected', 'backoff'] as const)('ends by close, abort and signal while %s', async (when) => {
    if (when !== 'backoff') await server('a', () => {})
    for (const how of ['close', 'abort', 'signal'] as const) {
      const controller = new AbortController()
      const { kept, until } = keeper([unix('a')], { signal: controller.signal })
      await until(when)
      if (how === 'close') await kept.close()
      else if (how === 'abort') kept.abort(new Error('enough'))
      else controller.abort('enough')
      const over = await kept.closed
      if (how === 'close') expect(over).toBeUndefined()
      else expect(over).toMatchObject({ code: 'aborted' })
      await kept.close()
    }
  })

  it('refuses targets that cannot work', () => {
    expect(() => keeper([])).toThrow(OvsError)
    expect(() => keeper([unix('a'), { type: 'ptcp', port: 1 }])).toThrow('must be the only target')
  })
})
