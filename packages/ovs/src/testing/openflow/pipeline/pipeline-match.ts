import type { Match, OxmField } from '../../../openflow/oxm/field.js'
import type { FieldName } from '../../../openflow/oxm/fields.js'
import { valueOfBits } from '../../../openflow/oxm/bits.js'
import { type FieldRange, fieldRange } from '../packet/field-range.js'
import { type Key, readBits } from '../packet/key.js'

/** The pipeline fields that a packet-in tells of, where they are not zero (§7.4.1), in the order of OVS. */
const names: readonly FieldName[] = [
  'tunnel_id',
  'tun_src',
  'tun_dst',
  'tun_ipv6_src',
  'tun_ipv6_dst',
  ...Array.from({ length: 16 }, (_, i) => `reg${i}` as FieldName),
  'pkt_mark',
  'ct_state',
  'ct_zone',
  'ct_mark',
  'ct_label',
  'metadata',
]

/** The match of a packet-in: the ingress port, and the other pipeline fields that are not zero. */
export function pipelineMatch(key: Key): Match {
  const entry = (name: FieldName): OxmField[] => {
    const bits = readBits(key, fieldRange(name) as FieldRange)
    return bits === 0n && name !== 'in_port' ? [] : [{ field: name, value: valueOfBits(name, bits) } as OxmField]
  }
  return [...entry('in_port'), ...names.flatMap(entry)]
}
