import type { NetworkEvent } from '../core/event.js'
import { connectedNetwork, run } from '../core/network.test-support.js'
import { step } from '../core/step.js'
import { withDp, type NetworkState } from '../core/state.js'

/** Two dataplanes with one link. */
export const two = `
vlans: {v100: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    stack: {priority: 1}
    interfaces:
      1: {native_vlan: v100}
      2: {tagged_vlans: [v100]}
      10: {stack: {dp: sw2, port: 10}}
  sw2:
    dp_id: 2
    interfaces:
      1: {native_vlan: v100}
      10: {stack: {dp: sw1, port: 10}}
`

/** Four dataplanes in a ring; sw1 is root, sw2 may be. Each has a host at port 1, the next dataplane at 11, the one before at 12. */
export const ring = `
vlans: {v100: {vid: 100}}
dps:
${[1, 2, 3, 4].map((id) => `  sw${String(id)}:
    dp_id: ${String(id)}
${id <= 2 ? `    stack: {priority: ${String(id)}}\n` : ''}    interfaces:
      1: {native_vlan: v100}
      11: {stack: {dp: sw${String((id % 4) + 1)}, port: 12}}
      12: {stack: {dp: sw${String(((id + 2) % 4) + 1)}, port: 11}}
`).join('')}`

/** Everything is connected, and every link has been heard at both ends. */
export function stacked(yaml: string, now = 5): NetworkState {
  return heard(connectedNetwork(yaml), now)
}

/** Every link is heard, but for the ports named `dp:port`. */
export function heard(network: NetworkState, now: number, { silent = [] as readonly string[], wrong = [] as readonly string[] } = {}): NetworkState {
  let next = network
  for (const { dp } of network.dps.values()) {
    for (const { number, stack } of dp.ports.values()) {
      const state = next.dps.get(dp.name)
      const far = stack && network.dps.get(stack.dp)?.dp
      const name = `${dp.name}:${String(number)}`
      if (!stack || !far || !state || silent.includes(name)) continue
      const port = wrong.includes(name) ? stack.port + 1 : stack.port
      const beacon = { dpId: far.dp_id, dpName: far.name, port, stackState: 3, at: now, mac: '0e:00:00:00:00:01', lost: false }
      next = withDp(next, { ...state, lldp: { ...state.lldp, heard: new Map(state.lldp.heard).set(number, beacon) } })
    }
  }
  return step(next, [{ type: 'tick' }], now).state
}

/** A broadcast of a host arrives at the controller. */
export function packet(dpId: bigint, inPort: number, host: string, vid = 100): NetworkEvent {
  const data = Uint8Array.from(Buffer.from(`ffffffffffff${host.replaceAll(':', '')}8100${vid.toString(16).padStart(4, '0')}0800${'45'.padEnd(92, '0')}`, 'hex'))
  return { type: 'packet_in', dpId, inPort, reason: 'action', cookie: 0x5adc15c0n, data, totalLen: data.length }
}

/** Where the dataplanes know a host. */
export function places(network: NetworkState, host: string, vid = 100): Record<string, number | undefined> {
  return Object.fromEntries([...network.dps].map(([name, { learning }]) => [name, learning.hosts.get(`${String(vid)} ${host}`)?.port]))
}

export { run }
