import { type Action, type LearnSpec, NX_LEARN_F } from '../action/index.js'
import { onesOf } from '../oxm/bits.js'
import type { Subfield } from '../oxm/field.js'
import { oxmFields, type FieldName } from '../oxm/fields.js'
import { textFieldOfHeader } from './field-table.js'
import { fieldOfBits, parseBits, printFieldValue } from './field-value.js'
import { hexOf } from './integer.js'
import { keyValues, type KeyValue, type Piece } from './piece.js'
import { actionFieldNamed, actionFieldOf, parseShortSubfield, parseSubfield, printSubfield } from './subfield.js'

type Learn = Extract<Action, { readonly type: 'nx_learn' | 'nx_learn2' }>

/** `learn(table=1,hard_timeout=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])` */
export function printLearn(action: Learn): string {
  const parts = [`table=${action.tableId}`]
  const add = (name: string, value: number, standard = 0) => {
    if (value !== standard) parts.push(`${name}=${value}`)
  }
  add('idle_timeout', action.idleTimeout)
  add('hard_timeout', action.hardTimeout)
  add('fin_idle_timeout', action.finIdleTimeout)
  add('fin_hard_timeout', action.finHardTimeout)
  add('priority', action.priority, 0x8000)
  if ((action.flags & NX_LEARN_F.SEND_FLOW_REM) !== 0) parts.push('send_flow_rem')
  if ((action.flags & NX_LEARN_F.DELETE_LEARNED) !== 0) parts.push('delete_learned')
  if (action.cookie !== 0n) parts.push(`cookie=${hexOf(action.cookie)}`)
  if (action.type === 'nx_learn2') {
    add('limit', action.limit)
    if (action.resultDst) parts.push(`result_dst=${printSubfield(action.resultDst)}`)
  }
  return `learn(${[...parts, ...action.specs.map(printSpec)].join(',')})`
}

function printSpec(spec: LearnSpec): string {
  if (spec.type === 'output') return `output:${printSubfield(spec.src)}`
  const { src, dst } = spec
  if (spec.type === 'load') {
    return `load:${typeof src === 'bigint' ? hexOf(src) : printSubfield(src)}->${printSubfield(dst)}`
  }
  if (typeof src === 'bigint') return printMatchOf(src, dst)
  const same = src.offset === dst.offset && printSubfield(src) === printSubfield(dst)
  return same ? printSubfield(dst) : `${printSubfield(dst)}=${printSubfield(src)}`
}

/** A whole field is matched as in a match, some bits of one as a number. */
function printMatchOf(value: bigint, dst: Subfield): string {
  if (typeof dst.field === 'string') {
    const field = actionFieldOf(dst.field)
    if (dst.offset === 0 && dst.bits === field.bits) {
      return `${field.name}=${printFieldValue(fieldOfBits(dst.field, value, onesOf(8 * oxmFields[dst.field].bytes)))}`
    }
  }
  return `${printSubfield(dst)}=${hexOf(value)}`
}

/** `learn(…)`: properties of the new flow, then what it matches and does. */
export function parseLearn(piece: Piece): Action[] {
  const numbers = { idleTimeout: 0, hardTimeout: 0, finIdleTimeout: 0, finHardTimeout: 0, priority: 0x8000, tableId: 1 }
  let cookie = 0n
  let flags = 0
  let limit = 0
  let resultDst: Subfield | undefined
  const specs: LearnSpec[] = []
  for (const part of keyValues(piece)) {
    const { key, value } = part
    const name = key.text
    if (name === 'table') {
      numbers.tableId = value.number(1, 'the table')
      if (numbers.tableId === 0xff) throw value.error('the table must be from 0 to 254')
    } else if (name === 'priority') numbers.priority = value.number(2, name)
    else if (name === 'idle_timeout') numbers.idleTimeout = value.number(2, name)
    else if (name === 'hard_timeout') numbers.hardTimeout = value.number(2, name)
    else if (name === 'fin_idle_timeout') numbers.finIdleTimeout = value.number(2, name)
    else if (name === 'fin_hard_timeout') numbers.finHardTimeout = value.number(2, name)
    else if (name === 'cookie') cookie = value.bigint(8, name)
    else if (name === 'send_flow_rem') flags |= NX_LEARN_F.SEND_FLOW_REM
    else if (name === 'delete_learned') flags |= NX_LEARN_F.DELETE_LEARNED
    else if (name === 'limit') limit = value.number(4, name)
    else if (name === 'result_dst') {
      resultDst = parseSubfield(value)
      if (resultDst.bits !== 1) throw value.error(`result_dst must be one bit, not ${resultDst.bits}`)
      flags |= NX_LEARN_F.WRITE_RESULT
    } else specs.push(parseSpec(part))
  }
  const common = { ...numbers, cookie, flags, specs }
  if (limit === 0 && !resultDst) return [{ type: 'nx_learn', ...common }]
  return [{ type: 'nx_learn2', ...common, limit, ...(resultDst ? { resultDst } : {}) }]
}

function parseSpec({ key, value }: KeyValue): LearnSpec {
  if (key.text === 'output') return { type: 'output', src: parseShortSubfield(value) }
  if (key.text === 'load') return parseLoadSpec(value)
  if (!actionFieldNamed(key.text.replace(/\[.*$/s, ''))) {
    throw key.error(`a part of learn must be a property of the new flow, a field, load or output, not ${key.text}`)
  }
  const dst = parseShortSubfield(key)
  if (value.text === '') return { type: 'match', src: dst, dst }
  if (actionFieldNamed(value.text.replace(/\[.*$/s, ''))) {
    const src = parseShortSubfield(value)
    if (src.bits !== dst.bits) throw value.error(`${value.text} has ${src.bits} bits and ${key.text} ${dst.bits}`)
    return { type: 'match', src, dst }
  }
  return { type: 'match', src: parseValue(value, dst), dst }
}

/** The number that a whole field or some bits of it must be. */
function parseValue(piece: Piece, dst: Subfield): bigint {
  const header = dst.field as FieldName
  const field = textFieldOfHeader(header)
  const whole = field && dst.offset === 0 && dst.bits === actionFieldOf(header).bits
  if (!whole) return fitting(piece, dst)
  const { bytes } = oxmFields[header]
  const { value, mask } = piece.read((text) => parseBits({ ...field, bytes }, text))
  if (mask !== onesOf(8 * bytes)) throw piece.error('learn matches without masks')
  if (value >> BigInt(dst.bits) !== 0n) throw piece.error(`the value must fit into ${dst.bits} bits`)
  return value
}

function fitting(piece: Piece, dst: Subfield): bigint {
  const value = piece.bigint(Math.max(8, Math.ceil(dst.bits / 8)), 'the value')
  if (value >> BigInt(dst.bits) !== 0n) throw piece.error(`the value must fit into ${dst.bits} bits`)
  return value
}

function parseLoadSpec(piece: Piece): LearnSpec {
  const parts = piece.splitAt('->')
  if (!parts) throw piece.error('it must be written as load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]')
  const [from, to] = [parts[0].trim(), parts[1].trim()]
  const dst = parseShortSubfield(to)
  if (/^[\d+]/.test(from.text)) return { type: 'load', src: fitting(from, dst), dst }
  const src = parseShortSubfield(from)
  if (src.bits !== dst.bits) throw to.error(`the source has ${src.bits} bits and the destination ${dst.bits}`)
  return { type: 'load', src, dst }
}
