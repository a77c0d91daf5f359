import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CallLog, type NetworkDriver, type NetworkDriverServer, serveNetworkDriver, type ServeNetworkDriverOptions } from '../src/protocol/index.js'

// Whatever comes in by the socket is answered; nothing that comes in breaks it. Needs neither Docker nor Open vSwitch.

const NETWORK = 'a'.repeat(64)
const OTHER = 'c'.repeat(64)
const ENDPOINT = 'b'.repeat(64)
const ids = { NetworkID: NETWORK, EndpointID: ENDPOINT }

let folder: string
let socket: string
let server: NetworkDriverServer
let log: CallLog[]
let calls: string[]

/** A driver that answers at once, unless told otherwise. */
function driver(special: Partial<NetworkDriver> = {}): NetworkDriver {
  const done = (name: string) => () => {
    calls.push(name)
    return Promise.resolve()
  }
  return {
    createNetwork: done('createNetwork'),
    deleteNetwork: done('deleteNetwork'),
    createEndpoint: () => Promise.resolve({ mac: '0e:00:00:00:00:23' }),
    deleteEndpoint: done('deleteEndpoint'),
    endpointInfo: () => Promise.resolve({ 'ovs.ofport': '1' }),
    join: () => Promise.resolve({ srcName: 'ethcbbbbb', dstPrefix: 'eth', gateway: '10.9.0.1', staticRoutes: [{ destination: '10.0.0.0/8', routeType: 1 }] }),
    leave: done('leave'),
    programExternalConnectivity: done('program'),
    revokeExternalConnectivity: done('revoke'),
    ...special,
  }
}

async function serve(options: Partial<ServeNetworkDriverOptions> = {}): Promise<NetworkDriverServer> {
  server = await serveNetworkDriver({ socket, driver: driver(), onLog: (entry) => log.push(entry), ...options })
  return server
}

interface Reply {
  readonly status: number
  readonly type: string | undefined
  readonly body: { readonly Err?: string }
}

async function ask(path: string, body?: unknown, method = 'POST', agent: Agent | false = false): Promise<Reply> {
  const asked = request({ socketPath: socket, path, method, agent })
  asked.end(body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  // A request that is not read to its end cannot be written to its end either.
  asked.on('error', () => undefined)
  const [response] = (await once(asked, 'response')) as [AsyncIterable<Buffer> & { statusCode: number; headers: Record<string, string | undefined> }]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, type: response.headers['content-type'], body: text === '' ? {} : (JSON.parse(text) as Reply['body']) }
}

/** Sends bytes as they are; what has come when the other end has closed. */
async function raw(bytes: string | Buffer, options: { readonly end?: boolean } = {}): Promise<string> {
  const client = connect(socket)
  let answer = ''
  client.on('error', () => undefined)
  client.on('data', (chunk) => (answer += chunk.toString('latin1')))
  client.write(bytes)
  if (options.end === true) client.end()
  await new Promise((closed) => client.on('close', closed))
  return answer
}

