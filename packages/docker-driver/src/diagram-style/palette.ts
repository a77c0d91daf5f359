/** The colours of one network: `fill` carries dark text, `stroke` stands out on white. */
export interface NetworkColour {
  readonly fill: string
  readonly stroke: string
}

/**
 * Eight that the common forms of colour blindness tell apart, after Okabe and Ito ("Color Universal Design", 2008), darkened where lines need it. No red: that
 * is for what stands out. Every network has its name beside its colour as well.
 */
const NETWORKS: readonly NetworkColour[] = [
  { fill: '#d9ebf7', stroke: '#0072b2' },
  { fill: '#fdeacb', stroke: '#b86e00' },
  { fill: '#d3efe5', stroke: '#00795a' },
  { fill: '#f6dfeb', stroke: '#a8477f' },
  { fill: '#e2def3', stroke: '#4b3a9e' },
  { fill: '#f1f0cc', stroke: '#77751c' },
  { fill: '#dcf3f8', stroke: '#23869f' },
  { fill: '#efe3d8', stroke: '#7a5230' },
]

/** The rest of a diagram. Red is for links that are down, and for mirrored packets. */
export const COLOURS = {
  text: '#1a1a1a',
  faint: '#595959',
  line: '#4d4d4d',
  background: '#ffffff',
  switch: '#e6e6e6',
  stopped: '#dddddd',
  frozen: '#e3f1fb',
  red: '#c00000',
  redFill: '#fbe9e9',
  group: '#f7f7f7',
} as const

/** The colours of the network at a place among all; the ninth has those of the first. */
export function networkColour(index: number): NetworkColour {
  return NETWORKS[index % NETWORKS.length] ?? { fill: COLOURS.background, stroke: COLOURS.line }
}
