import { bold, cell, coloured, COLOURS, FONT, html, networkColour, quote, sized, table, TEXT_SIZE, textWidth, TITLE_SIZE } from '@streambed/docker-driver/diagram-style'
import type { TestbedInspection } from '../inspection.js'
import { type DiagramHost, type DiagramLink, type DiagramModel, type DiagramSegment, type DiagramSwitch, diagramModel } from './model.js'

/** Draws a testbed in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html): switches, networks and hosts from left to right. */
export function dotDiagram(inspection: TestbedInspection): string {
  const model = diagramModel(inspection)
  const hosts = hostOrder(model)
  const columns = columnWidths(hosts)
  const names = segmentNames(model)
  const width = segmentWidth(model)
  const segment = (index: number, indent: string) => `${indent}${quote(names[index] ?? '')} [label=<${segmentLabel(model.segments[index], width)}>]`
  const host = (item: DiagramHost, indent: string) => `${indent}${quote(`host ${item.name}`)} [label=<${hostLabel(item, model, columns)}>]`
  const inGroup = (group: number | undefined, indent: string) => {
    const members = hosts.filter((item) => item.group === group)
    return [
      ...model.segments.flatMap((item, index) => (item.group === group ? [segment(index, indent)] : [])),
      ...members.map((item) => host(item, indent)),
      // In the clusters of a graph from left to right Graphviz begins at the bottom.
      ...column(group === undefined ? members : members.toReversed(), indent),
    ]
  }
  return [
    `graph ${quote(model.title)} {`,
    `  graph [rankdir=LR, ranksep=${rankSeparation(model)}, nodesep=0.12, pad=0.3, outputorder=edgesfirst, bgcolor="${COLOURS.background}", fontname="${FONT}", fontsize=${TEXT_SIZE}, fontcolor="${COLOURS.text}", labelloc=t, labeljust=l, label=<${titleLabel(model)}>]`,
    `  node [shape=plain, fontname="${FONT}", fontsize=${TEXT_SIZE}, fontcolor="${COLOURS.text}"]`,
    `  edge [color="${COLOURS.line}"]`,
    ...model.switches.map((item) => `  ${quote(`switch ${item.name}`)} [label=<${switchLabel(item)}>]`),
    ...inGroup(undefined, '  '),
    ...model.groups.flatMap((title, group) => [
      `  subgraph ${quote(`cluster group ${group + 1}`)} {`,
      `    graph [label=<${groupLabel(title)}>, labeljust=r, style="rounded,filled,dashed", color="${COLOURS.line}", fillcolor="${COLOURS.group}", margin=14]`,
      ...inGroup(group, '    '),
      '  }',
    ]),
    ...edges(model, hosts, names),
    '}',
    '',
  ].join('\n')
}

/** Puts hosts one below the other, as far as Graphviz agrees in this order, by lines that are not drawn. */
function column(hosts: readonly DiagramHost[], indent: string): string[] {
  const chain = hosts.map(({ name }) => quote(`host ${name}`)).join(' -- ')
  return hosts.length < 2 ? [] : [`${indent}{ graph [rank=same]; ${chain} [style=invis] }`]
}

/** Hosts of the first network first, then those of the second, a host on both between them: fewer lines cross. */
function hostOrder({ hosts }: DiagramModel): DiagramHost[] {
  const place = ({ links }: DiagramHost) => {
    const segments = links.flatMap((link) => link.segments)
    return segments.length === 0 ? Infinity : segments.reduce((sum, index) => sum + index, 0) / segments.length
  }
  const places = new Map(hosts.map((host) => [host, place(host)]))
  const compare = (a: number, b: number) => (a === b ? 0 : a - b)
  return hosts.toSorted((a, b) => compare(places.get(a) ?? 0, places.get(b) ?? 0))
}

