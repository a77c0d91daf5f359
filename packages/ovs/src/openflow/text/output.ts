import { type Action, packetInReasons } from '../action/index.js'
import { OFPCML, OFPP } from '../constants.js'
import type { Subfield } from '../oxm/field.js'
import { fieldSpec } from '../oxm/fields.js'
import { hexBytes } from './bits.js'
import { keyValues, type Piece } from './piece.js'
import { printPort } from './port.js'
import { parseSubfield } from './subfield.js'

type Of<Type extends Action['type']> = Extract<Action, { readonly type: Type }>

/** `output:1`, `LOCAL`, `CONTROLLER:128` */
export function printOutput({ port, maxLen }: Of<'output'>): string {
  if (port === OFPP.CONTROLLER) return `CONTROLLER:${maxLen}`
  return port < OFPP.MAX ? `output:${port}` : printPort(port)
}

/** `output(port=1,max_len=100)` */
export function printOutputTrunc({ port, maxLen }: Of<'nx_output_trunc'>): string {
  return `output(port=${printPort(port)},max_len=${maxLen})`
}

/** What `output` to a port means: ovs-ofctl asks for whole packets on the controller port alone. */
export function outputTo(port: number, maxLen = port === OFPP.CONTROLLER ? OFPCML.NO_BUFFER : 0): Action {
  return { type: 'output', port, maxLen }
}

