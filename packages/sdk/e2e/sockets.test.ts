import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { Agent, createServer, request, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Testbed } from '@streambed/sdk'

const start = () =>
  Testbed.start({
    networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] } },
    hosts: { web: { networks: ['lan'] }, laptop: { networks: ['lan'] } },
  })

let testbed: Awaited<ReturnType<typeof start>>
let server: Server
beforeAll(async () => {
  testbed = await start()
  server = createServer((message, response) => response.end(`${message.method} ${message.url} from ${message.socket.remoteAddress}`))
  server.listen(await testbed.hosts.web.listen(80))
})
afterAll(async () => {
  await testbed.close()
})

describe('an HTTP server and its client in this process, on two hosts', () => {
  it('answers by name, IPv4 and IPv6', async () => {
    const { web, laptop } = testbed.hosts
    const ask = async (url: string): Promise<string> => await (await laptop.fetch(url)).text()
    expect(await ask('http://web/name')).toContain('GET /name from')
    expect(await ask(`http://${web.ip()}/four`)).toBe(`GET /four from ::ffff:${laptop.ip()}`)
    expect(await ask(`http://[${web.ip6()}]/six`)).toBe(`GET /six from ${laptop.ip6()}`)
    // Any other program sees the same server.
    expect((await laptop.exec(['curl', '-sf', 'http://web/curl'])).stdout).toContain('GET /curl from')
  })

  it('answers 1,000 requests, with a link taken down in the middle', async () => {
    const { laptop, web } = testbed.hosts
    const total = 1000
    const answers: string[] = []
    let next = 0
    let reachedMiddle = (): void => undefined
    const middle = new Promise<void>((resolve) => (reachedMiddle = resolve))
    const worker = async (): Promise<void> => {
      while (next < total) {
        const number = next++
        answers[number] = await (await laptop.fetch(`http://${number % 2 === 0 ? web.ip() : `[${web.ip6()}]`}/${number}`)).text()
        if (number >= total / 2) reachedMiddle()
      }
    }
    const workers = Promise.all(Array.from({ length: 20 }, worker))
    await middle
    await web.linkDown()
    const answered = answers.filter(Boolean).length
    expect(answered).toBeLessThan(total)
    expect((await laptop.ping('web', { timeout: 300 })).ok).toBe(false)
    // Nothing got through meanwhile but what was on its way.
    expect(answers.filter(Boolean).length).toBeLessThanOrEqual(answered + 20)
    await web.linkUp()
    await workers
    expect(answers.filter((answer, i) => !answer.startsWith(`GET /${i} from`))).toEqual([])
  })

  it('works through node:http with the agent of a host', async () => {
    const agent = testbed.hosts.laptop.httpAgent({ keepAlive: true })
    expect(agent).toBeInstanceOf(Agent)
    for (let i = 0; i < 3; i++) {
      const message = request({ host: 'web', port: 80, path: '/agent', agent }).end()
      const [response] = (await once(message, 'response')) as [NodeJS.ReadableStream]
      expect(await text(response)).toContain('GET /agent from')
    }
    agent.destroy()
  })

  it('fails clearly while a link is down, and goes on when it is up again', async () => {
    const { laptop, web } = testbed.hosts
    const fetched = async (): Promise<string> => await (await laptop.fetch('http://web/middle')).text()
    expect(await fetched()).toContain('/middle')
    await web.linkDown()
    await expect(laptop.fetch('http://web/lost', { signal: AbortSignal.timeout(300) })).rejects.toThrow()
    await expect(laptop.connect('web', 80, { timeout: 200 })).rejects.toMatchObject({ code: 'unreachable' })
    await web.linkUp()
    expect(await fetched()).toContain('/middle')
  })

  it('refuses clearly: no listener, unknown name, port in use', async () => {
    const { laptop, web } = testbed.hosts
    await expect(laptop.connect(web.ip(), 81)).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') as string })
    await expect(laptop.fetch('http://nowhere/')).rejects.toThrow()
    await expect(laptop.connect('nowhere', 80)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('web, laptop') as string })
    await expect(web.listen(80)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('in use') as string })
    await expect(web.listen(70_000)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('70000') as string })
    await expect(laptop.connect('web', 80, { signal: AbortSignal.abort() })).rejects.toThrow()
  })
})

