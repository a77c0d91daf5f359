import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { EXPERIMENTER } from '../constants.js'
import type { Action, ActionInput } from './action.js'
import { cloneCodecs } from './clone.js'
import type { ActionCodec, ActionType } from './codec.js'
import { conntrackCodecs } from './conntrack.js'
import { controllerCodecs } from './controller.js'
import { encapCodecs } from './encap.js'
import { hashCodecs } from './hash.js'
import { learnCodecs } from './learn.js'
import { niciraCodecs } from './nicira.js'
import { onfCodecs, registerCodecs } from './register.js'
import { sampleCodecs } from './sample.js'
import { standardCodecs } from './standard.js'

/** How deep actions may be nested in `nx_ct` and `nx_clone`, 0 being those of the message itself. */
export const MAX_ACTION_DEPTH = 64

const OFPAT_EXPERIMENTER = 0xffff

/** A codec whose action's type is only known at run time. */
type AnyCodec = Pick<ActionCodec<ActionType>, 'number' | 'length'> & {
  encode(writer: ByteWriter, action: ActionInput, depth: number): void
  decode(reader: ByteReader, depth: number): Action
}

interface Entry {
  readonly codec: AnyCodec
  /** `undefined` for a standard action. */
  readonly experimenter: number | undefined
}

let entries: ReadonlyMap<string, Entry> | undefined
let standard: ReadonlyMap<number, AnyCodec>
let extensions: ReadonlyMap<number, ReadonlyMap<number, AnyCodec>>

/** Made at the first use, because the tables import this file for the actions within actions. */
function table(): ReadonlyMap<string, Entry> {
  if (entries) return entries
  const nicira = {
    ...niciraCodecs,
    ...registerCodecs,
    ...hashCodecs,
    ...learnCodecs,
    ...conntrackCodecs,
    ...cloneCodecs,
    ...controllerCodecs,
    ...sampleCodecs,
    ...encapCodecs,
  }
  const made = new Map<string, Entry>()
  const add = (codecs: object, experimenter: number | undefined) => {
    for (const [type, codec] of Object.entries(codecs) as [string, AnyCodec][]) made.set(type, { codec, experimenter })
    return new Map((Object.values(codecs) as AnyCodec[]).map((codec) => [codec.number, codec]))
  }
  standard = add(standardCodecs, undefined)
  extensions = new Map([
    [EXPERIMENTER.NX, add(nicira, EXPERIMENTER.NX)],
    [EXPERIMENTER.ONF, add(onfCodecs, EXPERIMENTER.ONF)],
  ])
  return (entries = made)
}

/**
 * Writes actions one after the other, each with its padding.
 *
 * @param depth how deep these actions are nested.
 * @throws OvsError `invalid`, naming the property.
 */
export function encodeActions(writer: ByteWriter, actions: readonly ActionInput[], depth = 0): void {
  if (depth > MAX_ACTION_DEPTH) {
    throw new OvsError('invalid', `actions must not be nested more than ${MAX_ACTION_DEPTH} deep`)
  }
  for (const action of actions) encodeAction(writer, action, depth)
}

function encodeAction(writer: ByteWriter, action: ActionInput, depth: number): void {
  const start = writer.offset
  if (action.type === 'unknown') {
    if (action.actionType === OFPAT_EXPERIMENTER) {
      throw new OvsError('invalid', 'actionType must not be 0xffff: that is an action of type experimenter')
    }
    writer.u16(action.actionType, 'actionType')
    writer.u16(4 + action.data.length, 'the length of the action')
    return writeWhole(writer, action.data, start)
  }
  if (action.type === 'experimenter') {
    writer.u16(OFPAT_EXPERIMENTER)
    writer.u16(8 + action.data.length, 'the length of the action')
    writer.u32(action.experimenter, 'experimenter')
    return writeWhole(writer, action.data, start)
  }
  const entry = table().get(action.type)
  if (entry === undefined) {
    throw new OvsError('invalid', `there is no action of type ${JSON.stringify((action as { type: unknown }).type)}`)
  }
  const { codec, experimenter } = entry
  writer.u16(experimenter === undefined ? codec.number : OFPAT_EXPERIMENTER)
  writer.u16(0)
  if (experimenter !== undefined) {
    writer.u32(experimenter)
    writer.u16(codec.number)
  }
  codec.encode(writer, action, depth)
  if (codec.length === undefined) writer.padTo8(start)
  else writer.zeros(codec.length - (writer.offset - start))
  writer.setU16(start + 2, writer.offset - start, `the length of the action ${action.type}`)
}

/** The data of an action that is not known holds its padding. */
function writeWhole(writer: ByteWriter, data: Uint8Array, start: number): void {
  writer.bytes(data)
  const length = writer.offset - start
  if (length % 8 !== 0) {
    throw new OvsError('invalid', `data must make the action a multiple of 8 bytes long, not ${length} bytes`)
  }
}

/**
 * Reads actions up to the end of the reader.
 *
 * @param depth how deep these actions are nested.
 * @throws OvsError `malformed`, also when actions are nested deeper than {@link MAX_ACTION_DEPTH}.
 */
export function decodeActions(reader: ByteReader, depth = 0): Action[] {
  if (depth > MAX_ACTION_DEPTH) throw reader.malformed(`actions are nested more than ${MAX_ACTION_DEPTH} deep`)
  const actions: Action[] = []
  while (reader.remaining > 0) actions.push(decodeAction(reader, depth))
  return actions
}

function decodeAction(reader: ByteReader, depth: number): Action {
  table()
  const start = reader.offset
  const actionType = reader.u16()
  const length = reader.u16()
  if (length < 8 || length % 8 !== 0) {
    throw reader.malformed(`an action must be a multiple of 8 bytes long, at least 8, not ${length}`, start)
  }
  const body = reader.sub(length - 4)
  if (actionType !== OFPAT_EXPERIMENTER) {
    const codec = standard.get(actionType)
    return codec ? decodeBody(codec, body, length, depth) : { type: 'unknown', actionType, data: body.bytes() }
  }
  const experimenter = body.u32()
  const subtypes = length < 16 ? undefined : extensions.get(experimenter)
  if (subtypes === undefined) return { type: 'experimenter', experimenter, data: body.bytes() }
  const subtype = body.u16()
  const codec = subtypes.get(subtype)
  if (codec !== undefined) return decodeBody(codec, body, length, depth)
  const data = new Uint8Array(length - 8)
  data.set([subtype >> 8, subtype & 0xff])
  data.set(body.view(), 2)
  return { type: 'experimenter', experimenter, data }
}

function decodeBody(codec: AnyCodec, body: ByteReader, length: number, depth: number): Action {
  if (codec.length !== undefined && length !== codec.length) {
    throw body.malformed(`the action must be ${codec.length} bytes long, not ${length}`)
  }
  const action = codec.decode(body, depth)
  if (codec.length === undefined && body.remaining >= 8) {
    throw body.malformed(`${body.remaining} bytes are left at the end of the action ${action.type}`)
  }
  return action
}
