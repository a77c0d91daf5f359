import { namedUuid, type Uuid } from '../ovsdb/value.js'
import { rowName, type StringMap, type VswitchOperation } from './operation.js'

/** The VLANs of a port, as columns of the table Port in ovs-vswitchd.conf.db(5). */
export interface PortVlans {
  /** The VLAN of an access port, or the native VLAN of a trunk: 1 to 4094 (0 for priority-tagged frames). */
  readonly tag?: number | undefined
  /** The VLANs of a trunk. Empty: all of them, unless {@link tag} makes this an access port. */
  readonly trunks?: readonly number[]
  readonly vlan_mode?: 'access' | 'trunk' | 'native-tagged' | 'native-untagged' | 'dot1q-tunnel' | undefined
}

/**
 * A port with one interface of the same name. Names are those of the tables Port and Interface in
 * ovs-vswitchd.conf.db(5).
 */
export interface PortSpec extends PortVlans {
  readonly name: string
  /** `system` (the default): an existing device; `internal`: one that OVS makes; or a tunnel such as `vxlan`. */
  readonly type?:
    'system' | 'internal' | 'patch' | 'vxlan' | 'gre' | 'geneve' | 'erspan' | 'tap' | 'dummy' | (string & {})
  /** Options of the interface's type, such as `remote_ip` and `key` of a tunnel. */
  readonly options?: StringMap
  /** The OpenFlow port number to get: 1 to 65279. OVS gives another one when it is taken. */
  readonly ofport_request?: number
  /** `external_ids` of the Interface. */
  readonly external_ids?: StringMap
  /** `other_config` of the Interface. */
  readonly other_config?: StringMap
}

/**
 * Adds ports to a bridge that exists, or that the same transaction adds: one transaction's operations. It fails when
 * there is no such bridge. The results of the inserts into Port come in the order of `ports`, at every second place
 * from the second on.
 */
export function addPorts(bridge: string, ports: readonly PortSpec[]): VswitchOperation[] {
  if (ports.length === 0) return []
  return [
    bridgeExists(bridge),
    ...ports.flatMap(insertPort),
    {
      op: 'mutate',
      table: 'Bridge',
      where: [['name', '==', bridge]],
      mutations: [['ports', 'insert', ports.map(({ name }) => namedUuid(rowName('port', name)))]],
    },
  ]
}

/** Without it the ports of a bridge that does not exist would be collected as garbage, and nobody would know. */
function bridgeExists(bridge: string): VswitchOperation {
  return {
    op: 'wait',
    table: 'Bridge',
    where: [['name', '==', bridge]],
    columns: ['name'],
    until: '==',
    rows: [{ name: bridge }],
    timeout: 0,
  }
}

function insertPort(spec: PortSpec): VswitchOperation[] {
  const { name, type, options, ofport_request, external_ids, other_config } = spec
  const iface = rowName('interface', name)
  return [
    {
      op: 'insert',
      table: 'Interface',
      'uuid-name': iface,
      row: {
        name,
        ...(type !== undefined && { type }),
        ...(options && { options }),
        ...(ofport_request !== undefined && { ofport_request }),
        ...(external_ids && { external_ids }),
        ...(other_config && { other_config }),
      },
    },
    {
      op: 'insert',
      table: 'Port',
      'uuid-name': rowName('port', name),
      row: { name, interfaces: [namedUuid(iface)], ...vlanColumns(spec) },
    },
  ]
}

/** Changes the VLANs of a port by its name. What is not given stays; `undefined` empties `tag` and `vlan_mode`. */
export function updatePort(name: string, vlans: PortVlans): VswitchOperation[] {
  return [{ op: 'update', table: 'Port', where: [['name', '==', name]], row: vlanColumns(vlans) }]
}

function vlanColumns(vlans: PortVlans): PortVlans {
  return {
    ...('tag' in vlans && { tag: vlans.tag }),
    ...(vlans.trunks && { trunks: vlans.trunks }),
    ...('vlan_mode' in vlans && { vlan_mode: vlans.vlan_mode }),
  }
}

/** Removes ports from a bridge. OVSDB removes a port by its uuid; {@link Vswitch.portUuids} finds it. */
export function removePorts(bridge: string, ports: readonly Uuid[]): VswitchOperation[] {
  return [{ op: 'mutate', table: 'Bridge', where: [['name', '==', bridge]], mutations: [['ports', 'delete', ports]] }]
}
