import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { duplexPair } from '../../testing/duplex-pair.js'
import { encodeMessage, type Message, type MessageInput } from '../message.js'
import type { ConnectionProblem, OpenFlowConnectionOptions } from './connection-options.js'
import { OpenFlowConnection } from './openflow-connection.js'
import { ScriptedPeer } from './scripted-peer.js'

afterEach(() => void vi.useRealTimers())

/** A connection whose other side is written by hand, its hello done. */
async function connected(options: OpenFlowConnectionOptions = {}) {
  const [a, b] = duplexPair({ chunkBytes: 5 })
  const peer = new ScriptedPeer(b)
  const opening = OpenFlowConnection.open(a, { probeInterval: 0, ...options })
  peer.send({ type: 'hello', version: 6 })
  const connection = await opening
  await peer.next('hello')
  await turn()
  return { connection, peer }
}

const packet = (cookie: bigint, length = 4): MessageInput => ({ type: 'packet_in', cookie, data: new Uint8Array(length) })
const cookieOf = (message: Message | undefined) => (message?.type === 'packet_in' ? message.cookie : undefined)

describe('the handshake', () => {
  it('offers 1.3 with a bitmap and takes the smaller version, as with Open vSwitch', async () => {
    const [a, b] = duplexPair()
    const peer = new ScriptedPeer(b)
    const opening = OpenFlowConnection.open(a)
    expect(await peer.next('hello')).toMatchObject({ version: 4, elements: [{ type: 'version_bitmap', bitmaps: [0x10] }] })
    peer.send({ type: 'hello', version: 6 })
    expect((await opening).version).toBe(4)
    await (await opening).close()
  })

  it('refuses a side that has no version in common, and says why on both sides', async () => {
    const [a, b] = duplexPair()
    const peer = new ScriptedPeer(b)
    const opening = OpenFlowConnection.open(a)
    peer.send({ type: 'hello', version: 1 })
    await expect(opening).rejects.toMatchObject({
      code: 'connect',
      message: '[connect] no version of OpenFlow in common: this side speaks OpenFlow 1.3 and the other side up to OpenFlow 1.0',
    })
    await peer.next('hello')
    expect(await peer.next('error')).toMatchObject({ version: 1, errorType: 'hello_failed', code: 'incompatible' })
    await peer.ended()
  })

  it('understands a refusal of the other side', async () => {
    const [a, b] = duplexPair()
    const opening = OpenFlowConnection.open(a)
    new ScriptedPeer(b).send({ type: 'error', errorType: 'hello_failed', code: 'incompatible', data: Buffer.from('only 1.0') })
    await expect(opening).rejects.toThrow('the other side refused the connection: hello_failed/incompatible (only 1.0)')
  })

  it('rejects another first message, and what is no OpenFlow', async () => {
    for (const bytes of [encodeMessage({ type: 'barrier_reply' }), Buffer.from('GET / HTTP/1.0\r\n\r\n')]) {
      const [a, b] = duplexPair()
      const opening = OpenFlowConnection.open(a)
      b.resume().write(bytes)
      await expect(opening).rejects.toMatchObject({ code: 'malformed' })
    }
  })

  it('gives up a silent side, an ended one, and when the signal says so', async () => {
    const [a] = duplexPair()
    await expect(OpenFlowConnection.open(a, { helloTimeout: 1 })).rejects.toMatchObject({ code: 'timeout' })
    const [c, d] = duplexPair()
    const ended = OpenFlowConnection.open(c)
    d.resume().end()
    await expect(ended).rejects.toMatchObject({ code: 'closed' })
    const [e] = duplexPair()
    await expect(OpenFlowConnection.open(e, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })

  it('hands out what follows the hello at once, when its owner has had a chance to subscribe', async () => {
    const [a, b] = duplexPair()
    const opening = OpenFlowConnection.open(a)
    new ScriptedPeer(b).send({ type: 'hello' }, packet(1n))
    const messages = (await opening).messages()
    expect((await messages.next()).value).toMatchObject({ type: 'packet_in', cookie: 1n })
  })
})

describe('requests', () => {
  it('matches answers by their xid, in whatever order they come', async () => {
    const { connection, peer } = await connected()
    const features = connection.request({ type: 'features_request' })
    const config = connection.request({ type: 'get_config_request' })
    const [first, second] = [await peer.next('features_request'), await peer.next('get_config_request')]
    expect(first.xid).not.toBe(0)
    peer.send({ type: 'get_config_reply', xid: second.xid, missSendLen: 99 })
    peer.send({ type: 'features_reply', xid: first.xid, datapathId: 7n })
    expect((await config).missSendLen).toBe(99)
    expect((await features).datapathId).toBe(7n)
  })

  it('gathers the parts of a multipart reply, and hands them out as they come', async () => {
    const { connection, peer } = await connected()
    const all = connection.collect({ type: 'group_desc_request' })
    const { xid } = await peer.next('group_desc_request')
    const group = (groupId: number) => ({ groupType: 'all', groupId, buckets: [] }) as const
    peer.send({ type: 'group_desc_reply', xid, flags: 1, groups: [group(1)] })
    peer.send({ type: 'group_desc_reply', xid, flags: 0, groups: [group(2)] })
    expect((await all).flatMap((part) => part.groups.map(({ groupId }) => groupId))).toEqual([1, 2])

    const parts = connection.stream({ type: 'group_desc_request' })
    const next = await peer.next('group_desc_request')
    peer.send({ type: 'group_desc_reply', xid: next.xid, flags: 1, groups: [group(3)] })
    expect((await parts.next()).value?.groups[0]?.groupId).toBe(3)
    peer.send({ type: 'group_desc_reply', xid: next.xid, flags: 0, groups: [] })
    expect((await parts.next()).done).toBe(false)
    expect((await parts.next()).done).toBe(true)
  })

  it('ignores the rest of a reply whose loop was left', async () => {
    const { connection, peer } = await connected()
    const unheard = connection.messages()
    const parts = connection.stream({ type: 'group_desc_request' })
    const { xid } = await peer.next('group_desc_request')
    peer.send({ type: 'group_desc_reply', xid, flags: 1, groups: [] })
    for await (const part of parts) {
      expect(part.flags).toBe(1)
      break
    }
    peer.send({ type: 'group_desc_reply', xid, flags: 0, groups: [] }, packet(1n))
    expect((await unheard.next()).value?.type).toBe('packet_in')
  })

  it('brings an error to the request that caused it', async () => {
    const { connection, peer } = await connected()
    const role = connection.request({ type: 'role_request', role: 'master' })
    const { xid } = await peer.next('role_request')
    peer.send({ type: 'error', xid, errorType: 'role_request_failed', code: 'stale' })
    await expect(role).rejects.toMatchObject({
      code: 'peer',
      message: '[peer] role_request was refused: role_request_failed/stale',
      detail: { type: 'openflow', errorType: 'role_request_failed', code: 'stale', request: { type: 'role_request', xid } },
    })
  })

  it('gives up at the timeout and by the signal, and ignores what comes later', async () => {
    const onMessage = vi.fn()
    const { connection, peer } = await connected({ onMessage })
    await expect(connection.barrier({ timeout: 1 })).rejects.toMatchObject({ code: 'timeout' })
    const stop = new AbortController()
    const barrier = connection.barrier({ signal: stop.signal })
    stop.abort('enough')
    await expect(barrier).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    for (const { xid } of [await peer.next('barrier_request'), await peer.next('barrier_request')])
      peer.send({ type: 'barrier_reply', xid })
    peer.send(packet(1n))
    await vi.waitFor(() => expect(onMessage).toHaveBeenCalled())
    expect(onMessage.mock.calls.map(([message]) => (message as Message).type)).toEqual(['packet_in'])
  })

  it('rejects everything that waits when the connection ends', async () => {
    const { connection, peer } = await connected()
    const calls = [
      connection.barrier(),
      connection.collect({ type: 'desc_request' }),
      connection.stream({ type: 'desc_request' }).next(),
      connection.messages().next(),
      connection.execute([{ type: 'flow_mod', command: 'add' }]),
    ]
    peer.stream.end()
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'closed' })
    await expect(connection.barrier()).rejects.toMatchObject({ code: 'closed' })
    await expect(connection.send({ type: 'barrier_request' })).rejects.toMatchObject({ code: 'closed' })
    expect(await connection.closed).toMatchObject({ code: 'closed' })
  })

  it('ends loops over messages without an error when this side closes', async () => {
    const { connection } = await connected()
    const next = connection.messages().next()
    await connection.close()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await connection.closed).toBeUndefined()
    expect(await connection.messages().next()).toEqual({ done: true, value: undefined })
  })
})

