import { dotToSvg } from '../diagram-style/index.js'
import { DockerDriverError } from '../errors.js'

/** Draws a DOT graph as SVG. @throws DockerDriverError `internal` when Graphviz refuses the graph */
export async function drawDot(dot: string): Promise<string> {
  try {
    return await dotToSvg(dot)
  } catch (cause) {
    throw new DockerDriverError('internal', 'Graphviz could not draw the diagram; the formats dot and mmd do without it', { cause })
  }
}

/** Draws an SVG as PNG, twice as large, with the fonts of the machine. @throws DockerDriverError `missing` without the package `@resvg/resvg-js` */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  // Not an import that the compiler sees: the package is optional, and has programs for each kind of machine.
  const name: string = '@resvg/resvg-js'
  let module: ResvgModule
  try {
    module = (await import(name)) as ResvgModule
  } catch (cause) {
    throw new DockerDriverError('missing', `a PNG of the networks needs the package ${name}: install it by "npm install ${name}", or ask for svg, dot or mmd`, { cause })
  }
  return new module.Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng()
}

/** What we need of `@resvg/resvg-js`. */
interface ResvgModule {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } }
}
