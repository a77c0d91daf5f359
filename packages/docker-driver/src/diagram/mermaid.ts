import { classDefinition, COLOURS, linkStyles, mermaidText, mermaidTitle, networkColour } from '../diagram-style/index.js'
import type { DiagramEdge, DiagramModel, DiagramNode } from './model.js'

/**
 * Draws networks as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), which GitHub and GitLab show in Markdown. Nodes have numbers for
 * names, since Mermaid reserves words.
 */
export function mermaidDiagram(model: DiagramModel): string {
  const names = new Map(model.nodes.map(({ id }, index) => [id, `n${index}`]))
  const node = (item: DiagramNode, indent: string) => `${indent}${names.get(item.id) ?? ''}${shape(item)}:::${classOf(item)}`
  const inside = (engine: number | undefined, indent: string) => model.nodes.filter((item) => item.engine === engine).map((item) => node(item, indent))
  const framed = model.engines.length > 1
  return [
    '---',
    `title: ${mermaidTitle(model.title)}`,
    '---',
    'flowchart LR',
    ...inside(undefined, '  '),
    ...model.engines.flatMap((engine, index) => (framed ? [`  subgraph g${index}["${mermaidText(engine === '' ? 'machine' : `machine ${engine}`)}"]`, ...inside(index, '    '), '  end'] : inside(index, '  '))),
    ...model.edges.map((edge) => `  ${names.get(edge.from) ?? ''} ${arrow(edge)} ${names.get(edge.to) ?? ''}`),
    ...linkStyles(model.edges.map(edgeStyle)).map((line) => `  ${line}`),
    ...classes(model).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

function shape(item: DiagramNode): string {
  const kind = item.kind === 'container' ? ['Container'] : []
  const label = [item.title, ...kind, ...item.sections.flatMap((section) => section.lines)].map(mermaidText).join('<br/>')
  switch (item.kind) {
    case 'network':
      return `("${label}")`
    case 'stack':
    case 'switch':
      return `[["${label}"]]`
    case 'mirror':
    case 'loopback':
      return `{{"${label}"}}`
    default:
      return `["${label}"]`
  }
}

function arrow({ kind, label }: DiagramEdge): string {
  const line = kind === 'mirror' ? '-.->' : kind === 'stack' ? '===' : '---'
  return label === '' ? line : `${line}|"${mermaidText(label)}"|`
}

function edgeStyle({ kind, network }: DiagramEdge): string {
  return `stroke:${kind === 'mirror' ? COLOURS.red : network === undefined ? COLOURS.line : networkColour(network).stroke}`
}

function classOf({ kind, sections }: DiagramNode): string {
  const network = sections[0]?.network
  if ((kind === 'network' || kind === 'nat' || kind === 'gateway') && network !== undefined) return `network${network}`
  return kind === 'mirror' || kind === 'loopback' ? 'mirror' : kind === 'stack' || kind === 'switch' ? 'bridge' : 'plain'
}

function classes({ nodes }: DiagramModel): string[] {
  const colours: Readonly<Record<string, readonly [fill: string, stroke: string]>> = {
    mirror: [COLOURS.redFill, COLOURS.red],
    bridge: [COLOURS.switch, COLOURS.line],
    plain: [COLOURS.background, COLOURS.line],
  }
  return [...new Set(nodes.map(classOf))].map((name) => {
    const { fill, stroke } = networkColour(Number(name.replace('network', '')))
    const [inside, line] = colours[name] ?? [fill, stroke]
    return classDefinition(name, inside, line)
  })
}
