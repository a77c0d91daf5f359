import { OvsError } from '../../errors.js'
import { decodeMessage, encodeMessage, type Message } from '../../openflow/message.js'
import { printMessage } from '../../openflow/text/message.js'
import { hexOf } from './json-line.js'

/** What is said of one line of hexadecimal text. Members that make no sense are null. */
export interface DecodedLine {
  readonly ok: boolean
  /** From the header. */
  readonly version: number | null
  readonly type: string | null
  readonly message: Message | null
  readonly text: string | null
  /** Encoded again from `message`. */
  readonly hex: string | null
  readonly error: string | null
}

const nothing = { version: null, type: null, message: null, text: null, hex: null } as const

/** Decodes one message. White space and colons between the digits do not matter, nor does `0x` in front. */
export function decodeLine(line: string): DecodedLine {
  const digits = line.trim().replace(/^0x/i, '').replace(/[\s:]+/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    const at = digits.search(/[^0-9a-f]/i)
    const what = at === -1 ? 'an odd number of digits' : `${JSON.stringify(digits[at])}, which is no hexadecimal digit`
    return { ok: false, ...nothing, error: `not a message in hexadecimal: it has ${what}` }
  }
  const bytes = Buffer.from(digits, 'hex')
  const version = bytes[0] ?? null
  let message: Message | null = null
  try {
    message = decodeMessage(bytes)
    const { type } = message
    return { ok: true, version, type, message, text: printMessage(message), hex: hexOf(encodeMessage(message)), error: null }
  } catch (error) {
    if (!(error instanceof OvsError)) throw error
    return { ok: false, ...nothing, version, type: message?.type ?? null, message, error: error.message }
  }
}
