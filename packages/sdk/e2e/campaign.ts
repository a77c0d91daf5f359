/** Rounds of a long campaign: all of them with `npm run campaign`, a sample in `npm test`. */
export function rounds(sample: number, whole: number): number {
  return process.env['STREAMBED_CAMPAIGN'] === '1' ? whole : sample
}