const head = (path: string, length: number | string, more = '') => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n`

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streambed-protocol-'))
  socket = join(folder, 'plugins', 'dovesnap.sock')
  log = []
  calls = []
})
afterEach(async () => {
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

describe('every call', () => {
  it.each([
    ['/Plugin.Activate', undefined, { Implements: ['NetworkDriver'] }],
    ['/NetworkDriver.GetCapabilities', undefined, { Scope: 'local', ConnectivityScope: 'local' }],
    ['/NetworkDriver.AllocateNetwork', { NetworkID: NETWORK, Options: null, IPv4Data: null, IPv6Data: null }, { Options: {} }],
    ['/NetworkDriver.FreeNetwork', { NetworkID: NETWORK }, {}],
    ['/NetworkDriver.CreateNetwork', { NetworkID: NETWORK, Options: {}, IPv4Data: [], IPv6Data: [] }, {}],
    ['/NetworkDriver.DeleteNetwork', { NetworkID: NETWORK }, {}],
    ['/NetworkDriver.CreateEndpoint', { ...ids, Interface: { Address: '10.9.0.2/24', AddressIPv6: '', MacAddress: '' }, Options: {} }, { Interface: { MacAddress: '0e:00:00:00:00:23' } }],
    // Docker takes it for a fault when it is told what it said itself.
    ['/NetworkDriver.CreateEndpoint', { ...ids, Interface: { Address: '10.9.0.2/24', AddressIPv6: '', MacAddress: '0e:00:00:00:00:99' } }, {}],
    ['/NetworkDriver.EndpointOperInfo', ids, { Value: { 'ovs.ofport': '1' } }],
    ['/NetworkDriver.DeleteEndpoint', ids, {}],
    [
      '/NetworkDriver.Join',
      { ...ids, SandboxKey: '/var/run/docker/netns/0123456789ab', Options: null },
      { InterfaceName: { SrcName: 'ethcbbbbb', DstPrefix: 'eth' }, Gateway: '10.9.0.1', StaticRoutes: [{ Destination: '10.0.0.0/8', RouteType: 1, NextHop: '' }] },
    ],
    ['/NetworkDriver.Leave', ids, {}],
    ['/NetworkDriver.DiscoverNew', { DiscoveryType: 1, DiscoveryData: { Address: '10.0.0.1', self: true } }, {}],
    ['/NetworkDriver.DiscoverDelete', { DiscoveryType: 1, DiscoveryData: null }, {}],
    ['/NetworkDriver.ProgramExternalConnectivity', { ...ids, Options: {} }, {}],
    ['/NetworkDriver.RevokeExternalConnectivity', ids, {}],
  ])('%s', async (path, body, reply) => {
    await serve()
    expect(await ask(path, body)).toEqual({ status: 200, type: 'application/vnd.docker.plugins.v1.1+json', body: reply })
    expect(log).toEqual([{ call: path.slice(1), seconds: expect.any(Number) as number, status: 200, error: undefined }])
  })

  it('hands an error of the driver on, whatever it is', async () => {
    const fault = new Error('the VLAN 100 is used by the network "lab"')
    await serve({ driver: driver({ createNetwork: () => Promise.reject(fault), leave: () => { throw new TypeError('synchronous') } }) })
    expect(await ask('/NetworkDriver.CreateNetwork', { NetworkID: NETWORK })).toMatchObject({ status: 200, body: { Err: 'the VLAN 100 is used by the network "lab"' } })
    expect(await ask('/NetworkDriver.Leave', ids)).toMatchObject({ status: 200, body: { Err: 'synchronous' } })
    expect(log[0]).toMatchObject({ call: 'NetworkDriver.CreateNetwork', error: fault.message, cause: fault })
  })

  it('is answered when the log fails', async () => {
    await serve({ onLog: () => { throw new Error('disk full') } })
    expect((await ask('/NetworkDriver.Leave', ids)).status).toBe(200)
    expect((await ask('/NetworkDriver.Leave', ids)).status).toBe(200)
  })
})

describe('an operation', () => {
  it('that does not end is answered with an Err, and told', async () => {
    let signal: AbortSignal | undefined
    const leave: NetworkDriver['leave'] = (_, context) => {
      signal = context?.signal
      return new Promise(() => undefined)
    }
    await serve({ driver: driver({ leave }), operationTimeout: 50 })
    expect((await ask('/NetworkDriver.Leave', ids)).body.Err).toContain('has not ended within 0.05 seconds')
    expect(signal?.aborted).toBe(true)
    expect((await ask('/NetworkDriver.DeleteEndpoint', ids)).body).toEqual({})
  })

  it('is not begun again by a repetition that comes while it runs, even when the first client is gone', async () => {
    const begun: string[] = []
    const gate = withResolvers()
    const started = { [NETWORK]: withResolvers(), [OTHER]: withResolvers() }
    await serve({ driver: driver({ createNetwork: ({ networkId }) => { begun.push(networkId); started[networkId]?.resolve(); return gate.promise } }) })
    const body = JSON.stringify({ NetworkID: NETWORK })
    const first = connect(socket)
    first.write(head('/NetworkDriver.CreateNetwork', body.length) + body)
    await started[NETWORK]?.promise
    first.destroy()
    const second = ask('/NetworkDriver.CreateNetwork', body)
    // What comes later than the repetition has begun: so it has come, too.
    const other = ask('/NetworkDriver.CreateNetwork', { NetworkID: OTHER })
    await started[OTHER]?.promise
    gate.resolve()
    expect(await Promise.all([second, other])).toMatchObject([{ status: 200, body: {} }, { status: 200, body: {} }])
    expect(begun).toEqual([NETWORK, OTHER])
  })
})

describe('a request that is wrong', () => {
  it.each([
    ['not JSON', '/NetworkDriver.Leave', '{"NetworkID"', 400, 'the request is not JSON in UTF-8'],
    ['not UTF-8', '/NetworkDriver.Leave', Buffer.from([0x22, 0xff, 0x22]), 400, 'the request is not JSON in UTF-8'],
    ['of another type', '/NetworkDriver.Leave', '"x"', 400, 'NetworkDriver.Leave: the request has to be an object; it is "x"'],
    ['null', '/NetworkDriver.Join', 'null', 400, 'the request has to be an object; it is null'],
    ['deep', '/NetworkDriver.Leave', '['.repeat(100_000), 400, 'the request is not JSON in UTF-8'],
    ['deep and whole', '/NetworkDriver.Leave', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'has to be an object; it is an array'],
    ['without a body, as Docker repeats it', '/NetworkDriver.Leave', undefined, 400, 'the request has no body. Docker sends that when it repeats'],
    ['with an id that is none', '/NetworkDriver.Leave', { NetworkID: 5, EndpointID: ENDPOINT }, 400, 'NetworkID has to be an id of Docker, 12 to 64 digits and small letters; it is 5'],
    ['unknown', '/NetworkDriver.Fly', {}, 404, '404 page not found: a network driver has no call "/NetworkDriver.Fly"'],
    ['unknown, of an object', '/constructor', {}, 404, '404 page not found'],
    ['too long', '/NetworkDriver.Leave', Buffer.alloc(1024 * 1024 + 1, 32), 413, 'a request has at most 1048576 bytes'],
  ])('%s', async (_, path, body, status, message) => {
    await serve()
    const reply = await ask(path, body)
    expect(reply).toMatchObject({ status, type: 'application/vnd.docker.plugins.v1.1+json' })
    expect(reply.body.Err).toContain(message)
    expect(calls).toEqual([])
    expect((await ask('/NetworkDriver.Leave', ids)).status).toBe(200)
  })

  it.each(['GET', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'])('%s', async (method) => {
    await serve()
    const reply = await ask('/NetworkDriver.Leave', undefined, method)
    expect(reply.status).toBe(405)
    if (method !== 'HEAD') expect(reply.body.Err).toBe(`/NetworkDriver.Leave is called with POST, not with ${method}`)
  })

  it.each([
    ['nonsense', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['a TLS hello', Buffer.from('160301020001000 1fc0303'.replace(' ', ''), 'hex'), 'HTTP/1.1 400 Bad Request'],
    ['two lengths', 'POST /NetworkDriver.Leave HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['a length and chunks', 'POST /NetworkDriver.Leave HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['a negative length', head('/NetworkDriver.Leave', '-1'), 'HTTP/1.1 400 Bad Request'],
    ['a length beyond all numbers', head('/NetworkDriver.Leave', '9'.repeat(40)), 'HTTP/1.1 400 Bad Request'],
    ['headers without end', `POST / HTTP/1.1\r\n${'x: y\r\n'.repeat(20_000)}`, 'HTTP/1.1 431 Request Header Fields Too Large'],
    ['a long body that never comes', head('/NetworkDriver.Leave', 5_000_000_000), 'HTTP/1.1 413 Payload Too Large'],
    ['a long body that waits to be asked for', head('/NetworkDriver.Leave', 5_000_000, 'Expect: 100-continue\r\n'), 'HTTP/1.1 413 Payload Too Large'],
    ['chunks without end', `POST /NetworkDriver.Leave HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(0x10000)}\r\n`.repeat(20)}`, 'HTTP/1.1 413 Payload Too Large'],
    ['chunks that are none', 'POST /NetworkDriver.Leave HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'HTTP/1.1 400 Bad Request'],
  ])('is answered, and its connection closed: %s', async (_, bytes, status) => {
    await serve()
    const answer = await raw(bytes)
    expect(answer.split('\r\n')[0]).toBe(status)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toEqual({ Err: expect.any(String) as string })
    expect((await ask('/NetworkDriver.Leave', ids)).status).toBe(200)
  })

  it('that waits to be asked for its body is asked', async () => {
    await serve()
    const body = JSON.stringify(ids)
    const client = connect(socket)
    client.write(head('/NetworkDriver.Leave', body.length, 'Expect: 100-continue\r\nConnection: close\r\n'))
    expect(String((await once(client, 'data'))[0])).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    client.write(body)
    expect(String((await once(client, 'data'))[0])).toContain('HTTP/1.1 200 OK')
    client.destroy()
  })

  it('that ends half-way is no call', async () => {
    await serve()
    const body = JSON.stringify(ids)
    for (let length = 1; length < body.length; length += 7) {
      const client = connect(socket)
      client.write(head('/NetworkDriver.Leave', body.length) + body.slice(0, length))
      await once(client, 'connect')
      client.destroy()
    }
    expect(await raw(head('/NetworkDriver.Leave', body.length) + body.slice(0, 20), { end: true })).toMatch(/^($|HTTP\/1.1 400 Bad Request)/)
    expect((await ask('/NetworkDriver.DeleteNetwork', { NetworkID: NETWORK })).status).toBe(200)
    expect(calls).toEqual(['deleteNetwork'])
  })

  it('that comes too slowly is answered', async () => {
    await serve({ requestTimeout: 100 })
    const [nothing, line, body] = await Promise.all([raw(''), raw('POST /NetworkDriver.Leave HTTP/1.1\r\nHos'), raw(head('/NetworkDriver.Leave', 100) + '{')])
    for (const answer of [nothing, line, body]) expect(answer).toContain('HTTP/1.1 408 Request Timeout')
    expect(calls).toEqual([])
  })
})

