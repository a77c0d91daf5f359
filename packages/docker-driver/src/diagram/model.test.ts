import { describe, expect, it } from 'vitest'
import { diagramModel } from './model.js'
import { oneMachine, stackMachine } from './sample.test-support.js'

describe('diagramModel', () => {
  const { nodes, edges, title } = diagramModel([oneMachine()])
  const titleOf = (id: string) => nodes.find((node) => node.id === id)?.title
  const lines = edges.map(({ from, to, section, label, kind }) => `${titleOf(from)} -> ${titleOf(to)}${section === 0 ? '' : `[${section}]`} ${kind} ${label}`)

  it('joins networks to what is on them, by their port numbers', () => {
    expect(title).toBe('2 networks, 2 containers')
    expect(lines).toEqual([
      'office -> web port 1',
      'office -> both port 2',
      'office -> 0A1B2C vnet3 port 5',
      'office -> 0A1B2C eno200 port 7',
      'office -> 0A1B2C eno124 port 9',
      'office -> NAT port LOCAL',
      'office -> odsmir0A1B2C mirror 99 : 3',
      'eno1 -> odsmir0A1B2C mirror 2',
      'odsmir0A1B2C -> eno2 mirror 1',
      'lab -> both[1] port 1',
      'lab -> odsmir0A1B2C mirror 99 : 4',
    ])
  })

  it('says of each what it is', () => {
    const sections = Object.fromEntries(nodes.map((node) => [node.title, node.sections.map((section) => section.lines)]))
    expect(sections).toMatchObject({
      office: [['odsbroffic', 'dpid: 0x1', 'vlan: 100', 'mode: nat', 'subnet: 10.9.0.0/24', 'nat_acl: allowall', 'default_acl: denyall']],
      lab: [['odsbrlab', 'dpid: 0x2', 'vlan: 200', 'mode: flat', 'mtu: 9000', 'dhcp: true', 'userspace: true']],
      web: [['eth0', '0e:00:00:00:00:01', '10.9.0.2', 'portacl: ratelimit', 'mirror: true', '0.0.0.0:8080->80/tcp']],
      both: [['eth0', '0e:00:00:00:00:02', '10.9.0.3', 'portacl: denyall'], ['eth1', '0e:00:00:00:00:01', '10.9.0.2']],
      '0A1B2C vnet3': [['Virtual Machine', '52:54:00:12:34:56']],
      '0A1B2C eno124': [['External Interface', '00:11:22:33:44:55', 'acl: denyall', 'vlan: 20']],
      '0A1B2C eno200': [['Coprocessor', '00:11:22:33:44:55']],
      NAT: [['10.9.0.1/24', 'acl: allowall']],
      odsmir0A1B2C: [['Mirror bridge']],
      eno2: [['Mirror output']],
    })
  })

  it('puts several machines together: a switch and a link that both tell of are there once', () => {
    const model = diagramModel([stackMachine('0000AA', '0000BB', 7), stackMachine('0000BB', '0000AA', 8)])
    expect(model.engines).toEqual(['0000AA', '0000BB'])
    expect(model.nodes.filter(({ kind }) => kind === 'switch').map(({ title: name, sections }) => [name, sections[0]?.lines])).toEqual([['odsrootsw', ['Switch', 'stack priority 1']]])
    expect(model.nodes.filter(({ kind }) => kind === 'stack').map(({ title: name, engine }) => [name, engine])).toEqual([['dovesnap0000AA', 0], ['dovesnap0000BB', 1]])
    const stack = model.edges.filter(({ kind }) => kind === 'stack').map(({ from, to, label }) => `${from} -> ${to} ${label}`)
    expect(stack).toHaveLength(5)
    expect(stack).toEqual(expect.arrayContaining(['bridge odsrootsw -> bridge dovesnap0000AA 7 : 1 eth9', 'bridge odsrootsw -> bridge dovesnap0000BB 8 : 1 eth9', 'bridge dovesnap0000BB -> bridge dovesnap0000AA 5 : 5 eth8']))
    expect(model.edges.filter(({ to }) => to === 'bridge odsrootsw').map(({ label, kind }) => `${kind} ${label}`)).toEqual(['mirror 88', 'mirror 88'])
  })

  it('of nothing is empty', () => {
    expect(diagramModel([])).toEqual({ title: '0 networks, 0 containers', engines: [], nodes: [], edges: [] })
  })
})
