import { oxmFields, type ActionInput, type FieldName, type FieldRef, type FieldSpec, type NxNatAction } from '@streambed/ovs/openflow'
import type { AclCt, AclNat } from '../../config/model.js'

/** The action of a rule's `ct` (Faucet's `build_ct_actions`). */
export function conntrackAction(ct: AclCt): ActionInput {
  if (ct.clear) return { type: 'nx_ct_clear' }
  const { flags = 0, alg = 0, zone = 0, table = 0xff, nat, mark, label } = ct
  const actions: ActionInput[] = []
  if (nat) actions.push(natAction(nat))
  if (mark !== undefined) actions.push({ type: 'set_field', field: { field: 'ct_mark', value: Number(BigInt.asUintN(32, BigInt(mark))) } })
  if (label !== undefined) {
    actions.push({ type: 'set_field', field: { field: 'ct_label', value: BigInt.asUintN(128, BigInt(label)) } })
  }
  return {
    type: 'nx_ct',
    flags,
    alg,
    recircTable: table,
    // With a field, `zone` says which of its bits: (offset << 6) | (bits - 1).
    zone: ct.zone_src ? { field: fieldOfHeader(ct.zone_src), offset: zone >> 6, bits: (zone & 0x3f) + 1 } : zone,
    actions,
  }
}

function natAction(nat: AclNat): ActionInput {
  const addresses: Pick<NxNatAction, 'ipv4Min' | 'ipv4Max' | 'ipv6Min' | 'ipv6Max'> = {
    ...(nat.range_ipv4_min && { ipv4Min: nat.range_ipv4_min }),
    ...(nat.range_ipv4_max && { ipv4Max: nat.range_ipv4_max }),
    ...(nat.range_ipv6_min && { ipv6Min: nat.range_ipv6_min }),
    ...(nat.range_ipv6_max && { ipv6Max: nat.range_ipv6_max }),
  }
  // A null of the configuration says nothing, and types do not tell.
  const port = (value: number | null | undefined) => (value == null ? undefined : Number(BigInt.asUintN(16, BigInt(value))))
  const portMin = port(nat.range_proto_min)
  const portMax = port(nat.range_proto_max)
  return {
    type: 'nx_nat',
    flags: nat.flags ?? 0,
    ...addresses,
    ...(portMin !== undefined && { portMin }),
    ...(portMax !== undefined && { portMax }),
  }
}

/** The field that a header of 32 bits names (OpenFlow 1.3.5 §7.2.3.2), by name where it has one. */
function fieldOfHeader(header: number): FieldRef {
  const ref = { class: header >>> 16, id: (header >>> 9) & 0x7f, hasMask: (header & 0x100) !== 0, length: header & 0xff }
  for (const [name, spec] of Object.entries(oxmFields) as [FieldName, FieldSpec][]) {
    const isSame = spec.class === ref.class && spec.id === ref.id && spec.bytes === ref.length && !ref.hasMask
    // Those of experimenters have longer headers.
    if (isSame && spec.experimenter === undefined) return name
  }
  return ref
}
