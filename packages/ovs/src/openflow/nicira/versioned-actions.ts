import { OvsError } from '../../errors.js'
import { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import { decodeActions, encodeActions, type Action, type ActionInput } from '../action/index.js'
import { encodePort16, portOf16 } from '../action/port16.js'
import { OFPCML } from '../constants.js'

const OFPAT_OUTPUT = 0
const OFPAT_VENDOR = 0xffff

/**
 * Writes actions in the form of a version: OpenFlow 1.0 has an `output` of its own and the extensions of vendors; what
 * else it had must be given as `unknown`.
 *
 * @throws OvsError `invalid`, also for an action that OpenFlow 1.0 does not have.
 */
export function encodeVersionedActions(w: ByteWriter, actions: readonly ActionInput[], version: number): void {
  if (version !== 1) return encodeActions(w, actions)
  for (const action of actions) {
    if (action.type === 'output') {
      w.u16(OFPAT_OUTPUT)
      w.u16(8)
      encodePort16(w, action.port, 'port')
      w.u16(action.maxLen ?? OFPCML.NO_BUFFER, 'maxLen')
    } else if (/^(?:nx_|onf_|unknown$|experimenter$)/.test(action.type)) {
      encodeActions(w, [action])
    } else {
      throw new OvsError('invalid', `OpenFlow 1.0 has no action ${action.type}: take output, or an extension (nx_…)`)
    }
  }
}

/**
 * Reads actions in the form of a version, to the end of the reader. In OpenFlow 1.0 the ones that are neither `output`
 * nor of a vendor come as `unknown`.
 *
 * @throws OvsError `malformed`.
 */
export function decodeVersionedActions(r: ByteReader, version: number): Action[] {
  if (version !== 1) return decodeActions(r)
  const base = r.offset
  const bytes = r.view()
  const actions: Action[] = []
  for (let at = 0; at < bytes.length;) {
    const header = new ByteReader(bytes, at, bytes.length, -base)
    const actionType = header.u16()
    const length = header.u16()
    if (length < 8 || length % 8 !== 0) {
      throw header.malformed(`an action must be a multiple of 8 bytes long, at least 8, not ${length}`, base + at)
    }
    const body = header.sub(length - 4)
    if (actionType === OFPAT_VENDOR) {
      actions.push(...decodeActions(new ByteReader(bytes, at, at + length, -base)))
    } else if (actionType === OFPAT_OUTPUT && length === 8) {
      actions.push({ type: 'output', port: portOf16(body.u16()), maxLen: body.u16() })
    } else {
      actions.push({ type: 'unknown', actionType, data: body.bytes() })
    }
    at += length
  }
  return actions
}
