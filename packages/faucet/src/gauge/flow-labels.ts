import type { FlowStats, OxmField } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import { dpLabels } from '../metrics/labels.js'
import type { Labels } from '../metrics/family.js'

/** A field of a match as os-ken shows it: numbers in decimal, addresses as text. */
export interface ShownField {
  readonly field: string
  readonly value: number | bigint | string
  readonly mask: number | bigint | string | null
}

/** A field as {@link ShownField}; octets are hexadecimal digits. */
export function shownField(field: OxmField): ShownField {
  const { value, mask } = field as { readonly value?: unknown; readonly mask?: unknown }
  const show = (one: unknown) => (one instanceof Uint8Array ? Buffer.from(one).toString('hex') : (one as ShownField['value']))
  return { field: field.field, value: show(value ?? ''), mask: mask === undefined ? null : show(mask) }
}

/**
 * The labels of a flow: its place, and every field that it matches. `vlan` is the VID of a match of one VLAN; for a match
 * of packets without a tag it is 4096, as in the original.
 */
export function flowLabels(dp: ResolvedDp, { tableId, priority, cookie, match, instructions }: FlowStats): Labels {
  const labels: Record<string, string> = {
    ...dpLabels(dp),
    table_id: String(tableId),
    priority: String(priority),
    cookie: String(cookie),
    inst_count: String(instructions.length),
  }
  for (const one of match) {
    const { field, value, mask } = shownField(one)
    labels[field] = mask === null ? String(value) : `${String(value)}/${String(mask)}`
    if (field === 'vlan_vid' && mask === null) labels.vlan = String(Number(value) ^ 0x1000)
  }
  return labels
}
