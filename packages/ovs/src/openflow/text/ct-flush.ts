import type { CtTupleField, NxtCtFlush } from '../nicira/ct-flush.js'

/** The body of a request to forget connections: the zone, and what is asked of either direction. */
export function printCtFlush({ ipProto, properties }: NxtCtFlush): string {
  const zone = properties.reduce((id, property) => (property.type === 'zone_id' ? property.zoneId : id), 0)
  const tuple = (type: 'orig_tuple' | 'reply_tuple') =>
    properties.flatMap((property) => (property.type === type ? property.fields : []))
  const icmp = ipProto === 1 || ipProto === 58
  return ` zone=${zone} '${printTuple(tuple('orig_tuple'), icmp)},ct_nw_proto=${ipProto}' '${printTuple(tuple('reply_tuple'), icmp)}'`
}

function printTuple(fields: readonly CtTupleField[], icmp: boolean): string {
  const address = (type: 'src' | 'dst') =>
    fields.reduce((found, field) => (field.type === type ? field.address : found), '::')
  const [src, dst] = [address('src'), address('dst')]
  const v4 = src.startsWith('::ffff:') || dst.startsWith('::ffff:')
  const addresses = v4
    ? `ct_nw_src=${src.replace('::ffff:', '')},ct_nw_dst=${dst.replace('::ffff:', '')}`
    : `ct_ipv6_src=${src},ct_ipv6_dst=${dst}`
  return `${addresses},${printPorts(fields, icmp)}`
}

/** To Open vSwitch the ports are the same memory as id, code and type of ICMP. */
function printPorts(fields: readonly CtTupleField[], icmp: boolean): string {
  let src = 0
  let dst = 0
  for (const field of fields) {
    if (field.type === 'src_port' || field.type === 'icmp_id') src = field.value
    else if (field.type === 'dst_port') dst = field.value
    else if (field.type === 'icmp_code') dst = (dst & 0xff) | (field.value << 8)
    else if (field.type === 'icmp_type') dst = (dst & 0xff00) | field.value
  }
  return icmp ? `icmp_id=${src},icmp_type=${dst & 0xff},icmp_code=${dst >> 8}` : `ct_tp_src=${src},ct_tp_dst=${dst}`
}
