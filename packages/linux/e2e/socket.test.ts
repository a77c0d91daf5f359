import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import { connect as connectHere, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindUdpIn, connectIn, connectUnixIn, ConnectorAgent, createFetch, encodeNewRoute, listenIn, type Sandbox } from '@streambed/linux'
import { failure, job, run, twoHosts } from './lan.js'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await twoHosts()
})

afterAll(() => sandbox.close())

const descriptors = (): number => readdirSync('/proc/self/fd').length
const agentDescriptors = async (): Promise<number> => Number((await run(sandbox, 'a', ['sh', '-c', 'ls /proc/1/fd | wc -l'])).stdout)

describe('TCP', () => {
  it.each([
    ['10.0.0.2', '::'],
    ['fd00::2', '::'],
    ['10.0.0.2', '10.0.0.2'],
    ['fd00::2', 'fd00::2'],
    ['10.0.0.2', '0.0.0.0'],
  ])('connects to %s, where a server listens on %s', async (address, host) => {
    const server = await listenIn(sandbox, 'b', 0, { host })
    server.on('connection', (socket) => socket.end(`hello ${socket.remoteAddress}`))
    const socket = await connectIn(sandbox, 'a', address, (server.address() as AddressInfo).port)
    expect(await text(socket)).toMatch(/^hello (::ffff:)?(10\.0\.0\.1|fd00::1)$/)
    server.close()
    await once(server, 'close')
  })

  it('is seen by programs of the host', async () => {
    const server = await listenIn(sandbox, 'b', 8000)
    server.on('connection', (socket) => socket.end('from the test\n'))
    const { stdout } = await run(sandbox, 'a', ['sh', '-c', 'socat -u TCP:b:8000 -'])
    expect(stdout).toBe('from the test\n')
    expect((await run(sandbox, 'b', ['ss', '-tlnH'])).stdout).toContain(':8000')
    server.close()
    await once(server, 'close')
    expect((await run(sandbox, 'b', ['ss', '-tlnH'])).stdout).toBe('')
  })

  it('gives its handle to an http server, and connects for an http agent and for fetch', async () => {
    const http = createServer((request, response) => void response.end(`${request.url} ${request.headers.host}`))
    http.listen(await listenIn(sandbox, 'b', 8080))
    const connector = (host: string, port: number) => connectIn(sandbox, 'a', host, port)
    const { fetch, close } = createFetch(connector)
    expect(await (await fetch('http://10.0.0.2:8080/x')).text()).toBe('/x 10.0.0.2:8080')
    expect(await (await fetch('http://[fd00::2]:8080/y')).text()).toBe('/y [fd00::2]:8080')
    const agent = new ConnectorAgent(connector)
    const [response] = (await once(get({ host: '10.0.0.2', port: 8080, path: '/z', agent }), 'response')) as [IncomingMessage]
    expect(await text(response)).toBe('/z 10.0.0.2:8080')
    await expect(fetch('http://10.0.0.2:8099/')).rejects.toMatchObject({ cause: { code: 'unreachable' } })
    await close()
    agent.destroy()
    http.closeAllConnections()
    http.close()
  })

  it('says why there is no connection', async () => {
    expect(await failure(connectIn(sandbox, 'a', '10.0.0.2', 1))).toMatchObject({ code: 'unreachable', message: 'connect to 10.0.0.2:1: ECONNREFUSED' })
    expect(await failure(connectIn(sandbox, 'a', 'fd00::2', 1))).toMatchObject({ code: 'unreachable', message: 'connect to [fd00::2]:1: ECONNREFUSED' })
    expect(await failure(connectIn(sandbox, 'a', '192.0.2.1', 80))).toMatchObject({ code: 'unreachable', message: expect.stringContaining('ENETUNREACH') as string })
    expect(await failure(connectIn(sandbox, 'a', 'name', 80))).toMatchObject({ code: 'invalid' })
    expect(await failure(connectIn(sandbox, 'a', '10.0.0.2', 0))).toMatchObject({ code: 'invalid' })
    expect(await failure(connectIn(sandbox, 'a', '10.0.0.2', 80, { localAddress: '10.0.0.77' }))).toMatchObject({ message: expect.stringContaining('EADDRNOTAVAIL') as string })
  })

  it('stops waiting when the time is up, or when it is told to', async () => {
    // What goes to this network goes nowhere.
    await sandbox.apply([job('a', (w) => encodeNewRoute(w, 'hole', { destination: '198.51.100.0/24', via: '10.0.0.2' }))])
    await run(sandbox, 'b', ['sysctl', '-qw', 'net.ipv4.ip_forward=0'])
    expect(await failure(connectIn(sandbox, 'a', '198.51.100.1', 80, { timeout: 100 }))).toMatchObject({ code: 'timeout', message: 'connect to 198.51.100.1:80: no answer in 100 ms' })
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const waiting = failure(connectIn(sandbox, 'a', '198.51.100.1', 80, { signal: controller.signal }))
    while (!(await run(sandbox, 'a', ['ss', '-tnH', 'state', 'syn-sent'])).stdout.includes('198.51.100.1'));
    controller.abort(reason)
    expect(await waiting).toMatchObject({ code: 'aborted', cause: reason })
    expect(await failure(connectIn(sandbox, 'a', '10.0.0.2', 80, { signal: controller.signal }))).toMatchObject({ code: 'aborted', cause: reason })
    expect((await run(sandbox, 'a', ['ss', '-tnH', 'state', 'syn-sent'])).stdout).toBe('')
  })

  it('does not take one connection for another after many were aborted', async () => {
    for (let round = 0; round < 30; round++) {
      const controller = new AbortController()
      const doomed = Array.from({ length: 4 }, () => failure(connectIn(sandbox, 'a', '10.0.0.2', 1, { signal: controller.signal })))
      controller.abort()
      const waiting = failure(connectIn(sandbox, 'a', '198.51.100.1', 80, { timeout: 20 }))
      await Promise.all(doomed)
      expect(await waiting).toMatchObject({ code: 'timeout' })
    }
  })

  it('says that a port is in use, and that an address is not of the host', async () => {
    const server = await listenIn(sandbox, 'b', 8443)
    expect(await failure(listenIn(sandbox, 'b', 8443))).toMatchObject({ code: 'invalid', message: 'port 8443 at :: is in use in this host' })
    const both = await Promise.allSettled([listenIn(sandbox, 'b', 8444), listenIn(sandbox, 'b', 8444)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'invalid', message: 'port 8444 at :: is in use in this host' } })
    expect(await failure(listenIn(sandbox, 'b', 8445, { host: '10.0.0.1' }))).toMatchObject({ code: 'invalid', message: 'port 8445 at 10.0.0.1 cannot be used: 10.0.0.1 is no address of this host' })
    // The same port of another host is free.
    const other = await listenIn(sandbox, 'a', 8443)
    for (const one of [server, other]) one.close()
    for (const one of both) if (one.status === 'fulfilled') one.value.close()
  })

  it('loses no connection that comes while listeners are opened', async () => {
    const ports = Array.from({ length: 40 }, (_, i) => 9000 + i)
    const opened = ports.map(async (port) => {
      const server = await listenIn(sandbox, 'b', port)
      const http = createServer((_, response) => void response.end(String(port)))
      http.listen(server)
      return http
    })
    // Whoever gets through to a port gets its answer.
    const asked = ports.map(async (port) => {
      for (;;) {
        try {
          const socket = await connectIn(sandbox, 'a', '10.0.0.2', port)
          socket.end(`GET / HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n`)
          return (await text(socket)).endsWith(`\r\n\r\n${port}`)
        } catch (error) {
          if ((error as { code: string }).code !== 'unreachable') throw error
        }
      }
    })
    expect(await Promise.all(asked)).toEqual(ports.map(() => true))
    for (const http of await Promise.all(opened)) http.close()
  })

  it('accepts a flood', async () => {
    const server = await listenIn(sandbox, 'b', 7000)
    server.on('connection', (socket) => socket.end('x'))
    const answers = await Promise.all(Array.from({ length: 300 }, async () => text(await connectIn(sandbox, 'a', '10.0.0.2', 7000))))
    expect(answers.filter((answer) => answer === 'x')).toHaveLength(300)
    server.close()
  })

  it('hands over a connection that the other side resets at once', async () => {
    const server = await listenIn(sandbox, 'b', 7001)
    server.on('connection', (socket) => socket.resetAndDestroy())
    for (let i = 0; i < 50; i++) {
      const socket = await connectIn(sandbox, 'a', '10.0.0.2', 7001).catch((error: { code: string }) => {
        expect(error.code).toBe('unreachable')
        return undefined
      })
      if (socket !== undefined) expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' })
    }
    server.close()
  })

  it('keeps no descriptor of 500 sockets, here or in the agent', async () => {
    const server = await listenIn(sandbox, 'b', 7002)
    server.on('connection', (socket) => socket.resume().on('end', () => socket.end()))
    const batch = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        await Promise.all(
          Array.from({ length: 10 }, async () => {
            const socket = await connectIn(sandbox, 'a', '10.0.0.2', 7002)
            socket.end().resume()
            await once(socket, 'close')
            const listener = await listenIn(sandbox, 'a', 0)
            listener.close()
            const udp = await bindUdpIn(sandbox, 'a', 'udp4')
            udp.close()
            await failure(connectIn(sandbox, 'a', '10.0.0.2', 1))
          }),
        )
      }
    }
    await batch()
    const settled = async (): Promise<readonly [number, number]> => {
      await expect.poll(async () => (await run(sandbox, 'b', ['ss', '-tnH', 'state', 'established'])).stdout).toBe('')
      return [descriptors(), await agentDescriptors()]
    }
    const before = await settled()
    const owned = sandbox.owned.size
    await batch()
    await batch()
    const after = await settled()
    expect(after[0]).toBeLessThanOrEqual(before[0])
    // The pipes of the counting program itself may still be on their way out.
    await expect.poll(agentDescriptors).toBeLessThanOrEqual(before[1])
    expect(sandbox.owned.size).toBe(owned)
    server.close()
  })

  it('resets the connections of a host, and says how many', async () => {
    const server = await listenIn(sandbox, 'b', 7003)
    const accepted = once(server, 'connection')
    const socket = await connectIn(sandbox, 'a', '10.0.0.2', 7003)
    const [inner] = (await accepted) as [typeof socket]
    inner.on('error', () => undefined)
    const reset = once(socket, 'error')
    expect(await sandbox.call('destroySockets', { namespace: 'a' })).toEqual({ destroyed: 1 })
    expect((await reset)[0]).toMatchObject({ code: 'ECONNABORTED' })
    server.close()
  })
})

