import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dial } from '../../transport/dial.js'
import type { ActiveTarget } from '../../transport/target.js'
import { connectOpenFlow } from './connect.js'
import { OpenFlowKeeper } from './openflow-keeper.js'
import { OpenFlowListener } from './openflow-listener.js'
import { OpenFlowSwitchConnection } from './openflow-switch-connection.js'

const dir = mkdtempSync(join(tmpdir(), 'of-'))
afterAll(() => rmSync(dir, { recursive: true }))

const features = { datapathId: 7n }
const dialSwitch = async (target: ActiveTarget) => OpenFlowSwitchConnection.open(await dial(target), { features })

/** A switch that listens. */
async function listeningSwitch(name: string, onConnection?: (far: OpenFlowSwitchConnection) => void): Promise<Server> {
  const server = createServer((socket) => {
    OpenFlowSwitchConnection.open(socket, { features }).then(onConnection, () => {})
  })
  await new Promise<void>((resolve) => server.listen(join(dir, name), resolve))
  return server
}

describe('OpenFlowListener', () => {
  it('hands out switches that dial, over TCP and a unix socket', async () => {
    for (const text of ['ptcp:0:127.0.0.1', `punix:${join(dir, 'a')}`]) {
      await using listener = await OpenFlowListener.listen(text)
      const { target } = listener
      const active: ActiveTarget =
        target.type === 'punix'
          ? { type: 'unix', path: target.path }
          : { type: 'tcp', host: '127.0.0.1', port: target.port }
      await using far = await dialSwitch(active)
      const { value: datapath } = await listener.next()
      expect(datapath?.id).toBe(7n)
      await datapath?.close()
      await far.connection.closed
    }
  })

  it('goes on when a client fails, and says why', async () => {
    const errors: Error[] = []
    const path = join(dir, 'b')
    await using listener = await OpenFlowListener.listen(`punix:${path}`, { onClientError: (error) => errors.push(error) })
    const stream = await dial({ type: 'unix', path })
    stream.on('error', () => {}).resume().write('GET / HTTP/1.0\r\n\r\n')
    await using far = await dialSwitch({ type: 'unix', path })
    expect((await listener.next()).value?.id).toBe(7n)
    expect(errors).toMatchObject([{ code: 'malformed' }])
    expect(far.connection.isOver).toBe(false)
  })

  it('does not blame whom it sends away itself', async () => {
    const errors: Error[] = []
    const path = join(dir, 'mute')
    const listener = await OpenFlowListener.listen(`punix:${path}`, { onClientError: (error) => errors.push(error) })
    // It never says hello, and so is in its handshake; ours tells that it was let in.
    const stream = await dial({ type: 'unix', path })
    await once(stream, 'data')
    await listener.close()
    if (!stream.destroyed) await once(stream.resume(), 'close')
    expect(errors).toEqual([])
  })

  it('closes what nobody took, and nothing else, when it ends', async () => {
    const path = join(dir, 'c')
    const listener = await OpenFlowListener.listen(`punix:${path}`)
    await using one = await dialSwitch({ type: 'unix', path })
    const taken = (await listener.next()).value
    await using two = await dialSwitch({ type: 'unix', path })
    await two.connection.ready
    const next = listener.next()
    await using three = await dialSwitch({ type: 'unix', path })
    expect((await next).value?.id).toBe(7n)
    const last = listener.next()
    // Either handed out just now, or closed: never left alone.
    await listener.close()
    const result = await last
    if (result.done) await three.connection.closed
    expect(one.connection.isOver).toBe(false)
    expect(taken?.connection.isOver).toBe(false)
    expect(await listener.next()).toEqual({ done: true, value: undefined })
    await taken?.close()
    await expect(dialSwitch({ type: 'unix', path })).rejects.toMatchObject({ code: 'connect' })
  })

  it('wants a target to listen on', async () => {
    await expect(OpenFlowListener.listen('tcp:127.0.0.1')).rejects.toThrow('tcp:127.0.0.1:6653 is a target to connect to')
  })
})

describe('connectOpenFlow', () => {
  it('dials a switch that listens', async () => {
    const server = await listeningSwitch('d')
    await using datapath = await connectOpenFlow(`unix:${join(dir, 'd')}`)
    expect(datapath.id).toBe(7n)
    server.close()
  })

  it('gives up a switch that says nothing, and by the signal', async () => {
    const server = createServer((socket) => void socket.resume())
    await new Promise<void>((resolve) => server.listen(join(dir, 'e'), resolve))
    await expect(connectOpenFlow(`unix:${join(dir, 'e')}`, { timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    const stop = new AbortController()
    const connecting = connectOpenFlow(`unix:${join(dir, 'e')}`, { signal: stop.signal })
    stop.abort()
    await expect(connecting).rejects.toMatchObject({ code: 'aborted' })
    server.close()
  })

  it('wants a target to connect to', async () => {
    await expect(connectOpenFlow('ptcp:6653')).rejects.toThrow('ptcp:6653 is a target to listen on')
  })
})

describe('OpenFlowKeeper', () => {
  it('dials again when the switch ends the connection, and stops when the loop is left', async () => {
    const far: OpenFlowSwitchConnection[] = []
    const server = await listeningSwitch('f', (connection) => far.push(connection))
    const keeper = new OpenFlowKeeper(`unix:${join(dir, 'f')}`, { minBackoff: 1, jitter: 0 })
    let count = 0
    for await (const datapath of keeper) {
      expect(datapath.id).toBe(7n)
      if (++count === 3) break
      far.at(-1)?.abort()
      await datapath.connection.closed
    }
    await far.at(-1)?.connection.closed
    expect(count).toBe(3)
    expect(await keeper.next()).toEqual({ done: true, value: undefined })
    server.close()
  })

  it('gives up after so many tries, with the reason', async () => {
    await using keeper = new OpenFlowKeeper(`unix:${join(dir, 'nobody')}`, { minBackoff: 1, maxTries: 2 })
    await expect(keeper.next()).rejects.toMatchObject({ code: 'connect' })
  })
})