function edges(model: DiagramModel, hosts: readonly DiagramHost[], names: readonly string[]): string[] {
  const uplinks = model.segments.flatMap(({ switches, networkIndex }, index) =>
    switches.map((at) => `  ${quote(`switch ${model.switches[at]?.name}`)}:e -- ${quote(names[index] ?? '')}:w [color="${networkColour(networkIndex).stroke}", penwidth=2.5]`),
  )
  const links = hosts.flatMap((host) =>
    host.links.flatMap((link, place) =>
      link.segments.map((index) => `  ${quote(names[index] ?? '')}:e -- ${quote(`host ${host.name}`)}:i${place}:w [${linkStyle(link, model.segments[index])}]`),
    ),
  )
  // A host without a network stands in the column of the hosts all the same.
  const [first] = model.switches
  const alone = hosts.filter((host) => host.links.every(({ segments }) => segments.length === 0))
  const invisible = first === undefined ? [] : alone.map((host) => `  ${quote(`switch ${first.name}`)} -- ${quote(`host ${host.name}`)} [style=invis, minlen=2]`)
  return [...uplinks, ...links, ...invisible]
}

function linkStyle(link: DiagramLink, segment: DiagramSegment | undefined): string {
  const stroke = link.up ? networkColour(segment?.networkIndex ?? 0).stroke : COLOURS.red
  const style = link.up ? '' : ', style=dashed'
  // Two lines of a colour with a white one between them.
  return link.trunk ? `color="${stroke}:${COLOURS.background}:${stroke}", penwidth=2${style}` : `color="${stroke}", penwidth=1.4${style}`
}

/** Lines that fan out to many hosts get room, or they would leave a network almost upright. */
function rankSeparation({ hosts }: DiagramModel): number {
  return Math.min(0.7 + hosts.length * 0.03, 4)
}

/** Node names: those of the networks, with a number where a partition has split one. */
function segmentNames({ segments }: DiagramModel): string[] {
  return segments.map(({ network }, index) => {
    const before = segments.slice(0, index).filter((other) => other.network === network).length
    const split = segments.filter((other) => other.network === network).length > 1
    return split ? `network ${network} ${before + 1}` : `network ${network}`
  })
}

function titleLabel({ title, subtitle, marks }: DiagramModel): string {
  const legend = [
    ...(marks.container ? [html('round corners: container')] : []),
    ...(marks.trunk ? [html('double line: trunk')] : []),
    ...(marks.down ? [coloured(COLOURS.red, 'red dashes: link down')] : []),
    ...(marks.partition ? [html('dashed frame: hosts that a partition keeps apart from the others')] : []),
  ]
  const rows = [sized(TITLE_SIZE, bold(title)), coloured(COLOURS.faint, html(subtitle)), ...legend]
  const width = Math.max(textWidth(title, TITLE_SIZE, true), textWidth(subtitle, TEXT_SIZE))
  return table('BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"', rows.map((row) => cell(`ALIGN="LEFT" WIDTH="${width}"`, row)))
}

/** At the right, where no line from a switch comes in. */
function groupLabel(title: string): string {
  return table('BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"', [cell(`ALIGN="LEFT" WIDTH="${textWidth(title, TEXT_SIZE, true)}"`, bold(title))])
}

function switchLabel({ name, datapathType }: DiagramSwitch): string {
  const kind = `${datapathType === '' ? 'system' : datapathType} datapath`
  const width = Math.max(textWidth(name, TEXT_SIZE + 2, true), textWidth(kind, TEXT_SIZE)) + 16
  return box(COLOURS.switch, COLOURS.line, width, [sized(TEXT_SIZE + 2, bold(name)), html(kind)])
}

function segmentLabel(segment: DiagramSegment | undefined, width: number): string {
  if (segment === undefined) return ''
  const { fill, stroke } = networkColour(segment.networkIndex)
  return box(fill, stroke, width, [sized(TEXT_SIZE + 1, bold(segment.network)), ...segment.details.map(html)])
}

/** The same for every network, so that they line up. */
function segmentWidth({ segments }: DiagramModel): number {
  return Math.max(0, ...segments.flatMap(({ network, details }) => [textWidth(network, TEXT_SIZE + 1, true), ...details.map((line) => textWidth(line, TEXT_SIZE))])) + 16
}

