import { describe, expect, it } from 'vitest'
import { sampleNetwork } from '../status/sample.test-support.js'
import { networkStates } from '../status/network-states.js'
import { dotDiagram, drawNetworks, mermaidDiagram } from './index.js'
import { diagramModel } from './model.js'
import { drawDot } from './pictures.js'
import { NASTY, oneMachine, stackMachine } from './sample.test-support.js'

const nasty = diagramModel([networkStates([sampleNetwork('x', { name: NASTY })], { shortEngineId: NASTY }), networkStates([sampleNetwork('y')], { shortEngineId: 'B' })])

describe('dotDiagram', () => {
  it('draws networks, containers and mirrors', () => {
    const dot = dotDiagram(diagramModel([oneMachine()]))
    expect(dot).toMatch(/^digraph networks \{\n {2}graph \[rankdir=LR, /)
    for (const text of ['<B>office</B>', '<B>web</B></FONT><BR/>Container', 'dpid: 0x1', '>eth1<BR/>', 'portacl: ratelimit', 'red dashes: mirrored packets']) expect(dot).toContain(text)
    expect(dot).toContain('n0:e -> n1:s0:w [label="1", color="#0072b2", penwidth=1.4]')
    expect(dot).toMatch(/:e -> n2:s1:w \[label="1", color="#b86e00", penwidth=1.4\]/)
    expect(dot).toContain('label="99 : 3", color="#c00000", style=dashed, arrowhead=normal')
    expect(dot).not.toContain('subgraph')
  })

  it('puts a frame around each of several machines', () => {
    const dot = dotDiagram(diagramModel([stackMachine('0000AA', '0000BB', 7), stackMachine('0000BB', '0000AA', 8)]))
    expect(dot.match(/subgraph "cluster \d"/g)).toHaveLength(2)
    expect(dot).toContain('<B>machine 0000AA</B>')
    expect(dot).toContain('label="7 : 1 eth9", color="#4d4d4d", penwidth=2.5')
  })

  it('escapes names', () => {
    expect(dotDiagram(nasty)).toContain('<B>a&quot;b\\ &lt;i&gt;&amp;amp; #35; `x` %%{init}%% |;| --&gt; style x:#f; ünï 日本語 \ufffd\ufffd }\\</B>')
  })
})

describe('mermaidDiagram', () => {
  it('draws networks, containers and mirrors', () => {
    const lines = mermaidDiagram(diagramModel([oneMachine()])).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'flowchart LR',
        '  n0("office<br/>odsbroffic<br/>dpid: 0x1<br/>vlan: 100<br/>mode: nat<br/>subnet: 10.9.0.0/24<br/>nat_acl: allowall<br/>default_acl: denyall"):::network0',
        '  n0 ---|"1"| n1',
        '  n0 -.->|"99 : 3"| n7',
        '  classDef network0 fill:#d9ebf7,stroke:#0072b2,color:#1a1a1a',
      ]),
    )
  })

  it('escapes names', () => {
    expect(mermaidDiagram(nasty)).toContain('("a#34;b#92; #60;i#62;#38;amp#59; #35;35#59; #96;x#96; #37;#37;#123;init#125;#37;#37; #124;#59;#124; --#62; #115;tyle x:#35;f#59; ünï 日本語 \ufffd\ufffd #125;#92;<br/>')
  })
})

describe('drawNetworks', () => {
  it('draws an SVG by itself, whatever the names', async () => {
    expect(await drawNetworks([oneMachine()], 'svg')).toMatch(/^<svg [\s\S]*>office<[\s\S]*<\/svg>\s*$/)
    expect(await drawDot(dotDiagram(nasty))).toContain('日本語')
  })

  it('gives the model as JSON', async () => {
    expect(JSON.parse(String(await drawNetworks([oneMachine()], 'json')))).toMatchObject({ title: '2 networks, 2 containers', engines: ['0A1B2C'] })
  })
})
