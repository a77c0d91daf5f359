import { matchProblem, oxmFields, type ActionInput, type FieldName, type FieldSpec, type Match, type OxmField } from '@streambed/ovs/openflow'
import { parseAddress } from '../../config/address.js'

/** Fields that cannot say which zone it is, as Open vSwitch does not have them. */
const absent: ReadonlySet<string> = new Set<FieldName>(['in_phy_port', 'pbb_isid', 'ipv6_exthdr'])

/** A value of each kind of field. */
const zeros = { number: 0, bigint: 0n, mac: '00:00:00:00:00:00', ipv4: '0.0.0.0', ipv6: '::', bytes: new Uint8Array(1) } as const

/** The protocols whose helpers can be asked for, by `alg`: FTP is over TCP, TFTP over UDP. */
const algProto: ReadonlyMap<number, number> = new Map([[21, 6], [69, 17]])

/** The bit of `ct_state` for packets that no connection can have (ovs-fields(7)). */
const invalid = 0x10

/** Bits of the flags of `ct` and `nat`. */
const ctCommit = 1
const ctForce = 2
const natFlags = { source: 1, destination: 2, persistent: 4, hash: 8, random: 16 } as const

type Ct = Extract<ActionInput, { readonly type: 'nx_ct' }>
type Nat = Extract<ActionInput, { readonly type: 'nx_nat' }>

/** Why Open vSwitch would refuse to track connections so, for packets of this match. */
export function refusalOfCt(match: Match, { flags = 0, zone, alg = 0, actions = [] }: Ct): string | undefined {
  const ethType = exact(match, 'eth_type')
  if (ethType !== 0x0800 && ethType !== 0x86dd) return 'ct needs eth_type 0x0800 or 0x86dd in the match'
  if ((flags & ctForce) !== 0 && (flags & ctCommit) === 0) return 'ct with the flag 2 (force) needs the flag 1 (commit)'
  const state = match.find((field) => field.field === 'ct_state')
  const isInvalid = state?.field === 'ct_state' && (state.value & (state.mask ?? -1) & invalid) !== 0
  if (isInvalid && (flags & ctCommit) !== 0) return 'ct cannot commit (flag 1) what the match says is invalid (bit 0x10 of ct_state)'
  const proto = algProto.get(alg)
  if (proto !== undefined && exact(match, 'ip_proto') !== proto) {
    return `ct with alg ${String(alg)} needs ip_proto ${String(proto)} in the match`
  }
  const found = typeof zone === 'object' ? refusalOfZone(match, zone) : undefined
  if (found !== undefined) return found
  for (const action of actions) {
    const plain = action.type === 'nx_nat' && isPlain(action)
    if ((flags & ctCommit) === 0 && !plain) return 'nat with addresses, mark and label of ct need the flag 1 (commit)'
    const problem = action.type === 'nx_nat' ? refusalOfNat(action, ethType) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

function refusalOfZone(match: Match, { field, offset, bits }: Exclude<Ct['zone'], number | undefined>): string | undefined {
  if (typeof field !== 'string') return 'zone_src must be the header of a field that Open vSwitch has'
  const spec: FieldSpec = oxmFields[field]
  if (absent.has(field) || offset + bits > spec.bits) return `the zone is beyond the bits of ${field}`
  if (bits !== 16) return `the zone must be 16 bits of ${field}, not ${String(bits)}`
  // As if it were matched: a field is there only where the match says so.
  const probe = { field, value: zeros[spec.kind] } as OxmField
  return matchProblem([...match.filter((other) => other.field !== field), probe])?.message
}

function isPlain({ flags = 0, ...nat }: Nat): boolean {
  return flags === 0 && Object.keys(nat).length === 1
}

function refusalOfNat({ flags = 0, ipv4Min, ipv4Max, ipv6Min, ipv6Max, portMin, portMax }: Nat, ethType: number): string | undefined {
  const { source, destination, hash, random } = natFlags
  const has = (bit: number) => (flags & bit) !== 0
  if (flags > 31) return `the flags of nat must be 0 to 31, not ${String(flags)}`
  if (has(source) && has(destination)) return 'nat changes the source (flag 1) or the destination (flag 2), not both'
  if (has(hash) && has(random)) return 'nat chooses ports by hash (flag 8) or at random (flag 16), not both'
  if (portMin !== undefined && ipv4Min === undefined && ipv6Min === undefined) return 'range_proto of nat needs addresses'
  if ((ipv4Min !== undefined && ethType !== 0x0800) || (ipv6Min !== undefined && ethType !== 0x86dd)) {
    return 'the addresses of nat must be of the version that eth_type says'
  }
  const bits = (text: string | undefined) => (text === undefined ? undefined : parseAddress(text)?.bits)
  return (
    refusalOfRange('range_ipv4', bits(ipv4Min), bits(ipv4Max)) ??
    refusalOfRange('range_ipv6', bits(ipv6Min), bits(ipv6Max)) ??
    refusalOfRange('range_proto', portMin, portMax)
  )
}

function refusalOfRange(name: string, min: number | bigint | undefined, max: number | bigint | undefined): string | undefined {
  if (min === undefined) return max === undefined ? undefined : `${name}_max needs ${name}_min`
  if (Number(min) === 0) return `${name}_min must not be zero`
  return max !== undefined && max < min ? `${name}_max must not be less than ${name}_min` : undefined
}

function exact(match: Match, name: FieldName): number | undefined {
  const field = match.find((one) => one.field === name)
  return field && 'mask' in field && field.mask !== undefined ? undefined : (field as { readonly value?: number } | undefined)?.value
}