describe('UDP', () => {
  it.each([
    ['udp4', (host: 'web' | 'laptop') => testbed.hosts[host].ip()],
    ['udp6', (host: 'web' | 'laptop') => testbed.hosts[host].ip6()],
  ] as const)('a pair of %s sockets in this process talks across the network, and after a pulled cable again', async (type, address) => {
    const { web, laptop } = testbed.hosts
    const echo = await web.createSocket(type, { port: 7 })
    echo.on('message', (message, sender) => echo.send(`echo ${message.toString()}`, sender.port, sender.address))
    const client = await laptop.createSocket(type)
    const ask = async (words: string): Promise<[string, string, number]> => {
      const answer = once(client, 'message') as Promise<[Buffer, { address: string; port: number }]>
      client.send(words, 7, address('web'))
      const [message, sender] = await answer
      return [message.toString(), sender.address, sender.port]
    }
    expect(await ask('hello')).toEqual(['echo hello', address('web'), 7])
    await web.linkDown()
    client.send('lost', 7, address('web'))
    await web.linkUp()
    // The datagram that was sent meanwhile may have been kept for the neighbour or not: only the answer to the next one counts.
    const answers: string[] = []
    client.on('message', (message: Buffer) => answers.push(message.toString()))
    const again = new Promise<void>((resolve) => client.on('message', (message: Buffer) => message.toString() === 'echo again' && resolve()))
    client.send('again', 7, address('web'))
    await again
    expect(answers).toContain('echo again')
    client.close()
    echo.close()
  })
})

describe('canConnect', () => {
  it('tells for TCP and UDP, open and closed, by name and address', async () => {
    const { web, laptop } = testbed.hosts
    expect(await laptop.canConnect(web, { tcp: 80 })).toBe(true)
    expect(await laptop.canConnect('web', { tcp: 81 })).toBe(false)
    expect(await laptop.canConnect(web, { udp: 5353 })).toBe(false)
    const socket = await web.createSocket('udp4', { port: 5353 })
    expect(await laptop.canConnect(web, { udp: 5353 })).toBe(true)
    await web.linkDown()
    expect(await laptop.canConnect(web, { tcp: 80 }, { timeout: 200 })).toBe(false)
    expect(await laptop.canConnect(web, { udp: 5353 }, { timeout: 200 })).toBe(false)
    await web.linkUp()
    expect(await laptop.canConnect(web, { udp: 5353 })).toBe(true)
    socket.close()
    await expect(laptop.canConnect(web, { tcp: 0 })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('port 0') as string })
  })

  it('tells that a firewall on the target drops UDP', async () => {
    const { web, laptop } = testbed.hosts
    const socket = await web.createSocket('udp4', { port: 5354 })
    await web.exec(['nft', 'add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in udp dport 5354 drop'])
    expect(await laptop.canConnect(web, { udp: 5354 }, { timeout: 300 })).toBe(false)
    await web.exec(['nft', 'delete table inet t'])
    expect(await laptop.canConnect(web, { udp: 5354 })).toBe(true)
    socket.close()
  })
})

it('500 sockets are opened and closed without a leak', async () => {
  const { web, laptop } = testbed.hosts
  const count = (): number => readdirSync('/proc/self/fd').length
  const agentCount = async (): Promise<number> => Number((await testbed.exec(['sh', '-c', 'ls /proc/1/fd | wc -l'])).stdout)
  const cycle = async (): Promise<void> => {
    const listening = await web.listen()
    const address = listening.address() as { port: number }
    const accepted = once(listening, 'connection') as Promise<[import('node:net').Socket]>
    const socket = await laptop.connect(web.ip(), address.port)
    const [other] = await accepted
    other.end()
    socket.end()
    await Promise.all([once(socket.resume(), 'close'), once(other.resume(), 'close')])
    await new Promise((resolve) => listening.close(resolve))
    const udp = await laptop.createSocket('udp4')
    await new Promise<void>((resolve) => udp.close(resolve))
  }
  await cycle()
  const before = [count(), await agentCount()]
  // 125 cycles of a listener, two ends of a connection, and a UDP socket.
  for (let i = 0; i < 125; i++) await cycle()
  // What is on its way out may be counted at first; connections that fetch kept open end in their own time.
  await expect.poll(count).toBeLessThanOrEqual(before[0] as number)
  await expect.poll(agentCount).toBeLessThanOrEqual(before[1] as number)
})
