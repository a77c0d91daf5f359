import type { TableName } from '../core/layout.js'
import { connectedNetwork, flowsOf } from '../core/network.test-support.js'
import type { NetworkState } from '../core/state.js'

/** A faucet.yaml with the VLANs 100 and 200, one dataplane, and what is given as its ports and options. */
export function oneDp(interfaces: Readonly<Record<number, string>>, options = '', vlans = '  v100: {vid: 100}\n  v200: {vid: 200}'): string {
  const ports = Object.entries(interfaces).map(([number, text]) => `      ${number}: {${text}}\n`)
  const lines = options ? options.split('\n').map((line) => `    ${line}\n`) : []
  return `vlans:\n${vlans}\ndps:\n  sw1:\n    dp_id: 1\n    hardware: Open vSwitch\n${lines.join('')}    interfaces:\n${ports.join('')}`
}

/** The flows of one table in text, without the table. */
export function tableOf(network: NetworkState, table: TableName): readonly string[] {
  const [state] = network.dps.values()
  const id = state?.layout.ids[table]
  if (id === undefined) throw new Error(`no table ${table}`)
  return flowsOf(network).flatMap((line) => {
    const [, number = '0', rest = ''] = /^(?:table=(\d+), )?(.*)$/.exec(line) ?? []
    return Number(number) === id ? [rest] : []
  })
}

/** The flows of one table when all ports are up. */
export function tableWith(table: TableName, yaml: string, options: Parameters<typeof connectedNetwork>[1] = {}): readonly string[] {
  return tableOf(connectedNetwork(yaml, options), table)
}
