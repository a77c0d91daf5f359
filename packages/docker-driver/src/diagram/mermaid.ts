import type { DiagramEdge, DiagramModel, DiagramNode } from './model.js'
import { COLOURS, networkColour } from './palette.js'

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
    `title: ${JSON.stringify(model.title)}`,
    '---',
    'flowchart LR',
    ...inside(undefined, '  '),
    ...model.engines.flatMap((engine, index) => (framed ? [`  subgraph g${index}["${text(engine === '' ? 'machine' : `machine ${engine}`)}"]`, ...inside(index, '    '), '  end'] : inside(index, '  '))),
    ...model.edges.map((edge) => `  ${names.get(edge.from) ?? ''} ${arrow(edge)} ${names.get(edge.to) ?? ''}`),
    ...linkStyles(model.edges).map((line) => `  ${line}`),
    ...classes(model).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

function shape(item: DiagramNode): string {
  const kind = item.kind === 'container' ? ['Container'] : []
  const label = [item.title, ...kind, ...item.sections.flatMap((section) => section.lines)].map(text).join('<br/>')
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
  return label === '' ? line : `${line}|"${text(label)}"|`
}

/** One line for each style: Mermaid refuses texts of more than 50 000 characters unless told otherwise. */
function linkStyles(edges: readonly DiagramEdge[]): string[] {
  const numbers = new Map<string, number[]>()
  for (const [number, { kind, network }] of edges.entries()) {
    const stroke = kind === 'mirror' ? COLOURS.mirror : network === undefined ? COLOURS.line : networkColour(network).stroke
    numbers.set(stroke, [...(numbers.get(stroke) ?? []), number])
  }
  return [...numbers].map(([stroke, which]) => `linkStyle ${which.join(',')} stroke:${stroke}`)
}

function classOf({ kind, sections }: DiagramNode): string {
  const network = sections[0]?.network
  if ((kind === 'network' || kind === 'nat' || kind === 'gateway') && network !== undefined) return `network${network}`
  return kind === 'mirror' || kind === 'loopback' ? 'mirror' : kind === 'stack' || kind === 'switch' ? 'bridge' : 'plain'
}

function classes({ nodes }: DiagramModel): string[] {
  const colours: Readonly<Record<string, readonly [fill: string, stroke: string]>> = {
    mirror: [COLOURS.mirrorFill, COLOURS.mirror],
    bridge: [COLOURS.bridge, COLOURS.line],
    plain: [COLOURS.background, COLOURS.line],
  }
  return [...new Set(nodes.map(classOf))].map((name) => {
    const { fill, stroke } = networkColour(Number(name.replace('network', '')))
    const [inside, line] = colours[name] ?? [fill, stroke]
    return `classDef ${name} fill:${inside},stroke:${line},color:${COLOURS.text}`
  })
}

/**
 * Text inside a quoted label: ASCII that is not known to be harmless as a character code in Mermaid's own form, `#35;`. It looks for its statements
 * `style` and `classDef` by regular expressions that do not know of labels.
 */
function text(value: string): string {
  return value
    .replace(/[\t\r\n]+/g, ' ')
    .replace(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd')
    .replace(/(?![\w .,:()/-])[\u0020-\u007e]/g, code)
    .replace(/style|classDef/g, (word) => code(word) + word.slice(1))
}

function code(character: string): string {
  return `#${character.charCodeAt(0)};`
}