describe('a connection', () => {
  it('takes one request after the other, and several at once, in order', async () => {
    await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let round = 0; round < 20; round++) expect((await ask('/NetworkDriver.Leave', ids, 'POST', agent)).status).toBe(200)
    agent.destroy()
    const body = JSON.stringify({ NetworkID: NETWORK })
    const one = head('/NetworkDriver.DeleteNetwork', body.length) + body
    const answer = await raw(`${one}${head('/NetworkDriver.Fly', 2)}{}${one}${head('/Plugin.Activate', 0, 'Connection: close\r\n')}`)
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200', '200'])
  })

  it('stays open while nothing is asked, for Docker would lose the request that meets a closing one', async () => {
    await serve({ requestTimeout: 100 })
    const client = connect(socket)
    client.write(head('/Plugin.Activate', 0))
    await once(client, 'data')
    // Longer than all limits of a request: another client runs into one of them meanwhile.
    await raw('POST')
    await raw('POST')
    client.write(head('/Plugin.Activate', 0))
    expect(String((await once(client, 'data'))[0])).toContain('HTTP/1.1 200 OK')
    client.destroy()
  })

  it('holds nothing up when the server closes, but the operation that runs is answered', async () => {
    const gate = withResolvers()
    const started = withResolvers()
    await serve({ driver: driver({ leave: () => { started.resolve(); return gate.promise } }), requestTimeout: 60_000 })
    const idle = [connect(socket), connect(socket), connect(socket)]
    idle[1]?.write('POST /Netw')
    idle[2]?.write(head('/NetworkDriver.Leave', 100) + '{')
    await Promise.all(idle.map((client) => once(client, 'connect')))
    const waiting = ask('/NetworkDriver.Leave', ids)
    await started.promise
    let closed = false
    const closing = server.close().then(() => (closed = true))
    await Promise.all(idle.map((client) => once(client.on('error', () => undefined), 'close')))
    expect(closed).toBe(false)
    gate.resolve()
    expect(await waiting).toMatchObject({ status: 200, body: {} })
    await closing
    await server.close()
  })
})

