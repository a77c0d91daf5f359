// Least, middle and greatest of some measurements.

/** `{ min, median, max }`, rounded to five significant digits: more is noise. */
export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
  return { min: rounded(sorted[0]), median: rounded(median), max: rounded(sorted.at(-1)) }
}

/** Peer by ours, pair by pair. */
export function ratios(ours, peer) {
  return ours.map((value, index) => peer[index] / value)
}

function rounded(value) {
  return Number(value.toPrecision(5))
}
