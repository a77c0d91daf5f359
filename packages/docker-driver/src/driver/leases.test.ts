import { expect, it } from 'vitest'
import type { RunningContainer } from '../docker/docker-engine.js'
import type { DriverContext } from './context.js'
import { Leases } from './leases.js'

const endpoint = { id: 'e1', mac: '02:00:00:00:00:01', ipv4: undefined, joined: { containerId: 'c1', containerName: 'web', sandboxKey: '' } }

function setUp(answer: () => Promise<RunningContainer | undefined>) {
  const endpoints = new Map([['e1', endpoint]])
  const asked: string[] = []
  const context = {
    name: 'x',
    ledger: { networks: new Map([['n1', { id: 'n1', name: 'lab', options: { dhcp: true }, endpoints }]]) },
    docker: { container: (id: string) => (asked.push(id), answer()) },
    log: () => undefined,
  } as unknown as DriverContext
  return { leases: new Leases(() => context), endpoints, asked }
}

const never = () => new Promise<undefined>(() => undefined)

it('does not wait for Docker where a container ends that has just begun', async () => {
  const { leases } = setUp(never)
  const begun = leases.begin('c1')
  await leases.end('e1')
  await begun
})

it('drops what has no endpoint any more, and what is being started when it is closed', async () => {
  const { leases, endpoints } = setUp(never)
  const begun = leases.begin()
  endpoints.clear()
  await leases.begin()
  await begun
  endpoints.set('e1', endpoint)
  const last = leases.begin()
  await leases.close()
  await last
})

it('asks again when the container started while Docker said that it does not run', async () => {
  let tell = (): void => undefined
  const { leases, asked } = setUp(() => (asked.length === 1 ? new Promise((resolve) => (tell = () => resolve(undefined))) : Promise.resolve(undefined)))
  const first = leases.begin('c1')
  await leases.begin('other')
  const second = leases.begin('c1')
  tell()
  await Promise.all([first, second])
  expect(asked).toEqual(['c1', 'c1'])
})
