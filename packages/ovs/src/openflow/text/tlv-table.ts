import type { NxtTlvTableMod, NxtTlvTableReply, TlvMap } from '../nicira/tlv-table.js'
import { hexOrZero } from './bits.js'

function printMaps(maps: readonly TlvMap[]): string {
  const lines = maps.map(
    ({ optionClass, optionType, optionLen, index }) =>
      ` ${hexOrZero(optionClass).padStart(6)}  ${hexOrZero(optionType).padStart(4)}  ${String(optionLen).padStart(6)}  tun_metadata${index}\n`,
  )
  return ` mapping table:\n  class  type  length  match field\n ------  ----  ------  --------------\n${lines.join('')}`
}

const commands: Readonly<Record<string, string>> = { add: 'ADD', delete: 'DEL' }

/** The body of a change of the table of tunnel options. */
export function printTlvTableMod({ command, maps }: NxtTlvTableMod): string {
  return command === 'clear' ? '\n CLEAR' : `\n ${commands[command] ?? command}${printMaps(maps)}`
}

/** The body of the table of tunnel options. */
export function printTlvTableReply({ maxOptionSpace, maxFields, maps }: NxtTlvTableReply): string {
  const used = maps.reduce((sum, { optionLen }) => sum + optionLen, 0)
  return `\n max option space=${maxOptionSpace} max fields=${maxFields}\n allocated option space=${used}\n\n${printMaps(maps)}`
}
