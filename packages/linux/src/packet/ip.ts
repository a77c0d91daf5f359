const ipv4Pattern = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** Whether `text` is a dotted quad without leading zeros. */
export function isIpv4(text: string): boolean {
  return ipv4Pattern.test(text)
}

/** Whether `text` is an IPv6 address (RFC 4291 §2.2); zone ids (`fe80::1%eth0`) are refused. */
export function isIpv6(text: string): boolean {
  return ipv6Groups(text) !== undefined
}

/**
 * The four bytes of a dotted quad.
 *
 * @throws RangeError for anything else; leading zeros are refused because some programs read them as octal.
 */
export function parseIpv4(text: string): Uint8Array {
  if (!isIpv4(text)) throw new RangeError(`not an IPv4 address: ${JSON.stringify(text)}; write it as 10.0.0.1`)
  return Uint8Array.from(text.split('.'), Number)
}

/**
 * The sixteen bytes of an IPv6 address, whose last 32 bits may be a dotted quad.
 *
 * @throws RangeError for anything else, also for an address with a zone id.
 */
export function parseIpv6(text: string): Uint8Array {
  const groups = ipv6Groups(text)
  if (groups === undefined) {
    throw new RangeError(`not an IPv6 address: ${JSON.stringify(text)}; write it as fd00::1, without a zone id`)
  }
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

/**
 * The bytes of an address of either family: four or sixteen.
 *
 * @throws RangeError when it is neither.
 */
export function parseIp(text: string): Uint8Array {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/**
 * One spelling for each address: that of RFC 5952 for IPv6, which has several; IPv4 has one already.
 *
 * @throws RangeError for an IPv6 address that is none, also for one with a zone id.
 */
export function canonicalIp(text: string): string {
  return text.includes(':') ? formatIpv6(parseIpv6(text)) : text
}

/** Four bytes from `offset` as a dotted quad; bytes beyond the end count as zero. */
export function formatIpv4(bytes: Uint8Array, offset = 0): string {
  return `${bytes[offset] ?? 0}.${bytes[offset + 1] ?? 0}.${bytes[offset + 2] ?? 0}.${bytes[offset + 3] ?? 0}`
}

/**
 * Sixteen bytes from `offset` in the canonical form of RFC 5952: lower case, no leading zeros, the first of the longest
 * runs of zero groups as `::`, and IPv4-mapped addresses as `::ffff:10.0.0.1` (§5). Bytes beyond the end count as zero.
 */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  const groups = Array.from({ length: 8 }, (_, i) => {
    return ((bytes[offset + 2 * i] ?? 0) << 8) | (bytes[offset + 2 * i + 1] ?? 0)
  })
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${formatIpv4(bytes, offset + 12)}`
  }
  const [start, length] = longestZeroRun(groups)
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  let start = 0
  groups.forEach((group, i) => {
    if (group !== 0) start = i + 1
    else if (i + 1 - start > best[1]) best = [start, i + 1 - start]
  })
  return best
}

/** The eight 16-bit groups, or undefined when the text is not an address. */
function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] ?? '', halves.length === 1)
  if (halves.length === 1) return head?.length === 8 ? head : undefined
  const tail = groupsOf(halves[1] ?? '', true)
  if (head === undefined || tail === undefined) return undefined
  const zeros = 8 - head.length - tail.length
  return zeros < 1 ? undefined : [...head, ...new Array<number>(zeros).fill(0), ...tail]
}

/** The groups of one side of `::`; only the side that ends the address may end with a dotted quad. */
function groupsOf(side: string, last: boolean): readonly number[] | undefined {
  if (side === '') return []
  const parts = side.split(':')
  const groups: number[] = []
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16))
    } else if (last && i === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = parseIpv4(part)
      groups.push((a << 8) | b, (c << 8) | d)
    } else {
      return undefined
    }
  }
  return groups
}
