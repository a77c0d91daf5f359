import { describe, expect, it } from 'vitest'
import { diagramModel } from './model.js'
import { sample } from './sample.test-support.js'

describe('diagramModel', () => {
  it('shows a network as one segment', () => {
    const { segments, hosts, groups, subtitle } = diagramModel(sample({ laptop: { office: 'eth0' }, web: { office: 'eth0', dmz: 'eth1' } }))
    expect(segments.map(({ network, details, group, switches }) => ({ network, details, group, switches }))).toEqual([
      { network: 'office', details: ['VLAN 100', '10.1.0.0/24'], group: undefined, switches: [0] },
      { network: 'dmz', details: ['VLAN 200', '10.2.0.0/24', 'MTU 9000'], group: undefined, switches: [0] },
    ])
    expect(hosts.map((host) => host.links.map((link) => link.segments))).toEqual([[[0]], [[0], [1]]])
    expect(groups).toEqual([])
    expect(subtitle).toBe('1 switch, 2 networks, 2 hosts')
  })

  it('splits a network where a partition has changed the VLANs', () => {
    const inspection = sample({ laptop: { office: 'eth0' }, web: { office: 'eth0', dmz: 'eth1' }, sensor: { trunk: 'eth0' } }, { partition: [['web', 'sensor'], ['laptop']], vlans: { laptop: 4094 } })
    const { segments, hosts, groups, marks } = diagramModel(inspection)
    expect(segments.map(({ network, details, group }) => [network, details[0], group])).toEqual([
      ['office', 'VLAN 4094 (was 100)', 1],
      ['office', 'VLAN 100', 0],
      ['dmz', 'VLAN 200', 0],
    ])
    expect(hosts.map((host) => host.links.map((link) => link.segments))).toEqual([[[0]], [[1], [2]], [[1, 2]]])
    expect(groups).toEqual(['partition: group 1 of 2', 'partition: group 2 of 2'])
    expect(marks).toEqual({ trunk: true, down: false, partition: true, container: false })
  })

  it('leaves a network that two groups share outside of both', () => {
    const { segments } = diagramModel(sample({ laptop: { office: 'eth0' }, web: { office: 'eth0' } }, { partition: [['laptop'], ['web']] }))
    expect(segments.map(({ network, group }) => [network, group])).toEqual([
      ['office', undefined],
      ['dmz', undefined],
    ])
  })

  it('says what a trunk carries, what is down and what does not run', () => {
    const base = sample({ sensor: { trunk: 'tap0' } })
    const hosts = base.hosts.map((host) => ({ ...host, state: 'stopped' as const, forwarding: true, interfaces: host.interfaces.map((item) => ({ ...item, up: false })) }))
    const model = diagramModel({ ...base, state: 'failed', hosts })
    expect(model.hosts).toEqual([
      {
        name: 'sensor',
        state: 'stopped',
        marks: ['router', 'stopped'],
        container: false,
        group: undefined,
        links: [{ interface: 'tap0', trunk: true, up: false, port: 'port 1', details: ['VLAN 100 office', 'VLAN 200 dmz'], segments: [0, 1] }],
      },
    ])
    expect(model.subtitle).toBe('1 switch, 2 networks, 1 host, failed')
    expect(model.marks).toEqual({ trunk: true, down: true, partition: false, container: false })
  })

  it('says which hosts are containers, and of what image', () => {
    const base = sample({ web: { office: 'eth0' } })
    const model = diagramModel({ ...base, hosts: base.hosts.map((host) => ({ ...host, container: { id: 'x', name: 'lab-web', image: 'nginx:1.27', owned: true } })) })
    expect(model.hosts).toMatchObject([{ container: true, marks: ['nginx:1.27'] }])
    expect(model.marks.container).toBe(true)
  })

  it('copes with nothing', () => {
    const model = diagramModel({ ...sample({}), switches: [], networks: [] })
    expect(model).toMatchObject({ switches: [], segments: [], hosts: [], subtitle: '0 switches, 0 networks, 0 hosts' })
  })
})