/** `output:1`, `output:NXM_NX_REG0[0..15]`, `output(port=1,max_len=100)` */
export function parseOutput(piece: Piece): Action[] {
  const { text } = piece
  if (text.includes('port') && text.includes('max_len')) return [parseOutputTrunc(piece)]
  if (/[a-z_]+\d*\[|^[a-z]+_|^reg/i.test(text) && !/^in_port$/i.test(text)) {
    return [outputReg(parseSubfield(piece))]
  }
  return [outputTo(piece.port())]
}

function outputReg(src: Subfield): Action {
  const long = typeof src.field === 'string' && fieldSpec(src.field).experimenter !== undefined
  return { type: long ? 'nx_output_reg2' : 'nx_output_reg', src, maxLen: OFPCML.NO_BUFFER }
}

function parseOutputTrunc(piece: Piece): Action {
  let port: number | undefined
  let maxLen: number | undefined
  for (const { key, value } of keyValues(piece)) {
    if (key.text === 'port') {
      port = value.port()
      if (port >= OFPP.MAX && port !== OFPP.LOCAL && port !== OFPP.IN_PORT) {
        throw value.error('packets can be cut short for ordinary ports, LOCAL and IN_PORT only')
      }
    } else if (key.text === 'max_len') maxLen = value.number(4, 'max_len')
    else throw key.error(`output has port and max_len, not ${key.text}`)
    if (maxLen !== undefined && maxLen < 14) throw value.error('max_len must be at least 14')
  }
  if (port === undefined || maxLen === undefined) throw piece.error('it must be written as output(port=1,max_len=100)')
  return { type: 'nx_output_trunc', port, maxLen }
}

/** `enqueue:PORT:QUEUE`: OpenFlow 1.3 has three actions for it. */
export function parseEnqueue(piece: Piece): Action[] {
  const parts = /^([^:,q]*)[:,q](.+)$/s.exec(piece.text)
  if (!parts?.[1]) throw piece.error('it must be written as enqueue:PORT:QUEUE')
  const port = piece.slice(0, parts[1].length)
  const queue = piece.slice(parts[1].length + 1)
  return [
    { type: 'set_queue', queueId: queue.number(4, 'the queue') },
    outputTo(port.port(), OFPCML.NO_BUFFER),
    { type: 'nx_pop_queue' },
  ]
}

/** `controller(reason=no_match,id=3)`, or `CONTROLLER:65535` when there is nothing to say. */
export function printController(action: Of<'nx_controller' | 'nx_controller2'>): string {
  const { maxLen, controllerId, reason } = action
  const { userdata, pause, meterId } = action.type === 'nx_controller2' ? action : plain
  const parts: string[] = []
  if (reason !== 'action') parts.push(`reason=${reason}`)
  if (maxLen !== 0xffff) parts.push(`max_len=${maxLen}`)
  if (controllerId !== 0) parts.push(`id=${controllerId}`)
  if (userdata.length > 0) parts.push(`userdata=${hexBytes(userdata, '.')}`)
  if (pause) parts.push('pause')
  if (meterId !== undefined) parts.push(`meter_id=${meterId}`)
  const onlyLength = parts.every((part) => part.startsWith('max_len'))
  return onlyLength ? `CONTROLLER:${maxLen}` : `controller(${parts.join(',')})`
}

const plain = { userdata: new Uint8Array(), pause: false, meterId: undefined }

/** `controller`, `controller:128`, `controller(max_len=128,reason=no_match,id=3,userdata=00.01,pause,meter_id=1)` */
export function parseController(piece: Piece): Action[] {
  if (/^\d*$/.test(piece.text)) {
    return [outputTo(OFPP.CONTROLLER, piece.text === '' ? undefined : piece.number(2, 'the length'))]
  }
  let maxLen = 0xffff
  let controllerId = 0
  let reason: Of<'nx_controller'>['reason'] = 'action'
  let userdata: Uint8Array | undefined
  let pause = false
  let meterId: number | undefined
  for (const { key, value } of keyValues(piece)) {
    if (key.text === 'max_len') maxLen = value.number(2, 'max_len')
    else if (key.text === 'id') controllerId = value.number(2, 'id')
    else if (key.text === 'reason') reason = parseReason(value)
    else if (key.text === 'userdata') userdata = parseHexBytes(value)
    else if (key.text === 'pause') pause = true
    else if (key.text === 'meter_id') meterId = value.number(4, 'meter_id')
    else throw key.error(`controller has max_len, id, reason, userdata, pause and meter_id, not ${key.text}`)
  }
  const common = { maxLen, controllerId, reason }
  if (userdata !== undefined || pause || meterId !== undefined) {
    const more = { ...common, userdata: userdata ?? new Uint8Array(), pause, properties: [] }
    return [{ type: 'nx_controller2', ...more, ...(meterId === undefined ? {} : { meterId }) }]
  }
  if (reason === 'action' && controllerId === 0) return [outputTo(OFPP.CONTROLLER, maxLen)]
  return [{ type: 'nx_controller', ...common }]
}

function parseReason(piece: Piece): Of<'nx_controller'>['reason'] {
  const names = Object.keys(packetInReasons.numbers) as (keyof typeof packetInReasons.numbers)[]
  const found = names.find((name) => name === piece.text.toLowerCase())
  if (!found) throw piece.error(`reason must be one of ${names.join(', ')}, not ${piece.text}`)
  return found
}

/** Pairs of hexadecimal digits, perhaps with dots between them. */
export function parseHexBytes(piece: Piece): Uint8Array {
  const digits = piece.text.replace(/[.\s]/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) {
    throw piece.error('bytes must be written as pairs of digits, such as 00.1f.ff')
  }
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** `resubmit:1`, `resubmit(,5)`, `resubmit(1,5,ct)` */
export function printResubmit(action: Of<'nx_resubmit' | 'nx_resubmit_table' | 'nx_resubmit_table_ct'>): string {
  const tableId = action.type === 'nx_resubmit' ? 0xff : action.tableId
  const port = action.port === OFPP.IN_PORT ? '' : printPort(action.port)
  if (port !== '' && tableId === 0xff) return `resubmit:${port}`
  const ct = action.type === 'nx_resubmit_table_ct' ? ',ct' : ''
  return `resubmit(${port},${tableId === 0xff ? '' : tableId}${ct})`
}

/** `resubmit:PORT`, `resubmit([PORT],[TABLE][,ct])` */
export function parseResubmit(piece: Piece): Action[] {
  const [portText, table, ct, ...more] = piece.list()
  const port = portText && portText.text !== '' ? portText.port() : OFPP.IN_PORT
  const tableId = table && table.text !== '' ? table.number(1, 'the table') : 0xff
  const withCt = ct !== undefined && ct.text !== ''
  if (withCt && ct.text !== 'ct') throw ct.error(`what follows the table may be ct, not ${ct.text}`)
  if (more[0]) throw more[0].error('resubmit has a port, a table and ct')
  if (port === OFPP.IN_PORT && tableId === 0xff) throw piece.error('resubmit must have a port or a table')
  return [{ type: withCt ? 'nx_resubmit_table_ct' : 'nx_resubmit_table', port, tableId }]
}
