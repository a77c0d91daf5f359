import { decodeMessages } from '@streambed/linux'
import { describe, expect, it } from 'vitest'
import { namesRequest } from '../core.js'
import { buildModel } from '../topology/build.js'
import type { HostModel } from '../topology/model.js'
import { hostIndex, hostJobs, movedJobs, moveJobs } from './plan.js'

const model = buildModel({
  networks: { lan: { subnet: '10.0.0.0/24' }, back: { subnet: '10.1.0.0/24', vlan: 200 } },
  hosts: { plain: { networks: ['lan'] }, web: { networks: ['lan'], trunks: { t: { networks: ['back'], addresses: true } }, image: 'x', sysctls: { 'net.ipv4.conf.eth0.rp_filter': 0 } }, db: { networks: ['lan'], container: 'db' } },
})
const host = (name: string): HostModel => model.hosts.get(name) as HostModel

describe('the plan of a container', () => {
  it('is that of a namespace, in the namespace of its process', () => {
    const [plain] = hostJobs(model, host('plain'))
    const [web, later] = hostJobs(model, host('web'), 4711)
    expect(plain).toMatchObject({ create: { hostname: 'plain' } })
    expect(web).toMatchObject({ namespace: host('web').namespace, adopt: { process: 4711 }, plainChecksums: ['eth0', 't'] })
    expect(web).not.toHaveProperty('create')
    expect(web?.labels).toEqual(expect.arrayContaining(['create interface eth0 of host web', 'put address 10.0.0.3/24 on eth0 of host web']))
    expect(later).toMatchObject({ sysctls: [['net/ipv4/conf/eth0/rp_filter', '0']] })
  })

  it('keeps out of the way of the interfaces that a joined container has', () => {
    expect(hostIndex(host('web'), host('web').interfaces[0] as never)).toBe(100)
    expect(hostIndex(host('db'), host('db').interfaces[0] as never)).toBe(0x10_0000)
  })

  it('takes the interfaces along to its next namespace, the VLAN ones too', () => {
    const [adopt, move] = moveJobs(model, host('web'), 'next', 12)
    expect(adopt).toMatchObject({ namespace: 'next', adopt: { process: 12 }, sysctls: expect.arrayContaining([['net/ipv6/conf/all/disable_ipv6', '0']]) as never })
    expect(move).toMatchObject({ namespace: host('web').namespace, labels: ['move interface eth0 of host web', 'move interface t of host web', 'move VLAN interface t.200 of host web'] })
    expect(move?.references?.map(({ namespace }) => namespace)).toEqual(['next', 'next', 'next'])
    expect(decodeMessages(move?.messages as Uint8Array)).toHaveLength(3)
    expect(movedJobs(model, host('web')).map(({ labels, sysctls }) => labels?.length ?? sysctls)).toEqual([expect.any(Number), [['net/ipv4/conf/eth0/rp_filter', '0']]])
    expect(movedJobs(model, host('db'))).toHaveLength(1)
  })
})

it('the names go into the files of containers: anew, or a part of what others have', () => {
  expect(namesRequest(model)).toMatchObject({ adopted: { [host('web').namespace]: 'whole', [host('db').namespace]: 'block' }, hosts: expect.stringContaining('10.0.0.3 web\n') as string })
  expect(namesRequest(buildModel({ networks: {}, hosts: { a: {} } }))).not.toHaveProperty('adopted')
})
