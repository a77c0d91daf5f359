import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { duplexPair } from '../testing/duplex-pair.js'
import { JsonRpcPeer, type JsonRpcPeerOptions } from './peer.js'

function connected(options: JsonRpcPeerOptions = {}, other: JsonRpcPeerOptions = {}) {
  const [a, b] = duplexPair({ chunkBytes: 3 })
  return { peer: new JsonRpcPeer(a, options), other: new JsonRpcPeer(b, other) }
}

/** A peer whose other side is written by hand. */
function scripted(options: JsonRpcPeerOptions = {}) {
  const [a, b] = duplexPair()
  b.setEncoding('utf8')
  let received = ''
  b.on('data', (text: string) => (received += text))
  return {
    peer: new JsonRpcPeer(a, options),
    stream: b,
    send: (text: string) => b.write(text),
    received: () => received,
  }
}

describe('JsonRpcPeer', () => {
  it('matches answers to requests, also when they come in another order', async () => {
    const { peer, send } = scripted()
    const answers = [peer.request('a', []), peer.request('b', [])]
    send('{"id":1,"result":"of b","error":null}{"id":0,"result":"of a","error":null}')
    expect(await Promise.all(answers)).toEqual(['of a', 'of b'])
  })

  it('answers echo, in the order of the requests', async () => {
    const { received, send } = scripted()
    send('{"id":"echo","method":"echo","params":[]}{"id":7,"method":"echo","params":["x",12345678901234567890]}')
    await turn()
    expect(received()).toBe(
      '{"id":"echo","result":[],"error":null}{"id":7,"result":["x",12345678901234567890],"error":null}',
    )
  })

  it('hands out notifications in order, and decodes an answer before it looks at what follows', async () => {
    const seen: string[] = []
    const { peer, send } = scripted({ onNotification: (method) => void seen.push(method) })
    const answer = peer.request('get', [], { decode: () => void seen.push('answer') })
    send('{"method":"one","params":[]}{"id":0,"result":1,"error":null}{"method":"two","params":[]}')
    await answer
    expect(seen).toEqual(['one', 'answer', 'two'])
  })

  it('rejects with the error of the peer: a string, or an object', async () => {
    const { peer, send } = scripted()
    const [first, second] = [peer.request('nope', []), peer.request('transact', [])]
    send(
      '{"id":0,"error":"unknown method"}{"id":1,"result":null,"error":{"error":"syntax error","details":"no such database"}}',
    )
    await expect(first).rejects.toMatchObject({ code: 'peer', message: '[peer] nope was refused: unknown method' })
    await expect(second).rejects.toMatchObject({
      message: '[peer] transact was refused: syntax error: no such database',
      detail: { type: 'reply', method: 'transact', error: { error: 'syntax error' } },
    })
  })

  it('answers requests of the other side with the handler, or with an error', async () => {
    const { peer } = connected(
      {},
      {
        onRequest: (method, params) =>
          method === 'sum' ? Number(params[0]) + Number(params[1]) : Promise.reject(new Error('no')),
      },
    )
    expect(await peer.request('sum', [2, 3])).toBe(5)
    await expect(peer.request('x', [])).rejects.toMatchObject({ code: 'peer', message: '[peer] x was refused: no' })
    const { other } = connected()
    await expect(other.request('x', [])).rejects.toThrow('unknown method')
  })

  it('gives up at the timeout, tells so, and ignores the answer that comes later', async () => {
    const { peer, send } = scripted()
    const onAbandon = vi.fn()
    await expect(peer.request('slow', [], { timeout: 5, onAbandon })).rejects.toMatchObject({ code: 'timeout' })
    expect(onAbandon).toHaveBeenCalledWith(0)
    send('{"id":0,"result":1,"error":null}')
    const next = peer.request('next', [])
    send('{"id":1,"result":"fine","error":null}')
    expect(await next).toBe('fine')
  })

  it('gives up with its signal, before and after sending', async () => {
    const { peer, received } = scripted()
    const controller = new AbortController()
    const call = peer.request('slow', [], { signal: controller.signal })
    controller.abort('changed my mind')
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: 'changed my mind' })
    await turn()
    const before = received()
    await expect(peer.request('x', [], { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
    await turn()
    expect(received()).toBe(before)
  })

  it('rejects with what decode throws', async () => {
    const { peer, send } = scripted()
    const call = peer.request('x', [], {
      decode: () => {
        throw new Error('not mine')
      },
    })
    send('{"id":0,"result":1,"error":null}')
    await expect(call).rejects.toThrow('not mine')
  })

  it('rejects everything that waits when the other side closes', async () => {
    const { peer, other } = connected()
    const call = peer.request('x', [])
    await other.close()
    await expect(call).rejects.toMatchObject({
      code: 'closed',
      message: expect.stringContaining('no answer to x: the other side closed'),
    })
    expect(await peer.closed).toMatchObject({ code: 'closed' })
    await expect(peer.request('y', [])).rejects.toMatchObject({ code: 'closed' })
  })

  it('rejects with the cause when the stream breaks', async () => {
    const [a] = duplexPair()
    const peer = new JsonRpcPeer(a)
    const call = peer.request('x', [])
    const cause = new Error('ECONNRESET')
    a.destroy(cause)
    await expect(call).rejects.toMatchObject({ code: 'closed', cause })
    expect(await peer.closed).toMatchObject({ code: 'closed', cause })
  })

  it('close() sends what is written, rejects what waits, resolves closed without a reason, twice', async () => {
    const { peer, received } = scripted()
    const call = peer.request('last', [])
    const closing = Promise.all([peer.close(), peer.close()])
    await expect(call).rejects.toMatchObject({ code: 'closed' })
    await closing
    expect(await peer.closed).toBeUndefined()
    expect(received()).toContain('"last"')
    peer.notify('x', [])
    peer.abort()
  })

  it('close() does not wait for ever for a peer that stopped reading', async () => {
    const [a] = duplexPair()
    const peer = new JsonRpcPeer(a)
    peer.notify('x', ['x'.repeat(1_000_000)])
    peer.notify('x', ['x'.repeat(1_000_000)])
    await peer.close()
    expect(await peer.closed).toBeUndefined()
  })

  it('knows a stream that is closed already', async () => {
    const [a] = duplexPair()
    await new Promise<void>((resolve) => a.destroy().once('close', resolve))
    const peer = new JsonRpcPeer(a)
    await expect(peer.request('x', [])).rejects.toMatchObject({ code: 'closed' })
    expect(await peer.closed).toMatchObject({ code: 'closed' })
  })

  it('abort() gives its reason to what waits', async () => {
    const { peer } = connected()
    const call = peer.request('x', [])
    const reason = new Error('the switch is gone')
    peer.abort(reason)
    await expect(call).rejects.toMatchObject({
      code: 'closed',
      cause: reason,
      message: expect.stringContaining('the switch is gone'),
    })
    expect(await peer.closed).toMatchObject({ cause: reason })
    await peer.close()
  })

  it('is disposed by await using', async () => {
    const { peer, other } = connected()
    {
      await using held = peer
      held.notify('x', [])
    }
    expect(await peer.closed).toBeUndefined()
    expect(await other.closed).toMatchObject({ code: 'closed' })
  })

  it.each([
    ['bytes that are no JSON-RPC', 'HTTP/1.1 400 Bad Request', 'malformed'],
    ['an answer to a request that was never sent', '{"id":99,"result":1,"error":null}', 'malformed'],
    ['an end inside a text', '{"id":', 'malformed'],
  ])('aborts the connection on %s', async (_what, text, code) => {
    const { peer, stream } = scripted()
    const call = peer.request('x', [])
    stream.end(text)
    await expect(call).rejects.toMatchObject({ code: 'closed', cause: { code } })
  })

  it('aborts the connection when the handler of notifications throws', async () => {
    const cause = new Error('cannot apply')
    const { peer, send } = scripted({
      onNotification: () => {
        throw cause
      },
    })
    send('{"method":"update","params":[]}')
    expect(await peer.closed).toMatchObject({ code: 'closed', cause })
  })

  it('stops reading while handlers are behind, and loses nothing', async () => {
    const waiting: (() => void)[] = []
    const seen: string[] = []
    const { peer, send } = scripted({
      maxBacklogBytes: 100,
      onNotification: (method) => {
        seen.push(method)
        return new Promise((resolve) => waiting.push(resolve))
      },
    })
    for (let at = 0; at < 10; at++) send(`{"method":"n${at}","params":[]}`)
    send('{"id":0,"result":"last","error":null}')
    const answer = peer.request('x', [])
    await turn()
    // 29 bytes each: the fourth is beyond 100.
    expect(seen).toEqual(['n0', 'n1', 'n2', 'n3'])
    expect(peer.heldBack).toBe(true)
    while (seen.length < 10) {
      for (const done of waiting.splice(0)) done()
      await turn()
    }
    expect(await answer).toBe('last')
    expect(seen).toHaveLength(10)
    for (const done of waiting) done()
    await turn()
    expect(peer.heldBack).toBe(false)
  })

  it('does not read on for a peer that asks and does not take the answers', async () => {
    const [a, b] = duplexPair()
    const peer = new JsonRpcPeer(a)
    const text = JSON.stringify({ id: 1, method: 'echo', params: ['x'.repeat(100_000)] })
    let taken = 0
    for (let at = 0; at < 100; at++) b.write(text, () => taken++)
    for (let at = 0; at < 50; at++) await turn()
    expect(peer.heldBack).toBe(true)
    expect(taken).toBeLessThan(30)
    b.resume()
    while (taken < 100) await turn()
  })

  it('refuses to pile up calls for a peer that does not read', async () => {
    const [a] = duplexPair()
    const peer = new JsonRpcPeer(a, { maxOutboundBytes: 50_000 })
    const calls = Array.from({ length: 3 }, () => peer.request('x', ['y'.repeat(40_000)]))
    const settled = Promise.allSettled(calls)
    await expect(peer.request('x', [])).rejects.toMatchObject({ code: 'too-large' })
    peer.abort()
    await settled
  })

  it('adds and removes handlers of notifications, which run in order', async () => {
    const seen: string[] = []
    const { peer, send } = scripted({ onNotification: (method) => void seen.push(`option ${method}`) })
    const remove = peer.onNotification((method) => void seen.push(`added ${method}`))
    send('{"method":"a","params":[]}')
    await turn()
    remove()
    send('{"method":"b","params":[]}')
    await turn()
    expect(seen).toEqual(['option a', 'added a', 'option b'])
  })

  it('aborts the connection when a handler rejects', async () => {
    const cause = new Error('cannot apply')
    const { peer, send } = scripted({ onNotification: () => Promise.reject(cause) })
    send('{"method":"update","params":[]}')
    expect(await peer.closed).toMatchObject({ code: 'closed', cause })
  })

  it('says when a request has been sent', async () => {
    const { peer } = scripted()
    const onSent = vi.fn()
    const call = peer.request('x', [], { onSent })
    expect(onSent).toHaveBeenCalledOnce()
    peer.abort()
    await expect(call).rejects.toMatchObject({ code: 'closed' })
    await expect(peer.request('x', [], { onSent })).rejects.toMatchObject({ code: 'closed' })
    expect(onSent).toHaveBeenCalledOnce()
  })

  it('sends nothing that would make Open vSwitch end the connection', async () => {
    const { peer, received } = scripted()
    await expect(peer.request('x', ['a\0'])).rejects.toMatchObject({ code: 'invalid' })
    await expect(peer.request('x', [{ k: '\ud800' }])).rejects.toMatchObject({ code: 'invalid' })
    await turn()
    expect(received()).toBe('')
  })
})
