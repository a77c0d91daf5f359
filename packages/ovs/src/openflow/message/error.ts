import { OvsError } from '../../errors.js'
import { EXPERIMENTER } from '../constants.js'
import { type Enum, Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { errorCodes, nxErrors, onfErrors, type ErrorCodes, type ErrorType } from './error-codes.js'

/** An error of one type of OpenFlow 1.3.5 §7.4.4. */
export interface StandardError<T extends keyof ErrorCodes> extends MessageBase {
  readonly type: 'error'
  readonly errorType: T
  readonly code: Enum<ErrorCodes[T]>
  /** At least the first 64 bytes of the message that failed; for `hello_failed` a text for people. */
  readonly data: Uint8Array
}

/** An error of an experimenter. See {@link errorName}. */
export interface ExperimenterError extends MessageBase {
  readonly type: 'error'
  readonly errorType: 'experimenter'
  readonly experimenter: number
  /** The error, as the experimenter counts them. */
  readonly expType: number
  readonly data: Uint8Array
}

/** An error of a type that this package does not know in the version of the header. */
export interface UnknownError extends MessageBase {
  readonly type: 'error'
  readonly errorType: number
  readonly code: number
  readonly data: Uint8Array
}

/** A request failed (`OFPT_ERROR`, OpenFlow 1.3.5 §7.4.4); `xid` is the one of the request. */
export type ErrorMessage =
  { [T in keyof ErrorCodes]: StandardError<T> }[keyof ErrorCodes] | ExperimenterError | UnknownError

/** An {@link ErrorMessage} to encode. Default: no data. */
export type ErrorMessageInput =
  | { [T in keyof ErrorCodes]: Input<StandardError<T>, 'data'> }[keyof ErrorCodes]
  | Input<ExperimenterError, 'data'>
  | Input<UnknownError, 'data'>

const OFPET_EXPERIMENTER = 0xffff

interface TypeEntry {
  readonly name: ErrorType
  readonly number: number
  readonly prefix: string
  readonly codes: Enumeration<string>
}

const byName = new Map<string, TypeEntry>()
const byNumber = new Map<number, TypeEntry>()
for (const name of Object.keys(errorCodes) as ErrorType[]) {
  const { number, prefix, codes } = errorCodes[name]
  const numbers = Object.fromEntries(codes.map((code, index) => [code, index]))
  const entry = { name, number, prefix, codes: new Enumeration(`the code of an error ${name}`, numbers) }
  byName.set(name, entry)
  byNumber.set(number, entry)
}

/** How the body of an {@link ErrorMessage} is written and read. */
export const errorCodec: Codec<ErrorMessage, ErrorMessageInput> = {
  encode(w, message) {
    const { errorType, data } = message
    if (errorType === 'experimenter') {
      w.u16(OFPET_EXPERIMENTER)
      w.u16(message.expType, 'expType')
      w.u32(message.experimenter, 'experimenter')
    } else if (typeof errorType === 'number') {
      w.u16(errorType, 'errorType')
      w.u16((message as UnknownError).code, 'code')
    } else {
      const entry = byName.get(errorType)
      if (!entry)
        throw new OvsError('invalid', `there is no error type ${JSON.stringify(errorType)}; errorCodes lists them`)
      w.u16(entry.number)
      w.u16(entry.codes.encode(message.code), 'code')
    }
    if (data) w.bytes(data)
  },
  decode(r, { version, xid }) {
    const errorType = r.u16()
    const code = r.u16()
    // OpenFlow 1.0 counts its types in another way after the third, and 1.1 has no experimenters' errors.
    if (errorType === OFPET_EXPERIMENTER && version > 2 && r.remaining >= 4) {
      return {
        type: 'error',
        version,
        xid,
        errorType: 'experimenter',
        experimenter: r.u32(),
        expType: code,
        data: r.bytes(),
      }
    }
    const entry = version > 1 || errorType < 3 ? byNumber.get(errorType) : undefined
    if (entry === undefined) return { type: 'error', version, xid, errorType, code, data: r.bytes() }
    // The table pairs each type with its codes; TypeScript cannot follow that through a variable.
    const known = {
      type: 'error',
      version,
      xid,
      errorType: entry.name,
      code: entry.codes.decode(code),
      data: r.bytes(),
    }
    return known as StandardError<'hello_failed'>
  },
}

/**
 * The name of an error as the specification has it, such as `OFPBRC_BAD_TYPE`, or its numbers where it has none. Errors
 * of Open vSwitch and of the ONF's extensions have theirs.
 */
export function errorName(error: ErrorMessageInput): string {
  if (error.errorType === 'experimenter') {
    const { experimenter, expType } = error
    const names = experimenter === EXPERIMENTER.NX ? nxErrors : experimenter === EXPERIMENTER.ONF ? onfErrors : {}
    return names[expType] ?? `error ${expType} of experimenter 0x${experimenter.toString(16)}`
  }
  const entry = typeof error.errorType === 'string' ? byName.get(error.errorType) : undefined
  if (entry !== undefined && typeof error.code === 'string') return entry.prefix + error.code.toUpperCase()
  return `error type ${error.errorType} code ${error.code}`
}
