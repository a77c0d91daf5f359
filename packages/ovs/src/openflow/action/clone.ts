import type { Action, ActionInput } from './action.js'
import { decodeActions, encodeActions } from './list.js'
import type { ActionCodec } from './codec.js'

/** Carries out actions on a copy of the packet; afterwards the packet is what it was. */
export interface CloneAction {
  readonly type: 'nx_clone'
  readonly actions: readonly Action[]
}

/** What is encoded as one. */
export interface CloneActionInput {
  readonly type: 'nx_clone'
  readonly actions: readonly ActionInput[]
}

/** Subtypes of Nicira (`nx_action_subtype`). */
export const cloneCodecs: { readonly nx_clone: ActionCodec<'nx_clone'> } = {
  nx_clone: {
    number: 42,
    encode: (writer, { actions }, depth) => {
      writer.zeros(6)
      encodeActions(writer, actions, depth + 1)
    },
    decode: (reader, depth) => {
      reader.skip(6)
      return { type: 'nx_clone', actions: decodeActions(reader, depth + 1) }
    },
  },
}
