import type { OvsdbClient } from '../ovsdb/client.js'
import type { Uuid } from '../ovsdb/value.js'
import { removeBridges } from '../vswitch/bridge.js'

/** The `external_ids` key that says which testbed a bridge belongs to. */
export const BRIDGE_ID = 'streambed-id'
/** The `external_ids` key that says which process made a bridge: process id and start time, so that a number that was given again is noticed. */
export const BRIDGE_OWNER = 'streambed-owner'

/** A bridge that some testbed made. */
export interface OwnedBridge {
  readonly uuid: Uuid
  readonly name: string
  readonly id: string
  readonly owner: string
}

/** The bridges that testbeds have made in a database, told by their label and never by their name. */
export async function ownedBridges(client: OvsdbClient): Promise<OwnedBridge[]> {
  const [{ rows }] = await client.transact('Open_vSwitch', [{ op: 'select', table: 'Bridge', where: [], columns: ['_uuid', 'name', 'external_ids'] }])
  return rows.flatMap(({ _uuid, name, external_ids }) => {
    const id = external_ids[BRIDGE_ID]
    const owner = external_ids[BRIDGE_OWNER]
    return id === undefined || owner === undefined ? [] : [{ uuid: _uuid, name, id, owner }]
  })
}

/** Removes those of the bridges that `test` accepts; resolves when the database has forgotten them, before ovs-vswitchd has taken them apart. */
export async function removeOwnedBridges(client: OvsdbClient, test: (bridge: OwnedBridge) => boolean): Promise<readonly OwnedBridge[]> {
  const bridges = (await ownedBridges(client)).filter(test)
  // ovs-vswitchd notices the changed configuration by itself; nobody waits for it.
  if (bridges.length > 0) await client.transact('Open_vSwitch', [...removeBridges(bridges.map(({ uuid }) => uuid)), { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] }])
  return bridges
}
