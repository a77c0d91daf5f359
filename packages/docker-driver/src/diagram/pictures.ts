import { DockerDriverError } from '../errors.js'

/**
 * Lays a DOT graph out and draws it as SVG, by Graphviz compiled to WebAssembly. Loaded at the first call.
 * @throws DockerDriverError `missing` without the package `@hpcc-js/wasm-graphviz`, `internal` when Graphviz refuses the graph
 */
export async function dotToSvg(dot: string): Promise<string> {
  const { Graphviz } = await optional('an SVG', '@hpcc-js/wasm-graphviz', () => import('@hpcc-js/wasm-graphviz'))
  const graphviz = await Graphviz.load()
  let document: string
  try {
    document = graphviz.layout(dot, 'svg', 'dot')
  } catch (cause) {
    throw new DockerDriverError('internal', 'Graphviz could not draw the diagram; the formats dot and mmd do without it', { cause })
  }
  // Without the XML declaration and the document type it can be put into an HTML page as it is, and is a whole file still.
  return document.slice(document.indexOf('<svg'))
}

/** Draws an SVG as PNG, twice as large, with the fonts of the machine. @throws DockerDriverError `missing` without the package `@resvg/resvg-js` */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  // Not an import that the compiler sees: the package is optional, and has programs for each kind of machine.
  const name: string = '@resvg/resvg-js'
  const { Resvg } = await optional('a PNG', name, () => import(name) as Promise<ResvgModule>)
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng()
}

/** What we need of `@resvg/resvg-js`. */
interface ResvgModule {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } }
}

async function optional<T>(what: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new DockerDriverError('missing', `${what} of the networks needs the package ${name}: install it by "npm install ${name}", or ask for dot or mmd`, { cause })
  }
}
