import { OvsError } from '../errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { type Action, type ActionInput, decodeActions, encodeActions } from './action/index.js'

/** What a flow does with a packet (`ofp_instruction`, OpenFlow 1.3.5 §7.2.4), as it is decoded. */
export type Instruction =
  | { readonly type: 'goto_table'; readonly tableId: number }
  | { readonly type: 'write_metadata'; readonly metadata: bigint; readonly metadataMask: bigint }
  | { readonly type: 'write_actions'; readonly actions: readonly Action[] }
  | { readonly type: 'apply_actions'; readonly actions: readonly Action[] }
  | { readonly type: 'clear_actions' }
  | { readonly type: 'meter'; readonly meterId: number }
  /** Of an experimenter; `data` is everything after the experimenter's number. */
  | { readonly type: 'experimenter'; readonly experimenter: number; readonly data: Uint8Array }
  /** Of a type that OpenFlow 1.3 does not have; `data` is everything after the length. */
  | { readonly type: 'unknown'; readonly instructionType: number; readonly data: Uint8Array }

/** What is encoded as an instruction. `metadataMask` is all bits when it is left out. */
export type InstructionInput =
  | Exclude<Instruction, { readonly type: 'write_metadata' | 'write_actions' | 'apply_actions' }>
  | { readonly type: 'write_metadata'; readonly metadata: bigint; readonly metadataMask?: bigint }
  | { readonly type: 'write_actions'; readonly actions: readonly ActionInput[] }
  | { readonly type: 'apply_actions'; readonly actions: readonly ActionInput[] }

/** `ofp_instruction_type`. */
const OFPIT = {
  goto_table: 1,
  write_metadata: 2,
  write_actions: 3,
  apply_actions: 4,
  clear_actions: 5,
  meter: 6,
  experimenter: 0xffff,
} as const

const allBits = 0xffffffffffffffffn

/** Writes instructions one after the other. @throws OvsError `invalid`, naming the property. */
export function encodeInstructions(writer: ByteWriter, instructions: readonly InstructionInput[]): void {
  for (const instruction of instructions) {
    const start = writer.offset
    const { type } = instruction
    writer.u16(type === 'unknown' ? instruction.instructionType : numberOf(type), 'instructionType')
    writer.u16(0)
    encodeBody(writer, instruction)
    const length = writer.offset - start
    if (length % 8 !== 0) {
      throw new OvsError('invalid', `data must make the instruction a multiple of 8 bytes long, not ${length} bytes`)
    }
    writer.setU16(start + 2, length, `the length of the instruction ${type}`)
  }
}

function numberOf(type: keyof typeof OFPIT): number {
  const number = OFPIT[type]
  if (number === undefined) throw new OvsError('invalid', `there is no instruction of type ${JSON.stringify(type)}`)
  return number
}

function encodeBody(writer: ByteWriter, instruction: InstructionInput): void {
  switch (instruction.type) {
    case 'goto_table':
      writer.u8(instruction.tableId, 'tableId')
      return writer.zeros(3)
    case 'write_metadata':
      writer.zeros(4)
      writer.u64(instruction.metadata, 'metadata')
      return writer.u64(instruction.metadataMask ?? allBits, 'metadataMask')
    case 'write_actions':
    case 'apply_actions':
      writer.zeros(4)
      return encodeActions(writer, instruction.actions)
    case 'clear_actions':
      return writer.zeros(4)
    case 'meter':
      return writer.u32(instruction.meterId, 'meterId')
    case 'experimenter':
      writer.u32(instruction.experimenter, 'experimenter')
      return writer.bytes(instruction.data)
    case 'unknown':
      if (instruction.instructionType === OFPIT.experimenter)
        throw new OvsError('invalid', 'instructionType must not be 0xffff: that is an instruction of type experimenter')
      return writer.bytes(instruction.data)
  }
}

/** Reads instructions up to the end of the reader. @throws OvsError `malformed`. */
export function decodeInstructions(reader: ByteReader): Instruction[] {
  const instructions: Instruction[] = []
  while (reader.remaining > 0) {
    const start = reader.offset
    const type = reader.u16()
    const length = reader.u16()
    if (length < 8 || length % 8 !== 0) {
      throw reader.malformed(`an instruction must be a multiple of 8 bytes long, at least 8, not ${length}`, start)
    }
    const body = reader.sub(length - 4)
    const instruction = decodeBody(body, type)
    if (body.remaining > 0) {
      throw body.malformed(`the instruction ${instruction.type} cannot be ${length} bytes long`, start)
    }
    instructions.push(instruction)
  }
  return instructions
}

function decodeBody(body: ByteReader, type: number): Instruction {
  switch (type) {
    case OFPIT.goto_table: {
      const tableId = body.u8()
      body.skip(3)
      return { type: 'goto_table', tableId }
    }
    case OFPIT.write_metadata:
      body.skip(4)
      return { type: 'write_metadata', metadata: body.u64(), metadataMask: body.u64() }
    case OFPIT.write_actions:
    case OFPIT.apply_actions:
      body.skip(4)
      return { type: type === OFPIT.write_actions ? 'write_actions' : 'apply_actions', actions: decodeActions(body) }
    case OFPIT.clear_actions:
      body.skip(4)
      return { type: 'clear_actions' }
    case OFPIT.meter:
      return { type: 'meter', meterId: body.u32() }
    case OFPIT.experimenter:
      return { type: 'experimenter', experimenter: body.u32(), data: body.bytes() }
    default:
      return { type: 'unknown', instructionType: type, data: body.bytes() }
  }
}
