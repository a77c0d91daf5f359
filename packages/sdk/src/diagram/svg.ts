import { TestbedError } from '../errors.js'

/**
 * Lays a DOT graph out and draws it as SVG, by Graphviz compiled to WebAssembly: nothing to install. Loaded at the first call.
 * @throws TestbedError `failed` when Graphviz refuses the graph
 */
export async function dotToSvg(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
  const graphviz = await Graphviz.load()
  let document: string
  try {
    document = graphviz.layout(dot, 'svg', 'dot')
  } catch (cause) {
    throw new TestbedError('failed', 'Graphviz could not draw the diagram; the formats "dot" and "mermaid" do without it', { cause })
  }
  // Without the XML declaration and the document type it can be put into an HTML page as it is, and is a whole file still.
  return document.slice(document.indexOf('<svg'))
}
