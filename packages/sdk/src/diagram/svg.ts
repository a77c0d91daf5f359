import { dotToSvg } from '@streambed/docker-driver/diagram-style'
import { TestbedError } from '../errors.js'

/** Draws a DOT graph as SVG. @throws TestbedError `failed` when Graphviz refuses the graph */
export async function drawDot(dot: string): Promise<string> {
  try {
    return await dotToSvg(dot)
  } catch (cause) {
    throw new TestbedError('failed', 'Graphviz could not draw the diagram; the formats "dot" and "mermaid" do without it', { cause })
  }
}
