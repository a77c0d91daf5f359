import { PartError } from './syntax.js'

/** A field that is a set of flags: the name of each bit from the lowest. */
export interface FlagNames {
  /** How errors call the flags. */
  readonly what: string
  readonly names: readonly string[]
}

/** `ct_state` (ovs-fields(7), connection tracking state). */
export const ctStateFlags: FlagNames = {
  what: 'ct_state',
  names: ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'],
}

/** `tcp_flags` (ovs-fields(7)). */
export const tcpFlags: FlagNames = {
  what: 'TCP',
  names: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns', '[200]', '[400]', '[800]'],
}

/** `tun_flags` (ovs-fields(7)). */
export const tunnelFlags: FlagNames = { what: 'tunnel', names: ['oam'] }

/** Flags as `syn|ack`, without any as `0`; bits without a name as a hexadecimal number at the end. */
export function printFlags(flags: number, { names }: FlagNames): string {
  if (flags === 0) return '0'
  const shown = names.filter((_, bit) => (flags & (1 << bit)) !== 0)
  const rest = (flags & ~allOf(names)) >>> 0
  return (rest === 0 ? shown : [...shown, `0x${rest.toString(16)}`]).join('|')
}

/** Flags that must be there and must not be there as `+trk-est`; as {@link printFlags} when all of them count. */
export function printMaskedFlags(flags: number, mask: number, kinds: FlagNames): string {
  const all = allOf(kinds.names)
  if ((mask & all) === all) return printFlags(flags & all, kinds)
  const shown = kinds.names.map((name, bit) => {
    if ((mask & (1 << bit)) === 0) return ''
    return `${(flags & (1 << bit)) === 0 ? '-' : '+'}${name}`
  })
  return shown.join('') || '0/0'
}

/**
 * Flags as ovs-ofctl reads them: `+trk-est` (those not named do not count), `trk|est` (those not named must not be
 * there), or numbers: `0x21/0x23`, `0x21`.
 *
 * @returns the mask `undefined` when all flags count.
 * @throws PartError when a flag is not known, or named twice.
 */
export function parseFlags(text: string, kinds: FlagNames): { flags: number; mask: number | undefined } {
  const slash = text.indexOf('/')
  if (slash !== -1) {
    return { flags: numberOf(text.slice(0, slash), 0, kinds), mask: numberOf(text.slice(slash + 1), slash + 1, kinds) }
  }
  if (text.startsWith('+') || text.startsWith('-')) return signedFlags(text, kinds)
  let flags = 0
  let at = 0
  for (const part of text.split('|')) {
    const bit = kinds.names.indexOf(part)
    flags |= bit === -1 ? numberOf(part, at, kinds) : 1 << bit
    at += part.length + 1
  }
  return { flags, mask: undefined }
}

function signedFlags(text: string, kinds: FlagNames): { flags: number; mask: number } {
  let flags = 0
  let mask = 0
  let at = 0
  while (at < text.length) {
    const sign = text[at] as string
    if (sign !== '+' && sign !== '-') throw new PartError(`each ${kinds.what} flag must come after + or -`, at)
    let end = at + 1
    while (end < text.length && text[end] !== '+' && text[end] !== '-') end++
    const bit = kinds.names.indexOf(text.slice(at + 1, end))
    if (bit === -1) throw unknownFlag(text.slice(at + 1, end), at + 1, kinds)
    if ((mask & (1 << bit)) !== 0) throw new PartError(`each ${kinds.what} flag may be named once only`, at + 1)
    mask |= 1 << bit
    if (sign === '+') flags |= 1 << bit
    at = end
  }
  return { flags, mask }
}

function numberOf(text: string, at: number, kinds: FlagNames): number {
  const value = /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : NaN
  if (!(value <= allOf(kinds.names))) throw unknownFlag(text, at, kinds)
  return value
}

function unknownFlag(text: string, at: number, kinds: FlagNames): PartError {
  return new PartError(`a ${kinds.what} flag must be one of ${kinds.names.join(', ')}, not ${JSON.stringify(text)}`, at)
}

function allOf(names: readonly string[]): number {
  return 2 ** names.length - 1
}
