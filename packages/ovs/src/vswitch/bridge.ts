import { namedUuid, type Uuid } from '../ovsdb/value.js'
import { rowName, type StringMap, type VswitchOperation } from './operation.js'

/** A bridge to add. Names are those of the tables Bridge and Controller in ovs-vswitchd.conf.db(5). */
export interface BridgeSpec {
  readonly name: string
  /**
   * `netdev` is the userspace datapath, `system` (the default of OVS) the kernel's. `dummy`, for an ovs-vswitchd with
   * `--enable-dummy`, is the userspace datapath too, with real ports, except that its local and internal ports are no
   * devices: it needs no /dev/net/tun, and a fresh ovs-vswitchd has it 100 ms sooner, because it does not measure the
   * clock of the processor first.
   */
  readonly datapath_type?: 'netdev' | 'system' | 'dummy' | (string & {})
  /**
   * What the bridge does without a controller: forward as a learning switch (`standalone`, the default of OVS) or by
   * its flows only.
   */
  readonly fail_mode?: 'standalone' | 'secure'
  /** 16 hex digits. Chosen by OVS from a MAC address when not given. */
  readonly datapath_id?: string
  /** OpenFlow versions to offer. Defaults to what OVS offers, from 1.0 to 1.5. */
  readonly protocols?: readonly (
    'OpenFlow10' | 'OpenFlow11' | 'OpenFlow12' | 'OpenFlow13' | 'OpenFlow14' | 'OpenFlow15'
  )[]
  /** Targets of controllers, such as `unix:/run/x/br0.controller` or `tcp:127.0.0.1:6653` (ovsdb(7)). */
  readonly controllers?: readonly string[]
  readonly other_config?: StringMap
  readonly external_ids?: StringMap
}

/** Adds a bridge with its local port: one transaction's operations. Its interface has the bridge's name. */
export function addBridge(spec: BridgeSpec): VswitchOperation[] {
  const { name, datapath_type, fail_mode, protocols, external_ids } = spec
  const [bridge, port, iface] = [rowName('bridge', name), rowName('port', name), rowName('interface', name)]
  const controllers = (spec.controllers ?? []).map((target, index) => ({
    target,
    name: `${bridge}_controller${index}`,
  }))
  return [
    { op: 'insert', table: 'Interface', 'uuid-name': iface, row: { name, type: 'internal' } },
    { op: 'insert', table: 'Port', 'uuid-name': port, row: { name, interfaces: [namedUuid(iface)] } },
    ...controllers.map(
      ({ target, name }) => ({ op: 'insert', table: 'Controller', 'uuid-name': name, row: { target } }) as const,
    ),
    {
      op: 'insert',
      table: 'Bridge',
      'uuid-name': bridge,
      row: {
        name,
        ports: [namedUuid(port)],
        ...(controllers.length > 0 && { controller: controllers.map(({ name }) => namedUuid(name)) }),
        ...(datapath_type !== undefined && { datapath_type }),
        ...(fail_mode && { fail_mode }),
        ...(protocols && { protocols }),
        ...(external_ids && { external_ids }),
        other_config: bridgeConfig(spec),
      },
    },
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', [namedUuid(bridge)]]] },
  ]
}

/** The `other_config` of a bridge, its datapath id included. */
export function bridgeConfig({ datapath_id, other_config }: BridgeSpec): StringMap {
  return { ...other_config, ...(datapath_id !== undefined && { 'datapath-id': datapath_id }) }
}

/** Removes bridges, and with them their ports. {@link Vswitch.bridgeUuids} finds the uuids. */
export function removeBridges(bridges: readonly Uuid[]): VswitchOperation[] {
  return [{ op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', bridges]] }]
}