/** Text begins at the left everywhere: Graphviz would centre it by the widths of a font that the reader may not have. */
function box(fill: string, stroke: string, width: number, lines: readonly string[]): string {
  const attributes = `BORDER="2" CELLBORDER="0" CELLSPACING="0" CELLPADDING="8" STYLE="ROUNDED" COLOR="${stroke}" BGCOLOR="${fill}"`
  return table(attributes, [cell(`ALIGN="LEFT" BALIGN="LEFT" WIDTH="${width}"`, lines.join('<BR/>'))])
}

const NO_INTERFACE = 'no interface'

interface Columns {
  readonly interface: number
  readonly details: number
  readonly port: number
  readonly name: number
}

/** The same for every host, so that they line up. */
function columnWidths(hosts: readonly DiagramHost[]): Columns {
  const links = hosts.flatMap((host) => host.links)
  const widest = (texts: readonly string[], strong = false) => texts.reduce((most, text) => Math.max(most, textWidth(text, TEXT_SIZE, strong)), 0) + 12
  return {
    interface: widest(links.flatMap(interfaceLines)),
    details: widest([...links.flatMap((link) => link.details), ...(hosts.some((host) => host.links.length === 0) ? [NO_INTERFACE] : [])]),
    port: widest(links.map((link) => link.port)),
    name: widest(hosts.flatMap((host) => [host.name, ...host.marks]), true),
  }
}

/** One row for each interface, at the side where its link arrives; the name at the other side. */
function hostLabel(host: DiagramHost, { segments }: DiagramModel, columns: Columns): string {
  const fill = { running: COLOURS.background, frozen: COLOURS.frozen, stopped: COLOURS.stopped }[host.state]
  const name = [bold(host.name), ...host.marks.map((mark) => `<I>${html(mark)}</I>`)].join('<BR/>')
  const nameCell = cell(`ROWSPAN="${Math.max(host.links.length, 1)}" ALIGN="LEFT" BALIGN="LEFT" WIDTH="${columns.name}" BGCOLOR="${fill}"`, name)
  const rows = host.links.map((link, place) => {
    const colour = networkColour(segments[link.segments[0] ?? 0]?.networkIndex ?? 0)
    const background = !link.up ? COLOURS.redFill : link.trunk || link.segments.length === 0 ? COLOURS.background : colour.fill
    const [title, ...notes] = interfaceLines(link)
    const first = [html(title ?? ''), ...notes.map((note) => (link.up ? bold(note) : coloured(COLOURS.red, bold(note))))].join('<BR/>')
    const details = link.details.length === 0 ? '&#160;' : link.details.map(html).join('<BR/>')
    return [
      cell(`PORT="i${place}" ALIGN="LEFT" BALIGN="LEFT" WIDTH="${columns.interface}" BGCOLOR="${background}"`, first),
      cell(`ALIGN="LEFT" BALIGN="LEFT" WIDTH="${columns.details}" BGCOLOR="${background}"`, details),
      cell(`ALIGN="LEFT" WIDTH="${columns.port}" BGCOLOR="${background}"`, html(link.port)),
      ...(place === 0 ? [nameCell] : []),
    ].join('')
  })
  const nothing = cell(`COLSPAN="3" ALIGN="LEFT" WIDTH="${columns.interface + columns.details + columns.port}"`, coloured(COLOURS.faint, NO_INTERFACE))
  const shape = host.container ? 'BORDER="2" STYLE="ROUNDED"' : 'BORDER="1"'
  return table(`${shape} CELLBORDER="0" CELLSPACING="0" CELLPADDING="5" COLOR="${COLOURS.line}"`, rows.length > 0 ? rows : [`${nothing}${nameCell}`])
}

/** The name of an interface and what is special about its link. */
function interfaceLines(link: DiagramLink): string[] {
  return [link.interface, ...(link.trunk ? ['trunk'] : []), ...(link.up ? [] : ['down'])]
}
