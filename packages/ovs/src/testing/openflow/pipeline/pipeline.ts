import { OFPP, OFPTT } from '../../../openflow/constants.js'
import type { FlowModInput } from '../../../openflow/message/flow-mod.js'
import { FlowTable } from '../flow/flow-table.js'
import { Conntrack } from './conntrack.js'
import type { Group, Liveness } from './group.js'
import { MacTable } from './mac-table.js'
import type { Meter } from './meter.js'
import { isUp, type SwitchPort } from './port.js'

/** How many flow tables the switch has: as many as Open vSwitch shows. */
export const TABLES = 254

/** Everything that packets are processed with. */
export class Pipeline {
  /** Tables that have been used; see {@link table}. */
  readonly tables = new Map<number, FlowTable>()
  readonly groups = new Map<number, Group>()
  readonly meters = new Map<number, Meter>()
  readonly ports = new Map<number, SwitchPort>()
  readonly conntrack = new Conntrack()
  readonly macs = new MacTable()
  /** How many VLAN tags are looked at; see `Packet`. */
  readonly vlanLimit: number
  /** Fragments are dropped (`OFPC_FRAG_DROP`). */
  dropFragments = false
  /** Carries out what `learn` wants; set by the switch. */
  learn: (flow: FlowModInput, now: number) => void = () => {}

  constructor(vlanLimit = 1) {
    this.vlanLimit = vlanLimit
  }

  /** The table with a number of at most 254. */
  table(tableId: number): FlowTable {
    let table = this.tables.get(tableId)
    if (table === undefined) {
      table = new FlowTable()
      this.tables.set(tableId, table)
    }
    return table
  }

  /** The tables that a request with this number means, in order. */
  tablesOf(tableId: number): [number, FlowTable][] {
    if (tableId !== OFPTT.ALL) return [[tableId, this.table(tableId)]]
    return [...this.tables].sort(([a], [b]) => a - b)
  }

  /** What the liveness of buckets depends on. */
  get liveness(): Liveness {
    return { groups: this.groups, isPortLive: (portNo) => this.isLive(portNo) }
  }

  /** Whether a port is there and carries packets. */
  isLive(portNo: number): boolean {
    const port = this.ports.get(portNo)
    return port !== undefined && portNo !== OFPP.ANY && isUp(port)
  }
}
