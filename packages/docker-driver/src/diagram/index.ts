import type { GraphFormat, NetworkStates } from '../status/index.js'
import { dotDiagram } from './dot.js'
import { mermaidDiagram } from './mermaid.js'
import { diagramModel } from './model.js'
import { drawDot, svgToPng } from './pictures.js'

/**
 * Draws the networks that one or several daemons told of (`GET /networks`, read by {@link parseNetworkStates}): networks, containers, external interfaces, virtual
 * machines, gateways, mirrors and stacks. `mmd` is Mermaid, `json` the diagram's model. The same states give the same text.
 * @throws DockerDriverError `missing` when the package for `png` is not installed, `internal` when Graphviz refuses the graph
 */
export async function drawNetworks(daemons: readonly NetworkStates[], format: GraphFormat): Promise<string | Uint8Array> {
  const model = diagramModel(daemons)
  switch (format) {
    case 'dot':
      return dotDiagram(model)
    case 'mmd':
      return mermaidDiagram(model)
    case 'json':
      return JSON.stringify(model)
    case 'svg':
      return drawDot(dotDiagram(model))
    case 'png':
      return svgToPng(await drawDot(dotDiagram(model)))
  }
}

export { dotDiagram } from './dot.js'
export { mermaidDiagram } from './mermaid.js'
export { diagramModel, type DiagramEdge, type DiagramModel, type DiagramNode, type DiagramSection } from './model.js'
export { parseNetworkStates } from './states.js'
