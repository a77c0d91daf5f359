import { bold, cell, coloured, COLOURS, FONT, html, networkColour, sized, table, TEXT_SIZE, textWidth, TITLE_SIZE } from '../diagram-style/index.js'
import { type DiagramEdge, type DiagramModel, type DiagramNode } from './model.js'

/** Draws networks in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html): stacks, networks and what is on them from left to right. */
export function dotDiagram(model: DiagramModel): string {
  const names = new Map(model.nodes.map(({ id }, index) => [id, `n${index}`]))
  const kinds = new Map(model.nodes.map(({ id, kind }) => [id, kind]))
  const node = (item: DiagramNode, indent: string) => `${indent}${names.get(item.id) ?? ''} [label=<${nodeLabel(item)}>]`
  const inside = (engine: number | undefined, indent: string) => model.nodes.filter((item) => item.engine === engine).map((item) => node(item, indent))
  // One machine needs no frame.
  const framed = model.engines.length > 1
  return [
    'digraph networks {',
    `  graph [rankdir=LR, ranksep=1.1, nodesep=0.14, pad=0.3, outputorder=edgesfirst, bgcolor="${COLOURS.background}", fontname="${FONT}", fontsize=${TEXT_SIZE}, fontcolor="${COLOURS.text}", labelloc=t, labeljust=l, label=<${titleLabel(model)}>]`,
    `  node [shape=plain, fontname="${FONT}", fontsize=${TEXT_SIZE}, fontcolor="${COLOURS.text}"]`,
    `  edge [arrowhead=none, fontname="${FONT}", fontsize=${TEXT_SIZE - 2}, fontcolor="${COLOURS.faint}", color="${COLOURS.line}"]`,
    ...inside(undefined, '  '),
    ...model.engines.flatMap((engine, index) =>
      framed
        ? [
            `  subgraph "cluster ${index}" {`,
            `    graph [label=<${lines([bold(machine(engine))], textWidth(machine(engine), TEXT_SIZE, true))}>, labeljust=r, style="rounded,filled,dashed", color="${COLOURS.line}", fillcolor="${COLOURS.group}", margin=14]`,
            ...inside(index, '    '),
            '  }',
          ]
        : inside(index, '  '),
    ),
    ...model.edges.map((edge) => `  ${edgeLine(edge, names, kinds)}`),
    '}',
    '',
  ].join('\n')
}

function machine(engine: string): string {
  return engine === '' ? 'machine' : `machine ${engine}`
}

function edgeLine({ from, to, section, label, kind, network }: DiagramEdge, names: ReadonlyMap<string, string>, kinds: ReadonlyMap<string, DiagramNode['kind']>): string {
  // Lines that go back to the left, or up and down, must not decide what stands where.
  const sideways = kind !== 'port' && (kinds.get(to) === 'switch' || (kinds.get(from) === 'stack' && kinds.get(to) === 'stack'))
  const ends = sideways ? `${names.get(from) ?? ''} -> ${names.get(to) ?? ''}` : `${names.get(from) ?? ''}:e -> ${names.get(to) ?? ''}:s${section}:w`
  const colour = kind === 'mirror' ? COLOURS.red : network === undefined ? COLOURS.line : networkColour(network).stroke
  const style = kind === 'mirror' ? ', style=dashed, arrowhead=normal, arrowsize=0.7' : kind === 'stack' ? ', penwidth=2.5' : ', penwidth=1.4'
  return `${ends} [label="${label.replace(/[^\w :.-]/g, '?')}", color="${colour}"${style}${sideways ? ', constraint=false' : ''}]`
}

function titleLabel({ title, edges }: DiagramModel): string {
  const legend = [
    ...(edges.some(({ kind }) => kind === 'mirror') ? [coloured(COLOURS.red, 'red dashes: mirrored packets')] : []),
    ...(edges.some(({ kind }) => kind === 'stack') ? ['thick line: stack'] : []),
    'numbers at lines: OpenFlow ports',
  ]
  const width = textWidth(title, TITLE_SIZE, true)
  return lines([sized(TITLE_SIZE, bold(title)), ...legend], width)
}

const FILLS: Readonly<Record<DiagramNode['kind'], string | undefined>> = {
  network: undefined,
  container: COLOURS.background,
  external: COLOURS.background,
  coprocessor: COLOURS.background,
  machine: COLOURS.background,
  nat: undefined,
  gateway: undefined,
  mirror: COLOURS.redFill,
  loopback: COLOURS.redFill,
  stack: COLOURS.switch,
  switch: COLOURS.switch,
}

/** The title and the lines; for a container one cell for each interface, in the colour of its network. */
function nodeLabel({ kind, title, sections }: DiagramNode): string {
  const network = sections[0]?.network
  const own = FILLS[kind] ?? (network === undefined ? COLOURS.background : networkColour(network).fill)
  const width = Math.max(textWidth(title, TEXT_SIZE + 1, true), ...sections.flatMap((section) => section.lines.map((line) => textWidth(line, TEXT_SIZE)))) + 12
  const row = (port: string, fill: string, content: readonly string[]) => cell(`${port}ALIGN="LEFT" BALIGN="LEFT" WIDTH="${width}" BGCOLOR="${fill}"`, content.join('<BR/>'))
  const head = sized(TEXT_SIZE + 1, bold(title))
  const rows =
    kind === 'container'
      ? [row('', own, [head, 'Container']), ...sections.map((section, index) => row(`PORT="s${index}" `, section.network === undefined ? own : networkColour(section.network).fill, section.lines.map(html)))]
      : [row('PORT="s0" ', own, [head, ...sections.flatMap((section) => section.lines).map(html)])]
  return table(`BORDER="${BOLD.has(kind) ? 2 : 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="6" COLOR="${strokeOf(kind, network)}"`, rows)
}

const BOLD: ReadonlySet<DiagramNode['kind']> = new Set(['network', 'stack', 'switch'])

function strokeOf(kind: DiagramNode['kind'], network: number | undefined): string {
  if (kind === 'mirror' || kind === 'loopback') return COLOURS.red
  return kind === 'network' && network !== undefined ? networkColour(network).stroke : COLOURS.line
}

/** Lines below each other, all from the left. */
function lines(rows: readonly string[], width: number): string {
  return table('BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"', rows.map((row) => cell(`ALIGN="LEFT" WIDTH="${width}"`, row)))
}