describe('the socket', () => {
  it('is for its user alone, and its folder for all to look into, whatever the umask', async () => {
    const before = process.umask(0o077)
    try {
      await serve()
    } finally {
      process.umask(before)
    }
    expect((await lstat(socket)).mode & 0o7777).toBe(0o600)
    expect((await stat(join(folder, 'plugins'))).mode & 0o7777).toBe(0o755)
    expect(await readdir(join(folder, 'plugins'))).toEqual(['dovesnap.sock'])
  })

  it('belongs to the first; who comes second is told who that is', async () => {
    const first = await serve()
    await expect(serve()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(`streambed-docker-driver (process ${process.pid}) does already`) as string })
    expect((await ask('/Plugin.Activate')).status).toBe(200)
    server = first
  })

  it('of ten that begin at once, one has it', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => serveNetworkDriver({ socket, driver: driver() })))
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(winners).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
    server = winners[0] as NetworkDriverServer
    expect((await ask('/Plugin.Activate')).status).toBe(200)
    expect(await readdir(join(folder, 'plugins'))).toEqual(['dovesnap.sock'])
  })

  it('of a strange program, or a file, is not taken', async () => {
    await serve()
    await server.close()
    const stranger = createServer((client: Socket) => client.destroy()).listen(socket)
    await once(stranger, 'listening')
    await expect(serve()).rejects.toMatchObject({ code: 'conflict', message: `no network driver can listen on ${socket}: another process listens there` })
    stranger.close()
    await once(stranger, 'close')
    await writeFile(socket, 'mine')
    await expect(serve()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('no socket') as string })
  })

  it('of a dead process is removed', async () => {
    await serve()
    await server.close()
    // Node removes the file of a server that closes; a process that is killed leaves it.
    const killed = spawn(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`])
    await once(killed, 'exit')
    expect((await lstat(socket)).isSocket()).toBe(true)
    await serve()
    expect((await ask('/Plugin.Activate')).status).toBe(200)
  })

  it('is removed at the end, unless it is somebody else\'s by then', async () => {
    const first = await serve()
    await first.close()
    expect(await readdir(join(folder, 'plugins'))).toEqual([])
    const second = await serve()
    await rm(socket)
    const third = await serve()
    await second.close()
    expect((await ask('/Plugin.Activate')).status).toBe(200)
    server = third
  })

  it('is refused where there can be none, with a reason', async () => {
    await expect(serveNetworkDriver({ socket: join(folder, 'x'.repeat(120)), driver: driver() })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('at most 107 bytes') as string })
    await writeFile(join(folder, 'file'), '')
    await expect(serveNetworkDriver({ socket: join(folder, 'file', 'x.sock'), driver: driver() })).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('random requests', () => {
  const rounds = process.env['STREAMBED_CAMPAIGN'] === '1' ? 100_000 : 1000

  it(`${rounds} of them are answered or closed, and the server lives`, { timeout: 600_000 }, async () => {
    await serve({ requestTimeout: 1000, maxBody: 10_000 })
    const random = generator(20261121)
    for (let round = 0; round < rounds; round += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => raw(randomRequest(random), { end: true })))
      for (const answer of answers) expect(answer).toMatch(/^($|HTTP\/1\.1 \d{3} )/)
    }
    expect((await ask('/NetworkDriver.Leave', ids)).body).toEqual({})
    expect(new Set(log.map(({ status }) => status))).toEqual(new Set([200, 400, 404, 405, 413]))
  })
})

const PATHS = ['/Plugin.Activate', '/NetworkDriver.CreateNetwork', '/NetworkDriver.CreateEndpoint', '/NetworkDriver.Join', '/NetworkDriver.Leave', '/NetworkDriver.ProgramExternalConnectivity', '/', '//', '/NetworkDriver.']
const VALUES: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e308, '', 'x', NETWORK, '10.0.0.1/24', 'fd00::1/64', '0e:00:00:00:00:01', '\0', '\ud800', [], {}, [null], ['x'], { '': '' }]
const FIELDS = ['NetworkID', 'EndpointID', 'Options', 'IPv4Data', 'IPv6Data', 'Interface', 'SandboxKey', 'Gateway', 'Pool', 'Address', 'MacAddress', '__proto__', 'com.docker.network.generic', 'com.docker.network.portmap', 'Proto', 'Port', 'HostPort', 'HostIP']

/** A request near to a right one: any of its bytes may be changed, its body cut, its length wrong. */
function randomRequest(random: (below: number) => number): Buffer {
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
  const value = (depth: number): unknown => (depth > 0 && random(3) === 0 ? (random(3) === 0 ? [value(depth - 1), value(depth - 1)] : object(depth - 1)) : pick(VALUES))
  const object = (depth: number): object => Object.fromEntries(Array.from({ length: random(5) }, () => [pick(FIELDS), value(depth)]))
  const request = random(2) === 0 ? { ...ids, SandboxKey: '/run/x', ...object(3) } : object(3)
  let body = JSON.stringify(request)
  if (random(10) === 0) body = body.slice(0, random(body.length + 1))
  if (random(20) === 0) body += ' '.repeat(20_000)
  const length = random(8) === 0 ? random(20_000) : Buffer.byteLength(body)
  const bytes = Buffer.from(`${random(10) === 0 ? pick(['GET', 'PUT', 'post', 'X']) : 'POST'} ${pick(PATHS)} HTTP/1.${random(20) === 0 ? random(10) : 1}\r\nHost: ${pick(['x', '', '%2Frun%2Fx.sock'])}\r\nContent-Length: ${length}\r\n\r\n${body}`)
  for (let changes = random(4) === 0 ? random(6) : 0; changes > 0; changes--) bytes[random(bytes.length)] = random(256)
  return bytes
}

/** Lehmer's generator: the same numbers at every run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
