import { parseIpv4 } from '../../address/ipv4.js'
import { formatIpv6, parseIpv6 } from '../../address/ipv6.js'
import { type Action, NX_CT_F, NX_NAT_F } from '../action/index.js'
import { keyValues, type Piece } from './piece.js'
import { parseShortSubfield, printSubfield } from './subfield.js'

type Ct = Extract<Action, { readonly type: 'nx_ct' }>
type Nat = Extract<Action, { readonly type: 'nx_nat' }>

/** The protocols whose connections Open vSwitch follows, by port. */
const helpers: Readonly<Record<string, number>> = { ftp: 21, tftp: 69 }

/** `ct(commit,zone=1,nat(src=10.0.0.1),exec(…))`; `printList` prints the actions inside. */
export function printCt(action: Ct, printList: (actions: readonly Action[]) => string): string {
  const { flags, zone, recircTable, alg, actions } = action
  const parts: string[] = []
  if ((flags & NX_CT_F.COMMIT) !== 0) parts.push('commit')
  if ((flags & NX_CT_F.FORCE) !== 0) parts.push('force')
  if (recircTable !== 0xff) parts.push(`table=${recircTable}`)
  if (typeof zone !== 'number') parts.push(`zone=${printSubfield(zone)}`)
  else if (zone !== 0) parts.push(`zone=${zone}`)
  const [first, ...others] = actions
  const nat = first?.type === 'nx_nat' ? first : undefined
  if (nat) parts.push(printNat(nat))
  const inner = nat ? others : actions
  if (inner.length > 0) parts.push(`exec(${printList(inner)})`)
  if (alg !== 0) parts.push(`alg=${Object.keys(helpers).find((name) => helpers[name] === alg) ?? alg}`)
  return `ct(${parts.join(',')})`
}

/** `nat`, `nat(src)`, `nat(dst=10.0.0.1-10.0.0.9:80-90,random)` */
export function printNat(action: Nat): string {
  const { flags, portMin, portMax } = action
  if ((flags & (NX_NAT_F.SRC | NX_NAT_F.DST)) === 0) return 'nat'
  const kind = (flags & NX_NAT_F.SRC) !== 0 ? 'src' : 'dst'
  const min = action.ipv4Min ?? bracketed(action.ipv6Min, portMin)
  const max = action.ipv4Max ?? bracketed(action.ipv6Max, portMin)
  if (min === undefined) return `nat(${kind})`
  let range = `${kind}=${min}`
  if (max !== undefined && max !== min) range += `-${max}`
  if (portMin) range += `:${portMin}`
  if (portMin && portMax && portMax !== portMin) range += `-${portMax}`
  if ((flags & NX_NAT_F.PERSISTENT) !== 0) range += ',persistent'
  if ((flags & NX_NAT_F.PROTO_HASH) !== 0) range += ',hash'
  if ((flags & NX_NAT_F.PROTO_RANDOM) !== 0) range += ',random'
  return `nat(${range})`
}

function bracketed(address: string | undefined, port: number | undefined): string | undefined {
  return address === undefined || !port ? address : `[${address}]`
}

/** `ct(commit,force,table=N,zone=N,alg=ftp,nat(…),exec(…))`; `parseList` reads the actions inside. */
export function parseCt(piece: Piece, parseList: (piece: Piece) => Action[]): Action[] {
  let flags = 0
  let recircTable = 0xff
  let zone: Ct['zone'] = 0
  let alg = 0
  const actions: Action[] = []
  for (const { key, value } of keyValues(piece)) {
    if (key.text === 'commit') flags |= NX_CT_F.COMMIT
    else if (key.text === 'force') flags |= NX_CT_F.FORCE
    else if (key.text === 'table') {
      recircTable = value.number(1, 'the table')
      if (recircTable === 0xff) throw value.error('the table must be from 0 to 254')
    } else if (key.text === 'zone') zone = parseZone(value)
    else if (key.text === 'alg') alg = parseHelper(value)
    else if (key.text === 'nat') actions.push(parseNat(value))
    else if (key.text === 'exec') actions.push(...parseList(value))
    else throw key.error(`ct has commit, force, table, zone, alg, nat and exec, not ${key.text}`)
  }
  if ((flags & NX_CT_F.FORCE) !== 0 && (flags & NX_CT_F.COMMIT) === 0) throw piece.error('force needs commit')
  return [{ type: 'nx_ct', flags, zone, recircTable, alg, actions }]
}

function parseZone(piece: Piece): Ct['zone'] {
  if (/^\d/.test(piece.text)) return piece.number(2, 'the zone')
  const zone = parseShortSubfield(piece)
  if (zone.bits !== 16) throw piece.error(`the zone must be 16 bits of a field, not ${zone.bits}`)
  return zone
}

