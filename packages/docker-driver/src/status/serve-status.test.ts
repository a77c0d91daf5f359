import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { serveStatus, type ServeStatusOptions, type StatusServer } from './serve-status.js'

let server: StatusServer
afterEach(() => server.close())

async function serve(special: Partial<ServeStatusOptions> = {}): Promise<void> {
  server = await serveStatus({ host: '127.0.0.1', port: 0, allow: ['127.0.0.0/8', '::1/128'], networks: () => Promise.resolve('{"a":{}}'), metrics: () => Promise.resolve('a 1\n'), ...special })
}

async function get(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly body: string; readonly type: string | null }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers: { connection: 'close', ...init.headers } })
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') }
}

describe('serveStatus', () => {
  it('tells networks, metrics, health and diagrams', async () => {
    await serve({ graph: (format) => Promise.resolve(format === 'png' ? new Uint8Array([1, 2]) : `<${format}>`) })
    expect(await get('/networks')).toEqual({ status: 200, body: '{"a":{}}', type: 'application/json' })
    expect(await get('/networks?x')).toEqual({ status: 200, body: '{"a":{}}', type: 'application/json' })
    expect(await get('/metrics')).toEqual({ status: 200, body: 'a 1\n', type: 'text/plain; version=0.0.4; charset=utf-8' })
    expect(await get('/healthz')).toEqual({ status: 200, body: 'ok\n', type: 'text/plain; charset=utf-8' })
    expect(await get('/graph.svg')).toEqual({ status: 200, body: '<svg>', type: 'image/svg+xml; charset=utf-8' })
    expect(await get('/graph.png')).toEqual({ status: 200, body: '\u0001\u0002', type: 'image/png' })
    expect(await get('/networks', { method: 'HEAD' })).toEqual({ status: 200, body: '', type: 'application/json' })
  })

  it('has nothing else, and no diagram without a function', async () => {
    await serve()
    expect(await get('/graph.svg')).toMatchObject({ status: 404, body: 'There is nothing of that name. There are /networks, /metrics, /healthz.\n' })
    expect(await get('/constructor')).toMatchObject({ status: 404 })
    expect(await get('/networks', { method: 'POST', body: 'x' })).toMatchObject({ status: 405, body: 'Only GET is possible.\n' })
  })

  it('goes by the address of the connection, whatever the headers say', async () => {
    await serve({ allow: ['10.0.0.0/8'] })
    const headers = { 'x-real-ip': '10.0.0.1', 'x-forwarded-for': '10.0.0.1:80', forwarded: 'for=10.0.0.1' }
    for (const path of ['/networks', '/metrics', '/healthz', '/graph.svg', '/x']) expect(await get(path, { headers })).toEqual({ status: 403, body: 'not authorized\n', type: 'text/plain; charset=utf-8' })
  })

  it('knows an IPv4 client of a socket for both versions', async () => {
    await serve({ host: '', allow: ['127.0.0.1/32'] })
    expect(await get('/healthz')).toMatchObject({ status: 200 })
  })

  it('says what is wrong', async () => {
    await serve({
      networks: () => Promise.reject(new Error('Open vSwitch does not answer')),
      health: () => Promise.resolve('Docker does not answer'),
      graph: () => Promise.reject(new DockerDriverError('missing', 'install @resvg/resvg-js')),
    })
    expect(await get('/networks')).toMatchObject({ status: 500, body: 'Open vSwitch does not answer\n' })
    expect(await get('/healthz')).toMatchObject({ status: 503, body: 'Docker does not answer\n' })
    expect(await get('/graph.png')).toMatchObject({ status: 501, body: 'install @resvg/resvg-js\n' })
  })

  it('says why it cannot listen', async () => {
    await serve()
    const again = serveStatus({ host: '127.0.0.1', port: server.port, allow: [], networks: () => Promise.resolve(''), metrics: () => Promise.resolve('') })
    await expect(again).rejects.toMatchObject({ code: 'conflict', message: `the status server cannot listen on port ${server.port} of 127.0.0.1: another program does; choose another port, or 0 for none` })
    await expect(serveStatus({ host: '192.0.2.1', port: 0, allow: [], networks: () => Promise.resolve(''), metrics: () => Promise.resolve('') })).rejects.toMatchObject({ code: 'invalid' })
    await expect(serveStatus({ port: 0, allow: ['x'], networks: () => Promise.resolve(''), metrics: () => Promise.resolve('') })).rejects.toMatchObject({ code: 'invalid' })
  })

  it('closes when a client waits with its connection open', async () => {
    await serve()
    const client = connect(server.port, '127.0.0.1')
    client.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(client, 'data')
    const closed = once(client, 'close')
    await server.close()
    await closed
  })
})
