import type { TestbedInspection } from '../inspection.js'
import { dotDiagram } from './dot.js'
import { mermaidDiagram } from './mermaid.js'
import { drawDot } from './svg.js'

/** How a diagram is written: Graphviz's language, a picture, or what GitHub and GitLab draw in Markdown. */
export type DiagramFormat = 'dot' | 'svg' | 'mermaid'

/**
 * Draws a testbed: its switches, networks, hosts and links, left to right. The same inspection gives the same text.
 * @throws TestbedError `failed` when the SVG cannot be drawn
 */
export async function renderDiagram(inspection: TestbedInspection, format: DiagramFormat): Promise<string> {
  switch (format) {
    case 'dot':
      return dotDiagram(inspection)
    case 'mermaid':
      return mermaidDiagram(inspection)
    case 'svg':
      return drawDot(dotDiagram(inspection))
  }
}

export { dotDiagram, mermaidDiagram }
