/**
 * Lays a DOT graph out and draws it as SVG, by Graphviz compiled to WebAssembly: nothing to install. Loaded at the first call.
 * Rejects with what Graphviz says when it refuses the graph.
 */
export async function dotToSvg(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
  const document = (await Graphviz.load()).layout(dot, 'svg', 'dot')
  // Without the XML declaration and the document type it can be put into an HTML page as it is, and is a whole file still.
  return document.slice(document.indexOf('<svg'))
}
