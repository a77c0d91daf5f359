import type { Datapath, FlowStats, GroupDesc, MeterConfig } from '@streambed/ovs/openflow'
import { OvsError } from '@streambed/ovs'

/** Everything that a switch has. */
export interface Inventory {
  readonly flows: readonly FlowStats[]
  readonly groups: readonly GroupDesc[]
  readonly meters: readonly MeterConfig[]
}

/** Asks a switch what it has. One that knows no groups, or no meters, has none. @throws OvsError as requests do */
export async function inventoryOf(datapath: Datapath): Promise<Inventory> {
  const [flows, groups, meters] = await Promise.all([
    datapath.connection.collect({ type: 'flow_stats_request' }),
    datapath.groups.list().catch(noneIfRefused),
    datapath.meters.list().catch(noneIfRefused),
  ])
  return { flows: flows.flatMap((part) => part.stats), groups: groups ?? [], meters: meters ?? [] }
}

/** For requests that a switch need not know. */
export function noneIfRefused(error: unknown): undefined {
  if (error instanceof OvsError && error.code === 'peer') return undefined
  throw error
}
