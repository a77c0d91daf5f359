import type { Action } from '../action/index.js'
import { bitsOfBytes, bitsOfValue, onesOf } from '../oxm/bits.js'
import type { OxmField } from '../oxm/field.js'
import { oxmFields, type FieldName, type FieldSpec } from '../oxm/fields.js'
import { fieldOfBits, parseFieldValue, printFieldValue } from './field-value.js'
import { hexOf } from './integer.js'
import type { Piece } from './piece.js'
import { port16Of } from './port.js'
import { actionFieldNamed, actionFieldOf, parseSubfield, printSubfield } from './subfield.js'

type SetField = Extract<Action, { readonly type: 'set_field' | 'nx_reg_load2' }>
type RegLoad = Extract<Action, { readonly type: 'nx_reg_load' }>
type Move = Extract<Action, { readonly type: 'nx_reg_move' | 'onf_copy_field' }>

/** `set_field:10.0.0.1->ip_src` */
export function printSetField({ field }: SetField): string {
  if (field.field === 'unknown') {
    return `set_field:${printFieldValue(field)}->0x${field.class.toString(16)}:${field.id}`
  }
  return `set_field:${printValue(field)}->${actionFieldOf(field.field).name}`
}

/** A mask of a field of variable length never covers all that it could be. */
function printValue(field: Exclude<OxmField, { readonly field: 'unknown' }>): string {
  const { field: name, value, mask } = field
  if (!oxmFields[name].variable) return printFieldValue(field)
  const shown = hexOf(bitsOfBytes(value as Uint8Array))
  if (mask === undefined) return shown
  const maskBits = bitsOfBytes(mask as Uint8Array)
  return maskBits === 0n ? 'ANY' : `${shown}/${hexOf(maskBits)}`
}

/** `load:0x1->NXM_NX_REG0[]` */
export function printRegLoad({ dst, value }: RegLoad): string {
  return `load:${hexOf(value)}->${printSubfield(dst)}`
}

/** `move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]` */
export function printMove({ src, dst }: Move): string {
  return `move:${printSubfield(src)}->${printSubfield(dst)}`
}

function arrow(piece: Piece, example: string): readonly [Piece, Piece] {
  const parts = piece.splitAt('->')
  if (!parts || parts[1].text === '') throw piece.error(`it must be written as ${example}`)
  return [parts[0].trim(), parts[1].trim()]
}

/**
 * `set_field:VALUE[/MASK]->FIELD`. OpenFlow 1.3 sets whole fields only, so that one with a mask becomes the extension of
 * Open vSwitch that loads bits.
 */
export function parseSetField(piece: Piece): Action[] {
  const [value, name] = arrow(piece, 'set_field:0x5/0xff->reg0')
  const field = actionFieldNamed(name.text)
  if (!field) throw name.error(`${JSON.stringify(name.text)} is no field of ovs-fields(7)`)
  if (field.header === 'nxm_of_in_port') {
    return [{ type: 'set_field', field: { field: field.header, value: port16Of(value.port()) } }]
  }
  const parsed = parseFieldValue(field.header, value.text, { text: value.whole, at: value.start })
  if (parsed.field === 'unknown' || parsed.mask === undefined) return [{ type: 'set_field', field: parsed }]
  const bits = bitsOfValue(parsed.field, parsed.value)
  const mask = bitsOfValue(parsed.field, parsed.mask) & onesOf(field.bits)
  return loads(field.short, bits, mask, parsed)
}

/** `load:VALUE->FIELD[BITS]` */
export function parseLoad(piece: Piece): Action[] {
  const [value, target] = arrow(piece, 'load:0x5->NXM_NX_REG0[0..7]')
  const dst = parseSubfield(target)
  const field = dst.field as FieldName
  const bits = value.bigint(oxmFields[field].bytes, 'the value')
  if (bits >> BigInt(dst.bits) !== 0n) throw value.error(`the value must fit into ${dst.bits} bits`)
  const shift = BigInt(dst.offset)
  return loads(field, bits << shift, onesOf(dst.bits) << shift)
}

/** `move:FIELD[BITS]->FIELD[BITS]` */
export function parseMove(piece: Piece): Action[] {
  const [from, to] = arrow(piece, 'move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]')
  const src = parseSubfield(from)
  const dst = parseSubfield(to)
  if (src.bits !== dst.bits) throw to.error(`the source has ${src.bits} bits and the destination ${dst.bits}`)
  return [{ type: 'nx_reg_move', src, dst }]
}

/**
 * The actions that set some bits of a field: one for each stretch of at most 64 neighbouring bits, or, where the header
 * is too long for that, one with a mask.
 */
function loads(field: FieldName, value: bigint, mask: bigint, parsed?: OxmField): Action[] {
  const spec: FieldSpec = oxmFields[field]
  if (spec.experimenter !== undefined || spec.variable) {
    return [{ type: 'nx_reg_load2', field: parsed ?? fieldOfBits(field, value, mask) }]
  }
  const actions: Action[] = []
  for (let offset = 0; mask >> BigInt(offset) !== 0n; ) {
    const rest = mask >> BigInt(offset)
    if ((rest & 1n) === 0n) {
      offset++
      continue
    }
    let bits = 1
    while (bits < 64 && ((rest >> BigInt(bits)) & 1n) === 1n) bits++
    const dst = { field, offset, bits }
    actions.push({ type: 'nx_reg_load', dst, value: (value >> BigInt(offset)) & onesOf(bits) })
    offset += bits
  }
  return actions
}