describe('UDP', () => {
  it.each([
    ['udp4', '10.0.0.2'],
    ['udp6', 'fd00::2'],
  ] as const)('%s carries datagrams both ways', async (type, address) => {
    const server = await bindUdpIn(sandbox, 'b', type, { port: 5353 })
    server.on('message', (message, from) => server.send(`re: ${String(message)}`, from.port, from.address))
    const client = await bindUdpIn(sandbox, 'a', type)
    client.send('hello', 5353, address)
    expect(String((await once(client, 'message'))[0])).toBe('re: hello')
    expect(client.address().port).toBeGreaterThan(0)
    server.close()
    client.close()
  })

  it('loses no datagram that came while the socket was opened', async () => {
    const sender = await bindUdpIn(sandbox, 'a', 'udp4')
    for (let round = 0; round < 30; round++) {
      const port = 6000 + round
      let sent = 0
      let stop = false
      const flood = async (): Promise<void> => {
        while (!stop) {
          sender.send(String(sent++), port, '10.0.0.2')
          // Through the event loop: libuv does not leave its sending while callbacks send more.
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const flooding = flood()
      const receiver = await bindUdpIn(sandbox, 'b', 'udp4', { port })
      const numbers: number[] = []
      receiver.on('message', (message) => numbers.push(Number(String(message))))
      while (numbers.length < 10) await once(receiver, 'message')
      stop = true
      await flooding
      while (numbers.at(-1) !== sent - 1) await once(receiver, 'message')
      // From the first that came on, all came, in order.
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] as number) + i))
      receiver.close()
    }
    sender.close()
  })

  it('says that a port is in use, and that an address is not of the host', async () => {
    const socket = await bindUdpIn(sandbox, 'b', 'udp4', { port: 5000 })
    expect(await failure(bindUdpIn(sandbox, 'b', 'udp4', { port: 5000 }))).toMatchObject({ code: 'invalid', message: 'port 5000 at 0.0.0.0 is in use in this host' })
    expect(await failure(bindUdpIn(sandbox, 'b', 'udp4', { port: 5001, host: '10.0.0.1' }))).toMatchObject({ code: 'invalid' })
    expect(await failure(bindUdpIn(sandbox, 'b', 'udp4', { port: 5001, host: 'fd00::2' }))).toMatchObject({ code: 'invalid' })
    const shared = await Promise.all([1, 2].map(() => bindUdpIn(sandbox, 'b', 'udp4', { port: 5002, reusePort: true })))
    for (const one of [socket, ...shared]) one.close()
  })
})

it('connects to unix sockets of the sandbox, waiting until somebody listens', async () => {
  const waiting = connectUnixIn(sandbox, '/run/late.sock')
  const server = run(sandbox, '', ['socat', 'UNIX-LISTEN:/run/late.sock', 'EXEC:echo unix'])
  expect(await text(await waiting)).toBe('unix\n')
  await server
  const error = await failure(connectUnixIn(sandbox, '/run/never.sock', 50))
  expect(error.message).toContain('/run/never.sock')
})

it('leaves the sockets of this process alone', async () => {
  const here = createSocket('udp4').bind(0)
  await once(here, 'listening')
  here.close()
  const error = await once(connectHere(1, '127.0.0.1'), 'error')
  expect(error[0]).toMatchObject({ code: 'ECONNREFUSED' })
})
