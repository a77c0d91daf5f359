/** The numbers of a key of `interface_ranges`, or what is wrong with it. */
export type PortRange =
  | { readonly type: 'ports'; readonly ports: readonly number[] }
  | { readonly type: 'error'; readonly message: string }

/**
 * Reads the key of an interface range, `1-4,7`. As forgiving as Faucet: whatever is neither a digit nor within a range
 * separates. More than 65536 ports are refused.
 */
export function parsePortRange(key: string): PortRange {
  const ports = new Set<number>()
  let rest = key
  for (const [range] of key.matchAll(/\d+-\d+/g)) {
    const [start = 0, end = 0] = range.split('-').map(Number)
    if (start >= end) return { type: 'error', message: `the range ${range} does not ascend` }
    if (end - start > 65536) return { type: 'error', message: `the range ${range} has more than 65536 ports` }
    for (let port = start; port <= end; port++) ports.add(port)
    rest = rest.split(range).join('')
  }
  for (const [port] of rest.matchAll(/\d+/g)) ports.add(Number(port))
  return ports.size === 0
    ? { type: 'error', message: `${JSON.stringify(key)} names no port` }
    : { type: 'ports', ports: [...ports].sort((a, b) => a - b) }
}
