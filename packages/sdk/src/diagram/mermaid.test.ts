import { describe, expect, it } from 'vitest'
import { mermaidDiagram } from './mermaid.js'
import { NASTY, sample } from './sample.test-support.js'

describe('mermaidDiagram', () => {
  it('is a flowchart from left to right', () => {
    expect(mermaidDiagram(sample({ laptop: { office: 'eth0' }, sensor: { trunk: 'tap0' } })).split('\n')).toEqual([
      '---',
      'title: "lab"',
      '---',
      'flowchart LR',
      '  s0[["s1<br/>netdev datapath"]]:::switch',
      '  n0("office<br/>VLAN 100<br/>10.1.0.0/24"):::network0',
      '  n1("dmz<br/>VLAN 200<br/>10.2.0.0/24<br/>MTU 9000"):::network1',
      '  h0["laptop<br/>eth0 · port 1<br/>10.1.0.1/24"]:::running',
      '  h1["sensor<br/>trunk · tap0 · port 2<br/>VLAN 100 office<br/>VLAN 200 dmz"]:::running',
      '  s0 --- n0',
      '  s0 --- n1',
      '  n0 --- h0',
      '  n0 === h1',
      '  n1 === h1',
      '  linkStyle 0 stroke:#0072b2,stroke-width:3px',
      '  linkStyle 1 stroke:#b86e00,stroke-width:3px',
      '  linkStyle 2 stroke:#0072b2,stroke-width:2px',
      '  linkStyle 3 stroke:#0072b2,stroke-width:5px',
      '  linkStyle 4 stroke:#b86e00,stroke-width:5px',
      '  classDef switch fill:#e6e6e6,stroke:#4d4d4d,color:#1a1a1a',
      '  classDef network0 fill:#d9ebf7,stroke:#0072b2,color:#1a1a1a',
      '  classDef network1 fill:#fdeacb,stroke:#b86e00,color:#1a1a1a',
      '  classDef running fill:#ffffff,stroke:#4d4d4d,color:#1a1a1a',
      '',
    ])
  })

  it('draws a container with round ends', () => {
    const base = sample({ web: { office: 'eth0' } })
    const hosts = base.hosts.map((host) => ({ ...host, container: { id: 'x', name: 'lab-web', image: 'nginx:1.27', owned: true } }))
    expect(mermaidDiagram({ ...base, hosts })).toContain('  h0(["web · nginx:1.27<br/>eth0 · port 1<br/>10.1.0.1/24"]):::running')
  })

  it('marks a link that is down and the groups of a partition', () => {
    const base = sample({ laptop: { office: 'eth0' }, web: { office: 'eth0' } }, { partition: [['laptop'], ['web']], vlans: { web: 4094 } })
    const text = mermaidDiagram({ ...base, hosts: base.hosts.map((host) => ({ ...host, state: 'frozen', interfaces: host.interfaces.map((item) => ({ ...item, up: host.name !== 'web' })) })) })
    expect(text).toContain('  subgraph g1["partition: group 2 of 2"]\n    n1("office<br/>VLAN 4094 (was 100)')
    expect(text).toContain('  n1 -.-|"down"| h1\n')
    expect(text).toContain('h1["web · frozen<br/>eth0 · port 2 · down<br/>')
    expect(text).toContain('stroke:#c00000,color:#c00000,stroke-width:2px,stroke-dasharray:6 4')
  })

  it('leaves nothing in a label that Mermaid could take for syntax', () => {
    const text = mermaidDiagram(sample({ [NASTY]: { office: 'eth0' } }, { name: NASTY }))
    const label = /h0\["(.*)<br\/>eth0/.exec(text)?.[1] ?? ''
    expect(label.replace(/#\d+;/g, '')).toMatch(/^[\p{L}\p{M}\w .,:()/\ufffd-]+$/u)
    expect(label).not.toMatch(/style|classDef/)
    expect(label.replace(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(NASTY.replace('\u0001\ud800\n', '\ufffd\ufffd '))
    expect(text.split('\n')[1]).toMatch(/^title: "a\\"b\\\\ ‹i›&amp; /)
  })
})
