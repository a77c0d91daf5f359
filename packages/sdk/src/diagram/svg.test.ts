import { describe, expect, it } from 'vitest'
import { renderDiagram } from './index.js'
import { NASTY, sample } from './sample.test-support.js'
import { drawDot } from './svg.js'

describe('renderDiagram', () => {
  it('draws an SVG that can stand in a page', async () => {
    const svg = await renderDiagram(sample({ laptop: { office: 'eth0' }, fw: { office: 'eth0', dmz: 'eth1' }, sensor: { trunk: 'eth0' } }), 'svg')
    expect(svg).toMatch(/^<svg /)
    expect(svg).toMatch(/<\/svg>\s*$/)
    for (const text of ['lab', 'office', 'VLAN 200', 'laptop', '10.1.0.1/24', 'port 4', 'double line: trunk']) expect(svg).toContain(`>${text}</text>`)
  })

  it('is the same each time, in each format', async () => {
    const inspection = sample({ laptop: { office: 'eth0' }, web: { dmz: 'eth0' } }, { partition: [['laptop'], ['web']] })
    for (const format of ['dot', 'svg', 'mermaid'] as const) {
      expect(await renderDiagram(inspection, format)).toBe(await renderDiagram(structuredClone(inspection), format))
    }
  })

  it('draws any name as it is', async () => {
    const svg = await renderDiagram(sample({ [NASTY]: { office: NASTY } }, { name: NASTY }), 'svg')
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => unescape(text))
    const shown = NASTY.replace('\u0001\ud800\n', '\ufffd\ufffd ')
    expect(texts.filter((text) => text === shown)).toHaveLength(3)
  })

  it('draws nothing at all, hosts without a network, and 200 hosts', async () => {
    expect(await renderDiagram({ ...sample({}), switches: [], networks: [] }, 'svg')).toContain('0 hosts')
    expect(await renderDiagram(sample({ alone: {} }), 'svg')).toContain('>no interface</text>')
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`h${index}`, { [index % 2 === 0 ? 'office' : 'dmz']: 'eth0' }]))
    const svg = await renderDiagram(sample(many), 'svg')
    expect(svg).toContain('>h199</text>')
    expect(Number(/width="(\d+)pt"/.exec(svg)?.[1])).toBeLessThan(1500)
    expect((await renderDiagram(sample(many), 'mermaid')).length).toBeLessThan(50_000)
  })
})

describe('drawDot', () => {
  it('says what to do when Graphviz refuses', async () => {
    await expect(drawDot('graph {')).rejects.toMatchObject({ name: 'TestbedError', code: 'failed', message: /"mermaid"/ })
  })
})

/** The five references that Graphviz writes, and numbers. */
function unescape(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) => (code === undefined ? (named[name] ?? '') : String.fromCharCode(Number(code)).replace('\u00a0', ' ')))
}
