import { afterEach, describe, expect, it } from 'vitest'
import type { MetricFamily } from './family.js'
import { MetricsServer } from './metrics-server.js'

const families: readonly MetricFamily[] = [
  { name: 'dp_status', help: 'up', type: 'gauge', samples: [{ labels: {}, value: 1 }] },
  { name: 'secs', help: 'time', type: 'histogram', samples: [{ suffix: '_sum', labels: {}, value: 2 }] },
]
let server: MetricsServer
afterEach(() => server.close())

async function get(path: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`, { ...init, headers: { connection: 'close' } })
  return [response.status, await response.text()]
}

describe('MetricsServer', () => {
  it('tells metrics at /metrics and at /', async () => {
    server = await MetricsServer.listen({ host: '127.0.0.1', port: 0, collect: () => families })
    const all = '# HELP dp_status up\n# TYPE dp_status gauge\ndp_status 1\n# HELP secs time\n# TYPE secs histogram\nsecs_sum 2\n'
    expect(await get('/metrics')).toEqual([200, all])
    expect(await get('/')).toEqual([200, all])
    expect(await get('/metrics', { method: 'HEAD' })).toEqual([200, ''])
  })

  it('tells only what is asked for by name', async () => {
    server = await MetricsServer.listen({ host: '127.0.0.1', port: 0, collect: () => families })
    expect(await get('/metrics?name[]=secs_sum')).toEqual([200, '# HELP secs time\n# TYPE secs histogram\nsecs_sum 2\n'])
    expect(await get('/metrics?name%5B%5D=other')).toEqual([200, ''])
  })

  it('has nothing elsewhere, and says why when it fails', async () => {
    const collect = () => Promise.reject(new Error('the switch does not answer'))
    server = await MetricsServer.listen({ host: '127.0.0.1', port: 0, collect })
    expect(await get('/favicon.ico')).toEqual([404, 'There is nothing at /favicon.ico; metrics are at /metrics.\n'])
    expect(await get('/metrics', { method: 'POST' })).toEqual([405, 'POST is not possible; GET is.\n'])
    expect(await get('/metrics')).toEqual([500, 'the switch does not answer\n'])
  })

  it('says where it cannot listen', async () => {
    server = await MetricsServer.listen({ host: '127.0.0.1', port: 0, collect: () => families })
    const again = MetricsServer.listen({ host: '127.0.0.1', port: server.port, collect: () => families })
    await expect(again).rejects.toThrow(`[io] metrics cannot be told at 127.0.0.1 port ${String(server.port)}: `)
    await server.close()
    await server.close()
  })
})
