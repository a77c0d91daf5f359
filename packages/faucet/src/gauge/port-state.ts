import { OFPPS, portReason, type Port, type PortReason } from '@streambed/ovs/openflow'
import type { ResolvedDp } from '../config/index.js'
import { portLabels } from '../metrics/labels.js'
import type { Samples } from './reading.js'

/** What is known of a port, and how: the last thing that the switch said of it. */
export interface PortReading {
  /** A number for a reason that OpenFlow does not have. */
  readonly reason: PortReason | number
  readonly port: Port
}

/** Names of the metrics of {@link portStateSamples}. */
export const portStateMetrics: readonly string[] = ['of_port_reason', 'of_port_state', 'of_port_curr_speed', 'of_port_max_speed']

/** The state of the ports that are in the configuration, for Prometheus. Speeds are in kbit/s. */
export function portStateSamples(dp: ResolvedDp, readings: Iterable<PortReading>): Samples {
  const ports = [...readings].filter(({ port }) => dp.ports.has(port.portNo))
  const series = (value: (reading: PortReading) => number) => {
    return ports.map((reading) => ({ labels: portLabels(dp, reading.port.portNo), value: value(reading) }))
  }
  return {
    of_port_reason: series(({ reason }) => portReason.encode(reason)),
    of_port_state: series(({ port }) => port.state),
    of_port_curr_speed: series(({ port }) => port.currSpeed),
    of_port_max_speed: series(({ port }) => port.maxSpeed),
  }
}

/** A change of a port in words, for the log and `text` databases. */
export function portStateText(dp: ResolvedDp, { reason, port }: PortReading): string {
  const number = String(port.portNo)
  const id = `DPID ${String(dp.dp_id)} (0x${dp.dp_id.toString(16)})`
  if (reason === 'add') return `${id} port ${number} added`
  if (reason === 'delete') return `${id} port ${number} deleted`
  if (reason === 'modify') return `${id} port ${number} ${port.state & OFPPS.LINK_DOWN ? 'down' : 'up'}`
  return `${id} port ${number} unknown state ${String(reason)}`
}
