import { OvsError } from '../../errors.js'
import { encodeActions } from '../../openflow/action/index.js'
import { encodeMatch } from '../../openflow/match.js'
import { decodeMessage, encodeMessage } from '../../openflow/message.js'
import { parseActions, printActions } from '../../openflow/text/action.js'
import { parseFlow, printFlow } from '../../openflow/text/flow.js'
import { parseMatch, printMatch } from '../../openflow/text/match.js'
import { ByteWriter } from '../../wire/byte-writer.js'
import { hexOf } from './json-line.js'

/** What kind of text is read. */
export type TextKind = 'flow' | 'match' | 'actions'

/** What is said of one line of text. Members that make no sense are null. */
export interface ParsedLine {
  readonly ok: boolean
  /** The canonical form. */
  readonly text: string | null
  /** A flow as a flow-mod message, a match as an `ofp_match` with its padding, actions one after the other. */
  readonly hex: string | null
  readonly error: string | null
}

/** Reads a text in the syntax of ovs-ofctl. */
export function parseLine(kind: TextKind, line: string): ParsedLine {
  try {
    const { text, bytes } = kinds[kind](line)
    return { ok: true, text, hex: hexOf(bytes), error: null }
  } catch (error) {
    if (!(error instanceof OvsError)) throw error
    return { ok: false, text: null, hex: null, error: error.message }
  }
}

const kinds: Readonly<Record<TextKind, (line: string) => { readonly text: string; readonly bytes: Uint8Array }>> = {
  flow(line) {
    const bytes = encodeMessage(parseFlow(line))
    const message = decodeMessage(bytes)
    if (message.type !== 'flow_mod') throw new OvsError('malformed', `a flow became a ${message.type}`)
    return { text: printFlow(message), bytes }
  },
  match(line) {
    const match = parseMatch(line)
    const writer = new ByteWriter()
    encodeMatch(writer, match)
    return { text: printMatch(match), bytes: writer.finish() }
  },
  actions(line) {
    const actions = parseActions(line)
    const writer = new ByteWriter()
    encodeActions(writer, actions)
    return { text: printActions(actions), bytes: writer.finish() }
  },
}
