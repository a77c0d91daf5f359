/** How many rounds a test runs: `sample` in `npm test`, `whole` in `npm run campaign`. */
export function rounds(sample: number, whole: number): number {
  return process.env['STREAMBED_CAMPAIGN'] === '1' ? whole : sample
}
