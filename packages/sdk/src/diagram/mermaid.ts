import { classDefinition, COLOURS, linkStyles, mermaidText, mermaidTitle, networkColour } from '@streambed/docker-driver/diagram-style'
import type { TestbedInspection } from '../inspection.js'
import { type DiagramHost, type DiagramLink, type DiagramModel, diagramModel } from './model.js'

/**
 * Draws a testbed as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), which GitHub and GitLab show in Markdown. Nodes have
 * numbers for names, since Mermaid reserves words.
 */
export function mermaidDiagram(inspection: TestbedInspection): string {
  const model = diagramModel(inspection)
  const inGroup = (group: number | undefined, indent: string) => [
    ...model.segments.flatMap((item, index) => (item.group === group ? [`${indent}n${index}("${lines(item.network, ...item.details)}"):::${networkClass(item.networkIndex)}`] : [])),
    ...model.hosts.flatMap((item, index) => (item.group === group ? [`${indent}h${index}${item.container ? `(["${hostLabel(item)}"])` : `["${hostLabel(item)}"]`}:::${item.state}`] : [])),
  ]
  const edges = drawEdges(model)
  return [
    '---',
    `title: ${mermaidTitle(model.title)}`,
    '---',
    'flowchart LR',
    ...model.switches.map(({ name, datapathType }, index) => `  s${index}[["${lines(name, `${datapathType === '' ? 'system' : datapathType} datapath`)}"]]:::switch`),
    ...inGroup(undefined, '  '),
    ...model.groups.flatMap((name, group) => [`  subgraph g${group}["${mermaidText(name)}"]`, ...inGroup(group, '    '), '  end', `  style g${group} fill:${COLOURS.group},stroke:${COLOURS.line},color:${COLOURS.text},stroke-dasharray:6 4`]),
    ...edges.map(({ text }) => `  ${text}`),
    ...linkStyles(edges.map(({ style }) => style)).map((line) => `  ${line}`),
    ...classes(model).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

interface Edge {
  readonly text: string
  /** Empty for a line that is not drawn. */
  readonly style: string
}

function drawEdges({ switches, segments, hosts }: DiagramModel): Edge[] {
  const uplinks = segments.flatMap(({ switches, networkIndex }, index) => switches.map((at) => ({ text: `s${at} --- n${index}`, style: `stroke:${networkColour(networkIndex).stroke},stroke-width:3px` })))
  const links = hosts.flatMap((host, number) =>
    host.links.flatMap((link) => link.segments.map((index) => ({ text: `n${index} ${arrow(link)} h${number}`, style: linkStyle(link, segments[index]?.networkIndex ?? 0) }))),
  )
  // A host without a network would come to stand on the left, under the switch.
  const alone = switches.length === 0 ? [] : hosts.flatMap((host, number) => (host.links.every((link) => link.segments.length === 0) ? [{ text: `s0 ~~~ h${number}`, style: '' }] : []))
  return [...uplinks, ...links, ...alone]
}

function arrow({ up, trunk }: DiagramLink): string {
  return `${trunk ? '===' : up ? '---' : '-.-'}${up ? '' : '|"down"|'}`
}

/**
 * The host and, below it, its interfaces: at the lines themselves Mermaid would put one text over another. Short lines, because it breaks those
 * of more than 200 pixels.
 */
function hostLabel(host: DiagramHost): string {
  const links = host.links.flatMap((link) => [[...(link.trunk ? ['trunk'] : []), link.interface, link.port, ...(link.up ? [] : ['down'])].join(' · '), ...link.details])
  return lines([host.name, ...host.marks].join(' · '), ...links)
}

function linkStyle({ up, trunk }: DiagramLink, networkIndex: number): string {
  const width = trunk ? 'stroke-width:5px' : 'stroke-width:2px'
  return up ? `stroke:${networkColour(networkIndex).stroke},${width}` : `stroke:${COLOURS.red},color:${COLOURS.red},${width},stroke-dasharray:6 4`
}

function classes({ segments, hosts, switches }: DiagramModel): string[] {
  const networks = new Map(segments.map(({ networkIndex }) => [networkClass(networkIndex), networkColour(networkIndex)]))
  const states = new Set(hosts.map(({ state }) => state))
  return [
    ...(switches.length > 0 ? [classDefinition('switch', COLOURS.switch, COLOURS.line)] : []),
    ...[...networks].map(([name, { fill, stroke }]) => classDefinition(name, fill, stroke)),
    ...[...states].map((state) => HOST_CLASSES[state]),
  ]
}

const HOST_CLASSES: Readonly<Record<DiagramHost['state'], string>> = {
  running: classDefinition('running', COLOURS.background, COLOURS.line),
  frozen: `${classDefinition('frozen', COLOURS.frozen, COLOURS.line)},stroke-dasharray:6 4`,
  stopped: `${classDefinition('stopped', COLOURS.stopped, COLOURS.line)},stroke-dasharray:6 4`,
}

function networkClass(index: number): string {
  return `network${index}`
}

function lines(...parts: readonly string[]): string {
  return parts.map(mermaidText).join('<br/>')
}
