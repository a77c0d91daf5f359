import type { FieldRef, Subfield } from '../oxm/field.js'
import { fieldNames, fieldSpec, oxmFields, type FieldName } from '../oxm/fields.js'
import { textFieldOf, textFieldOfHeader } from './field-table.js'
import type { Piece } from './piece.js'

/** A field as actions of Open vSwitch name it. */
export interface ActionField {
  /** As `set_field` writes it. */
  readonly name: string
  /** The header that set-field carries. */
  readonly header: FieldName
  /** The header that the extensions carry: the older NXM one where there is one. */
  readonly short: FieldName
  /** How many bits Open vSwitch sees in it. */
  readonly bits: number
}

const byHeaderName = new Map(fieldNames.map((name) => [oxmFields[name].header, name]))

/** Open vSwitch takes the two sizes of a port number for two fields. */
const ports: Readonly<Record<string, FieldName>> = { in_port: 'nxm_of_in_port', in_port_oxm: 'in_port' }

/** The field that a header carries, whichever header of it that is. */
export function actionFieldOf(header: FieldName): ActionField {
  for (const [name, own] of Object.entries(ports)) {
    if (own === header) return { name, header, short: header, bits: oxmFields[header].bits }
  }
  const known = textFieldOfHeader(header)
  if (!known) return { name: header, header, short: header, bits: oxmFields[header].bits }
  const first = known.headers[0] ?? header
  const short = known.headers.find((name) => oxmFields[name].class <= 1) ?? first
  // The bit that says that there is a tag is not one of the VLAN id's.
  return { name: known.name, header: first, short, bits: header === 'vlan_vid' ? 12 : oxmFields[first].bits }
}

/** The field of a name, an alias (ovs-fields(7)) or the name of a header, such as `NXM_OF_ETH_SRC`. */
export function actionFieldNamed(name: string): ActionField | undefined {
  const header = (Object.hasOwn(ports, name) ? ports[name] : undefined) ?? byHeaderName.get(name) ?? textFieldOf(name)?.headers[0]
  return header === undefined ? undefined : actionFieldOf(header)
}

/** The field of a header in an action, `undefined` for one that is not known, except when only its length is not. */
function fieldOfRef(ref: FieldRef): ActionField | undefined {
  if (typeof ref === 'string') return actionFieldOf(ref)
  const name = fieldNames.find((candidate) => {
    const spec = oxmFields[candidate]
    return spec.variable && spec.class === ref.class && spec.id === ref.id && !ref.hasMask
  })
  return name && { ...actionFieldOf(name), bits: 8 * ref.length }
}

/** The name of a field for people: `tun_metadata0`; of an unknown one its class and number. */
export function printActionField(ref: FieldRef): string {
  return fieldOfRef(ref)?.name ?? unknownName(ref)
}

/** Bits of a field as ovs-ofctl prints them: `NXM_NX_REG0[]`, `NXM_NX_REG0[5]`, `NXM_NX_REG0[0..15]`. */
export function printSubfield({ field, offset, bits }: Subfield): string {
  const known = fieldOfRef(field)
  const name = known ? oxmFields[known.short].header : unknownName(field)
  if (offset === 0 && bits === known?.bits) return `${name}[]`
  return bits === 1 ? `${name}[${offset}]` : `${name}[${offset}..${offset + bits - 1}]`
}

function unknownName(ref: FieldRef): string {
  if (typeof ref === 'string') return ref
  const experimenter = ref.experimenter === undefined ? '' : `:0x${ref.experimenter.toString(16)}`
  return `0x${ref.class.toString(16)}:${ref.id}${experimenter}`
}

/**
 * Bits of a field as ovs-ofctl reads them: `reg0`, `reg0[]`, `reg0[5]`, `NXM_NX_REG0[0..15]`.
 *
 * @throws OvsError `invalid` when there is no such field, or it has not so many bits.
 */
export function parseSubfield(piece: Piece): Subfield {
  const { text } = piece
  const [, name = '', range] = /^([^[]*)(\[.*)?$/s.exec(text) ?? []
  const field = actionFieldNamed(name)
  if (!field) throw piece.error(`${JSON.stringify(name)} is no field of ovs-fields(7)`)
  if (range === undefined || range === '[]') return { field: field.short, offset: 0, bits: field.bits }
  const place = piece.slice(name.length)
  const numbers = /^\[\s*(\d+)\s*(?:\.\.\s*(\d+)\s*)?\]$/.exec(range)
  if (!numbers) throw place.error('bits must be written as [], [5] or [0..15]')
  const start = Number(numbers[1])
  const end = Number(numbers[2] ?? start)
  if (start > end) throw place.error(`the first bit, ${start}, must not be after the last, ${end}`)
  if (end >= field.bits) throw place.error(`${name} has bits 0 to ${field.bits - 1}`)
  return { field: field.short, offset: start, bits: end - start + 1 }
}

/** The same, where an action has no room for the longer header of a field of an experimenter. */
export function parseShortSubfield(piece: Piece): Subfield {
  const subfield = parseSubfield(piece)
  if (typeof subfield.field === 'string' && fieldSpec(subfield.field).experimenter !== undefined) {
    throw piece.error('this action cannot carry a field with an experimenter header')
  }
  return subfield
}