function parseHelper(piece: Piece): number {
  const port = Object.hasOwn(helpers, piece.text) ? helpers[piece.text] : undefined
  if (port === undefined) throw piece.error(`alg must be one of ${Object.keys(helpers).join(', ')}, not ${piece.text}`)
  return port
}

/** `nat`, `nat(src=10.0.0.1-10.0.0.9:80-90,persistent,hash)` */
export function parseNat(piece: Piece): Nat {
  let flags = 0
  let range: Omit<Nat, 'type' | 'flags'> = {}
  for (const { key, value } of keyValues(piece)) {
    if (key.text === 'src' || key.text === 'dst') {
      flags |= key.text === 'src' ? NX_NAT_F.SRC : NX_NAT_F.DST
      range = value.text === '' ? {} : parseRange(value)
    } else if (key.text === 'persistent') flags |= NX_NAT_F.PERSISTENT
    else if (key.text === 'hash') flags |= NX_NAT_F.PROTO_HASH
    else if (key.text === 'random') flags |= NX_NAT_F.PROTO_RANDOM
    else throw key.error(`nat has src, dst, persistent, hash and random, not ${key.text}`)
  }
  const both = (bits: number) => (flags & bits) === bits
  if (both(NX_NAT_F.SRC | NX_NAT_F.DST)) throw piece.error('nat has either src or dst')
  if (both(NX_NAT_F.PROTO_HASH | NX_NAT_F.PROTO_RANDOM)) throw piece.error('nat has either hash or random')
  if (flags !== 0 && (flags & (NX_NAT_F.SRC | NX_NAT_F.DST)) === 0) throw piece.error('nat needs src or dst')
  return { type: 'nx_nat', flags, ...range }
}

function parseRange(piece: Piece): Omit<Nat, 'type' | 'flags'> {
  const ipv4 = /^([\d.]+)(?:-([\d.]+))?(?::(\d+)(?:-(\d+))?)?$/.exec(piece.text)
  const [, min, max, from, to] = ipv4 ?? ipv6Parts(piece.text) ?? []
  if (min === undefined) throw piece.error('a range must be written as 10.0.0.1-10.0.0.9:80-90 or [2001:db8::1]:80')
  const ports = parsePorts(piece, from, to)
  if (ipv4) {
    const low = parseIpv4(min)
    const high = max === undefined ? undefined : parseIpv4(max)
    if (low === undefined || (max !== undefined && (high === undefined || high < low))) {
      throw piece.error('a range of addresses must be written as 10.0.0.1-10.0.0.9, the lower one first')
    }
    return { ...given({ ipv4Min: zeroIsNone(min, '0.0.0.0'), ipv4Max: zeroIsNone(max, '0.0.0.0') }), ...ports }
  }
  const low = parseIpv6(min)
  const high = max === undefined ? undefined : parseIpv6(max)
  if (!low || (max !== undefined && (!high || Buffer.compare(high, low) < 0))) {
    throw piece.error('a range of addresses must be written as 2001:db8::1-2001:db8::9, the lower one first')
  }
  const ipv6Min = zeroIsNone(formatIpv6(low), '::')
  return { ...given({ ipv6Min, ipv6Max: high && zeroIsNone(formatIpv6(high), '::') }), ...ports }
}

/** Addresses of IPv6, in brackets or not, and ports. */
function ipv6Parts(text: string): readonly (string | undefined)[] | undefined {
  const bracketedRange = /^\[([\da-f:.]+)\](?:-\[([\da-f:.]+)\])?(?::(\d+)(?:-(\d+))?)?$/i.exec(text)
  return bracketedRange ?? /^([\da-f:.]+)(?:-([\da-f:.]+))?$/i.exec(text) ?? undefined
}

function parsePorts(piece: Piece, from: string | undefined, to: string | undefined): Pick<Nat, 'portMin' | 'portMax'> {
  const portMin = from === undefined ? undefined : Number(from)
  const portMax = to === undefined ? undefined : Number(to)
  const wrong = [portMin, portMax].find((port) => port !== undefined && port > 0xffff)
  if (wrong !== undefined || (portMax !== undefined && portMax < (portMin ?? 0))) {
    throw piece.error('a range of ports must be written as 80-90, both at most 65535 and the lower one first')
  }
  return given({ portMin: portMin || undefined, portMax: portMax || undefined })
}

/** Zero says that there is no restriction. */
function zeroIsNone(address: string | undefined, zero: string): string | undefined {
  return address === zero ? undefined : address
}

/** The properties that are not `undefined`. */
function given<T extends object>(properties: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> }
}