describe('errors without a promise', () => {
  it('brings the error for a message that was just sent, with that message', async () => {
    const problems: ConnectionProblem[] = []
    const { connection, peer } = await connected({ onProblem: (problem) => problems.push(problem) })
    const xid = await connection.send({ type: 'flow_mod', command: 'add', tableId: 3 })
    expect((await peer.next('flow_mod')).xid).toBe(xid)
    peer.send({ type: 'error', xid, errorType: 'flow_mod_failed', code: 'table_full' })
    await vi.waitFor(() => expect(problems).toHaveLength(1))
    expect(problems[0]?.error).toMatchObject({
      message: '[peer] flow_mod add (table 3, priority 32768) was refused: flow_mod_failed/table_full',
      detail: { request: { type: 'flow_mod', tableId: 3, xid } },
    })
    expect(connection.problems).toBe(1)
  })

  it('brings an error that comes after the answer', async () => {
    const problems: ConnectionProblem[] = []
    const { connection, peer } = await connected({ onProblem: (problem) => problems.push(problem) })
    const barrier = connection.barrier()
    const { xid } = await peer.next('barrier_request')
    peer.send({ type: 'barrier_reply', xid })
    await barrier
    peer.send({ type: 'error', xid, errorType: 'bad_request', code: 'eperm' }, { type: 'error', xid: 0x7777, errorType: 'bad_request', code: 'eperm' })
    await vi.waitFor(() => expect(problems).toHaveLength(2))
    expect(problems.map(({ error }) => error.detail)).toMatchObject([{ request: { type: 'barrier_request' } }, { request: undefined }])
  })

  it('survives what it cannot decode, what it does not know, and another version', async () => {
    const problems: ConnectionProblem[] = []
    const { connection, peer } = await connected({ onProblem: (problem) => problems.push(problem) })
    const messages = connection.messages()
    const broken = Buffer.from(encodeMessage(packet(1n)))
    // The length of the match.
    broken.writeUInt16BE(0xfff0, 26)
    peer.send(broken, { type: 'echo_request', version: 1 }, Buffer.from('04630008000000ff', 'hex'))
    peer.send({ type: 'experimenter', experimenter: 0xabcdef, expType: 5, data: Uint8Array.of(1) })
    expect((await messages.next()).value).toMatchObject({ type: 'unknown', messageType: 0x63 })
    expect((await messages.next()).value).toMatchObject({ type: 'experimenter', experimenter: 0xabcdef })
    expect(problems.map(({ error }) => error.code)).toEqual(['malformed', 'malformed'])
    expect(connection.isOver).toBe(false)
  })

  it('rejects a request whose answer cannot be decoded', async () => {
    const { connection, peer } = await connected()
    const features = connection.request({ type: 'features_request' })
    const { xid } = await peer.next('features_request')
    const reply = Buffer.from(encodeMessage({ type: 'features_reply', xid, datapathId: 1n })).subarray(0, 24)
    reply.writeUInt16BE(24, 2)
    peer.send(reply)
    await expect(features).rejects.toMatchObject({ code: 'malformed' })
    expect(connection.isOver).toBe(false)
  })
})

