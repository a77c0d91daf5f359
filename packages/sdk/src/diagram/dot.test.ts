import { describe, expect, it } from 'vitest'
import { dotDiagram } from './dot.js'
import { sample } from './sample.test-support.js'

describe('dotDiagram', () => {
  it('joins switch, networks and the interfaces of hosts', () => {
    const dot = dotDiagram(sample({ laptop: { office: 'eth0' }, fw: { office: 'lan0', dmz: 'dmz0' } }))
    expect(dot).toMatch(/^graph "lab" \{\n {2}graph \[rankdir=LR, /)
    expect(dot).toContain('"switch s1":e -- "network office":w [color="#0072b2", penwidth=2.5]')
    expect(dot).toContain('"network office":e -- "host laptop":i0:w [color="#0072b2", penwidth=1.4]')
    expect(dot).toContain('"network office":e -- "host fw":i0:w')
    expect(dot).toContain('"network dmz":e -- "host fw":i1:w [color="#b86e00", penwidth=1.4]')
    for (const text of ['<B>office</B>', 'VLAN 200', '10.2.0.0/24', '<B>laptop</B>', '>lan0</TD>', '>10.2.0.3/24</TD>', '>port 3</TD>']) expect(dot).toContain(text)
  })

  it('draws a trunk as a double line to each of its networks', () => {
    const dot = dotDiagram(sample({ sensor: { trunk: 'tap0' } }))
    expect(dot).toContain('"network office":e -- "host sensor":i0:w [color="#0072b2:#ffffff:#0072b2", penwidth=2]')
    expect(dot).toContain('"network dmz":e -- "host sensor":i0:w [color="#b86e00:#ffffff:#b86e00", penwidth=2]')
    expect(dot).toContain('VLAN 100 office<BR/>VLAN 200 dmz')
    expect(dot).toContain('double line: trunk')
  })

  it('draws a container with round corners, and its image', () => {
    const base = sample({ web: { office: 'eth0' } })
    const dot = dotDiagram({ ...base, hosts: base.hosts.map((host) => ({ ...host, container: { id: 'x', name: 'lab-web', image: 'nginx:1.27', owned: true } })) })
    expect(dot).toContain('<TABLE BORDER="2" STYLE="ROUNDED" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5"')
    expect(dot).toContain('<B>web</B><BR/><I>nginx:1.27</I>')
    expect(dot).toContain('round corners: container')
    expect(dotDiagram(base)).not.toContain('round corners')
  })

  it('marks a link that is down and a host that is stopped', () => {
    const base = sample({ laptop: { office: 'eth0' } })
    const dot = dotDiagram({ ...base, hosts: base.hosts.map((host) => ({ ...host, state: 'stopped', interfaces: host.interfaces.map((item) => ({ ...item, up: false })) })) })
    expect(dot).toContain('-- "host laptop":i0:w [color="#c00000", penwidth=1.4, style=dashed]')
    expect(dot).toContain('<FONT COLOR="#c00000"><B>down</B></FONT>')
    expect(dot).toContain('<B>laptop</B><BR/><I>stopped</I>')
  })

  it('puts the groups of a partition into clusters, each with its part of the network', () => {
    const dot = dotDiagram(sample({ laptop: { office: 'eth0' }, web: { office: 'eth0' } }, { partition: [['laptop'], ['web']], vlans: { web: 4094 } }))
    const [, first = '', second = ''] = dot.split('subgraph ')
    expect(first).toContain('"cluster group 1"')
    expect(first).toContain('"network office 1" [')
    expect(first).toContain('"host laptop" [')
    expect(second).toContain('"network office 2" [')
    expect(second).toContain('VLAN 4094 (was 100)')
    expect(second).toContain('"host web" [')
  })

  it('escapes names in identifiers and in labels', () => {
    const dot = dotDiagram(sample({ 'a"b\\': { office: '<eth&0>' } }))
    expect(dot).toContain('"host a\\"b\\\\" [label=<')
    expect(dot).toContain('<B>a&quot;b\\</B>')
    expect(dot).toContain('>&lt;eth&amp;0&gt;</TD>')
  })
})
