import type { Action, EncapProperty } from '../action/index.js'
import { bytesOfBits } from '../oxm/bits.js'
import { hexBytes } from './bits.js'
import { hexOf } from './integer.js'
import { keyValues, type Piece } from './piece.js'

type Encap = Extract<Action, { readonly type: 'nx_encap' }>
type Decap = Extract<Action, { readonly type: 'nx_decap' }>

/** Headers that Open vSwitch can add, by packet type. */
const headers: Readonly<Record<string, number>> = {
  ethernet: 0,
  nsh: 0x0001894f,
  mpls: 0x00018847,
  mpls_mc: 0x00018848,
}
const useNextProtocol = 0xfffe
const NSH_CLASS = 4
const NSH_MD_TYPE = 1
const NSH_TLV = 2

/** `encap(nsh(md_type=2,tlv(0x1000,10,0x12345678)))` */
export function printEncap({ packetType, properties }: Encap): string {
  const name = Object.keys(headers).find((header) => headers[header] === packetType) ?? hexOf(packetType)
  return properties.length === 0 ? `encap(${name})` : `encap(${name}(${properties.map(printProperty).join(',')}))`
}

function printProperty({ class: propertyClass, type, data }: EncapProperty): string {
  if (propertyClass === NSH_CLASS && type === NSH_MD_TYPE && data.length >= 1) return `md_type=${data[0]}`
  const [high = 0, low = 0, tlvType = 0, length = 0] = data
  if (propertyClass === NSH_CLASS && type === NSH_TLV && data.length >= 4 + length) {
    const tlvClass = ((high << 8) | low).toString(16).padStart(4, '0')
    return `tlv(0x${tlvClass},${tlvType},${hexOf(BigInt(`0x0${hexBytes(data.subarray(4, 4 + length))}`))})`
  }
  return `${propertyClass}:${type}=0x${hexBytes(data)}`
}

/** `decap()`, `decap(packet_type(ns=1,type=0x894f))` */
export function printDecap({ packetType }: Decap): string {
  if (packetType === useNextProtocol) return 'decap()'
  return `decap(packet_type(ns=${packetType >>> 16},type=${hexOf(packetType & 0xffff)}))`
}

/** `encap(ethernet)`, `encap(nsh(md_type=1))` */
export function parseEncap(piece: Piece): Action[] {
  const [header] = keyValues(piece)
  const packetType = header && Object.hasOwn(headers, header.key.text) ? headers[header.key.text] : undefined
  if (!header || packetType === undefined) {
    throw piece.error(`encap must name a header: ${Object.keys(headers).join(' or ')}`)
  }
  const properties = Array.from(keyValues(header.value), ({ key, value }): EncapProperty => {
    if (header.key.text === 'nsh' && key.text === 'md_type') return parseMdType(value)
    if (header.key.text === 'nsh' && key.text === 'tlv') return parseTlv(value)
    throw key.error('the header nsh has md_type and tlv, the others have nothing')
  })
  return [{ type: 'nx_encap', packetType, headerSize: 0, properties }]
}

function parseMdType(piece: Piece): EncapProperty {
  const mdType = piece.number(1, 'md_type')
  if (mdType < 1 || mdType > 2) throw piece.error('md_type must be 1 or 2')
  return { class: NSH_CLASS, type: NSH_MD_TYPE, data: Uint8Array.of(mdType) }
}

function parseTlv(piece: Piece): EncapProperty {
  const parts = /^(0x[0-9a-f]{1,4}),(\d+),0x((?:[0-9a-f]{2})+)$/i.exec(piece.text)
  const [, tlvClass = '', tlvType = '', digits = ''] = parts ?? []
  const value = Buffer.from(digits, 'hex')
  if (!parts || Number(tlvType) > 0xff || value.length > 124) {
    throw piece.error('a tlv must be written as tlv(0x1000,10,0x12345678)')
  }
  const data = new Uint8Array(4 + Math.ceil(value.length / 8) * 8)
  data.set([...bytesOfBits(BigInt(tlvClass), 2), Number(tlvType), value.length])
  data.set(value, 4)
  return { class: NSH_CLASS, type: NSH_TLV, data }
}

/** `decap`, `decap(packet_type(ns=1,type=0x894f))` */
export function parseDecap(piece: Piece): Action[] {
  const [part] = keyValues(piece)
  if (!part) return [{ type: 'nx_decap', packetType: useNextProtocol }]
  if (part.key.text !== 'packet_type') throw part.key.error('decap may have packet_type(ns=1,type=0x800)')
  const [ns, type] = keyValues(part.value)
  if (ns?.key.text !== 'ns' || type?.key.text !== 'type') {
    throw part.value.error('packet_type must have ns and type, such as packet_type(ns=1,type=0x800)')
  }
  return [
    {
      type: 'nx_decap',
      packetType: ns.value.number(2, 'ns') * 0x10000 + type.value.number(2, 'type'),
    },
  ]
}