describe('execute', () => {
  it('ties errors to the very messages, and confirms by a barrier', async () => {
    const { connection, peer } = await connected()
    const refused: [number, number | undefined][] = []
    const done = connection.execute(
      [0, 1, 2].map((tableId) => ({ type: 'flow_mod', command: 'add', tableId }) as const),
      {
        onError: ({ detail }, index) => {
          if (detail?.type === 'openflow' && detail.request?.type === 'flow_mod') refused.push([index, detail.request.tableId])
        },
      },
    )
    const mods = [await peer.next('flow_mod'), await peer.next('flow_mod'), await peer.next('flow_mod')]
    const barrier = await peer.next('barrier_request')
    peer.send({ type: 'error', xid: mods[1]?.xid ?? 0, errorType: 'flow_mod_failed', code: 'table_full' })
    peer.send({ type: 'barrier_reply', xid: barrier.xid })
    expect(await done).toBe(2)
    expect(refused).toEqual([[1, 1]])
  })

  it('rejects with the message that cannot be encoded', async () => {
    const { connection } = await connected()
    await expect(connection.execute([{ type: 'flow_mod', command: 'add', tableId: 999 }])).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('echo and silence', () => {
  it('answers echo with the same xid and data, also xid 0', async () => {
    const { peer } = await connected()
    peer.send({ type: 'echo_request', xid: 0, data: Uint8Array.of(1, 2) }, { type: 'echo_request', xid: 9 })
    expect(await peer.next('echo_reply')).toMatchObject({ xid: 0, data: Uint8Array.of(1, 2) })
    expect(await peer.next('echo_reply')).toMatchObject({ xid: 9 })
  })

  it('probes a silent side, and ends the connection when there is no answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { connection, peer } = await connected({ probeInterval: 1000 })
    vi.advanceTimersByTime(1001)
    const { xid } = await peer.next('echo_request')
    peer.send({ type: 'echo_reply', xid })
    await turn()
    vi.advanceTimersByTime(1001)
    await peer.next('echo_request')
    vi.advanceTimersByTime(1001)
    expect(await connection.closed).toMatchObject({ code: 'closed', cause: { code: 'timeout' } })
  })
})

describe('back-pressure', () => {
  it('stops reading when the consumer is too slow, and goes on', async () => {
    const { connection, peer } = await connected({ maxBacklogBytes: 1000 })
    const messages = connection.messages()
    for (let i = 0n; i < 200n; i++) peer.send(packet(i, 100))
    await vi.waitFor(() => expect(connection.isReading()).toBe(false))
    expect(messages.backlog).toBeLessThan(20)
    expect(peer.stream.writableLength).toBeGreaterThan(1000)
    for (let i = 0n; i < 200n; i++) expect(cookieOf((await messages.next()).value)).toBe(i)
    expect(connection.isReading()).toBe(true)
  })

  it('reads on while a consumer makes a request from within its loop', async () => {
    const { connection, peer } = await connected({ maxBacklogBytes: 1000 })
    const messages = connection.messages()
    for (let i = 0n; i < 50n; i++) peer.send(packet(i, 100))
    await vi.waitFor(() => expect(connection.isReading()).toBe(false))
    let seen = 0
    for await (const message of messages) {
      expect(cookieOf(message)).toBe(BigInt(seen))
      if (seen++ === 0) {
        const barrier = connection.barrier()
        peer.send({ type: 'barrier_reply', xid: (await peer.next('barrier_request')).xid })
        // It is behind all the packets.
        await barrier
      }
      if (seen === 50) break
    }
  })

  it('ends the connection rather than to hold any number of bytes', async () => {
    const { connection, peer } = await connected({ maxBacklogBytes: 1000, maxHeldBytes: 5000 })
    const messages = connection.messages()
    const barrier = connection.barrier()
    await peer.next('barrier_request')
    for (let i = 0n; i < 100n; i++) peer.send(packet(i, 100))
    await expect(barrier).rejects.toMatchObject({ code: 'closed', cause: { code: 'too-large' } })
    expect(messages.backlog).toBeGreaterThan(10)
  })

  it('waits with sending while the other side does not read', async () => {
    const [a, b] = duplexPair()
    const opening = OpenFlowConnection.open(a, { probeInterval: 0, maxOutboundBytes: 100_000 })
    b.write(encodeMessage({ type: 'hello' }))
    const connection = await opening
    const big: MessageInput = { type: 'packet_out', actions: [], data: new Uint8Array(30_000) }
    let sent = 0
    const sending = (async () => {
      for (; sent < 100; sent++) await connection.send(big)
    })()
    await turn()
    await turn()
    expect(sent).toBeLessThan(100)
    // Whoever does not wait is told.
    await expect(Promise.all(Array.from({ length: 10 }, () => connection.send(big)))).rejects.toMatchObject({ code: 'too-large' })
    b.resume()
    await sending
    expect(sent).toBe(100)
  })

  it('counts messages that nobody wanted', async () => {
    const { connection, peer } = await connected()
    peer.send(packet(1n), packet(2n))
    await vi.waitFor(() => expect(connection.unheard).toBe(2))
  })

  it('aborts when a handler throws', async () => {
    const { connection, peer } = await connected({
      onMessage: () => {
        throw new Error('cannot')
      },
    })
    peer.send(packet(1n))
    expect(await connection.closed).toMatchObject({ code: 'closed', message: expect.stringContaining('cannot') as string })
  })
})
