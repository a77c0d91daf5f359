import { once } from 'node:events'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FaucetFeedEvent } from '../controller/runtime/event-feed.js'
import { EventSocket } from './event-socket.js'

let folder: string
let path: string
let logs: string[]
let waiting: ((text: string) => void)[]
const open: (EventSocket | Socket)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'))
  path = join(folder, 'deep', 'faucet.sock')
  logs = []
  waiting = []
})
afterEach(async () => {
  for (const one of open.splice(0)) await (one instanceof EventSocket ? one.close() : one.destroy())
  await rm(folder, { recursive: true })
})

async function socket(): Promise<EventSocket> {
  const onLog = (text: string) => {
    logs.push(text)
    for (const wake of waiting.splice(0)) wake(text)
  }
  const opened = await EventSocket.open(path, { onLog })
  open.push(opened)
  return opened
}

/** Resolves when a line has been logged, now or later. */
async function logged(text: string): Promise<void> {
  while (!logs.some((line) => line.includes(text))) await new Promise((wake) => waiting.push(wake as () => void))
}

function client(): { socket: Socket; next: () => Promise<number | undefined> } {
  const socket = connect(path)
  socket.on('error', () => undefined)
  open.push(socket)
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    return done ? undefined : (JSON.parse(String(value)) as { event_id: number }).event_id
  }
  return { socket, next }
}

const heartbeat = (event_id: number): FaucetFeedEvent => ({ version: 1, time: 0, dp_id: 0n, dp_name: '0', event_id, EVENT_SOCK_HEARTBEAT: null })

describe('EventSocket', () => {
  it('keeps the latest 120 events until somebody comes', async () => {
    const events = await socket()
    for (let id = 1; id <= 125; id++) events.send(heartbeat(id))
    const { next } = client()
    for (let id = 6; id <= 125; id++) expect(await next()).toBe(id)
    events.send(heartbeat(126))
    expect(await next()).toBe(126)
  })

  it('closes a second client, and takes another when the first is gone', async () => {
    const events = await socket()
    const first = client()
    await logged('event client connected')
    const second = client()
    expect(await second.next()).toBeUndefined()
    expect(logs).toEqual(['event client connected', 'multiple event clients not supported'])
    first.socket.destroy()
    await once(first.socket, 'close')
    const third = client()
    await logged('event client disconnected')
    events.send(heartbeat(1))
    expect(await third.next()).toBe(1)
  })

  it('goes on for a client that has closed its own side', async () => {
    const events = await socket()
    const one = connect({ path, allowHalfOpen: true })
    open.push(one)
    one.end()
    await logged('event client connected')
    events.send(heartbeat(1))
    const [data] = (await once(one, 'data')) as [Buffer]
    expect(String(data)).toContain('EVENT_SOCK_HEARTBEAT')
  })

  it('sends the events of a feed', async () => {
    const events = await socket()
    async function* feed() {
      yield heartbeat(1)
      yield heartbeat(2)
    }
    const { next } = client()
    await events.sendAll(feed())
    expect([await next(), await next()]).toEqual([1, 2])
  })

  it('removes its file, and replaces one that nobody listens on', async () => {
    const first = await socket()
    await expect(EventSocket.open(path)).rejects.toThrow('another process listens there')
    await first.close()
    await expect(stat(path)).rejects.toThrow('ENOENT')
    // A server that leaves its file behind, as one that was killed does.
    const killed = createServer().listen({ path: `${path}.old` })
    await once(killed, 'listening')
    await rename(`${path}.old`, path)
    killed.close()
    await socket()
  })

  it('does not replace a file that is no socket', async () => {
    const file = join(folder, 'text')
    await writeFile(file, 'keep me')
    await expect(EventSocket.open(file)).rejects.toThrow(/\[io\] the event socket .*text cannot be opened: .*no socket/)
  })
})
