// GENERATED from version 8.3.1 of the database schema Open_vSwitch by generate-types.ts: do not edit.
// The schema is part of Open vSwitch, licensed under the Apache License 2.0.
import type { Uuid } from '../value.js'

/** A row of the table Open_vSwitch. */
export interface OpenVSwitchRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  /** Refers to {@link DatapathRow}. */
  readonly datapaths: Readonly<Record<string, Uuid>>
  /** Refers to {@link BridgeRow}. */
  readonly bridges: readonly Uuid[]
  /** Refers to {@link ManagerRow}. */
  readonly manager_options: readonly Uuid[]
  /** Refers to {@link SSLRow}. */
  readonly ssl: Uuid | undefined
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
  readonly next_cfg: bigint
  readonly cur_cfg: bigint
  /** Not kept across a restart of the server. */
  readonly statistics: Readonly<Record<string, string>>
  readonly ovs_version: string | undefined
  readonly db_version: string | undefined
  readonly system_type: string | undefined
  readonly system_version: string | undefined
  readonly datapath_types: readonly string[]
  readonly iface_types: readonly string[]
  readonly dpdk_initialized: boolean
  readonly dpdk_version: string | undefined
}

/** A row of the table Bridge. */
export interface BridgeRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  /** Fixed once the row exists. */
  readonly name: string
  readonly datapath_type: string
  readonly datapath_version: string
  /** Not kept across a restart of the server. */
  readonly datapath_id: string | undefined
  readonly stp_enable: boolean
  readonly rstp_enable: boolean
  readonly mcast_snooping_enable: boolean
  /** Refers to {@link PortRow}. */
  readonly ports: readonly Uuid[]
  /** Refers to {@link MirrorRow}. */
  readonly mirrors: readonly Uuid[]
  /** Refers to {@link NetFlowRow}. */
  readonly netflow: Uuid | undefined
  /** Refers to {@link SFlowRow}. */
  readonly sflow: Uuid | undefined
  /** Refers to {@link IPFIXRow}. */
  readonly ipfix: Uuid | undefined
  /** Refers to {@link ControllerRow}. */
  readonly controller: readonly Uuid[]
  readonly protocols: readonly ('OpenFlow10' | 'OpenFlow11' | 'OpenFlow12' | 'OpenFlow13' | 'OpenFlow14' | 'OpenFlow15')[]
  readonly fail_mode: 'standalone' | 'secure' | undefined
  /** Not kept across a restart of the server. */
  readonly status: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly rstp_status: Readonly<Record<string, string>>
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
  readonly flood_vlans: readonly number[]
  /** Refers to {@link FlowTableRow}. */
  readonly flow_tables: Readonly<Record<number, Uuid>>
  /** Refers to {@link AutoAttachRow}. */
  readonly auto_attach: Uuid | undefined
}

/** A row of the table Port. */
export interface PortRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  /** Fixed once the row exists. */
  readonly name: string
  /** Refers to {@link InterfaceRow}. */
  readonly interfaces: readonly Uuid[]
  readonly trunks: readonly number[]
  readonly cvlans: readonly number[]
  readonly tag: number | undefined
  readonly vlan_mode: 'trunk' | 'access' | 'native-tagged' | 'native-untagged' | 'dot1q-tunnel' | undefined
  /** Refers to {@link QoSRow}. */
  readonly qos: Uuid | undefined
  readonly mac: string | undefined
  readonly bond_mode: 'balance-tcp' | 'balance-slb' | 'active-backup' | undefined
  readonly lacp: 'active' | 'passive' | 'off' | undefined
  readonly bond_updelay: bigint
  readonly bond_downdelay: bigint
  readonly bond_active_slave: string | undefined
  readonly bond_fake_iface: boolean
  readonly fake_bridge: boolean
  /** Not kept across a restart of the server. */
  readonly status: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly rstp_status: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly rstp_statistics: Readonly<Record<string, bigint>>
  /** Not kept across a restart of the server. */
  readonly statistics: Readonly<Record<string, bigint>>
  readonly protected: boolean
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table Interface. */
export interface InterfaceRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  /** Fixed once the row exists. */
  readonly name: string
  readonly type: string
  readonly options: Readonly<Record<string, string>>
  readonly ingress_policing_rate: bigint
  readonly ingress_policing_burst: bigint
  readonly ingress_policing_kpkts_rate: bigint
  readonly ingress_policing_kpkts_burst: bigint
  /** Not kept across a restart of the server. */
  readonly mac_in_use: string | undefined
  readonly mac: string | undefined
  /** Not kept across a restart of the server. */
  readonly ifindex: number | undefined
  readonly external_ids: Readonly<Record<string, string>>
  readonly ofport: bigint | undefined
  readonly ofport_request: number | undefined
  readonly bfd: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly bfd_status: Readonly<Record<string, string>>
  readonly cfm_mpid: bigint | undefined
  /** Not kept across a restart of the server. */
  readonly cfm_remote_mpids: readonly bigint[]
  readonly cfm_flap_count: bigint | undefined
  /** Not kept across a restart of the server. */
  readonly cfm_fault: boolean | undefined
  /** Not kept across a restart of the server. */
  readonly cfm_fault_status: readonly string[]
  /** Not kept across a restart of the server. */
  readonly cfm_remote_opstate: 'up' | 'down' | undefined
  /** Not kept across a restart of the server. */
  readonly cfm_health: number | undefined
  /** Not kept across a restart of the server. */
  readonly lacp_current: boolean | undefined
  readonly lldp: Readonly<Record<string, string>>
  readonly other_config: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly statistics: Readonly<Record<string, bigint>>
  /** Not kept across a restart of the server. */
  readonly status: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly admin_state: 'up' | 'down' | undefined
  /** Not kept across a restart of the server. */
  readonly link_state: 'up' | 'down' | undefined
  /** Not kept across a restart of the server. */
  readonly link_resets: bigint | undefined
  /** Not kept across a restart of the server. */
  readonly link_speed: bigint | undefined
  /** Not kept across a restart of the server. */
  readonly duplex: 'half' | 'full' | undefined
  /** Not kept across a restart of the server. */
  readonly mtu: bigint | undefined
  readonly mtu_request: bigint | undefined
  readonly error: string | undefined
}

/** A row of the table Flow_Table. */
export interface FlowTableRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly name: string | undefined
  readonly flow_limit: bigint | undefined
  readonly overflow_policy: 'refuse' | 'evict' | undefined
  readonly groups: readonly string[]
  readonly prefixes: readonly string[]
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table QoS. */
export interface QoSRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly type: string
  /** Refers to {@link QueueRow}. */
  readonly queues: Readonly<Record<number, Uuid>>
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table Queue. */
export interface QueueRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly dscp: number | undefined
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table Mirror. */
export interface MirrorRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly name: string
  readonly select_all: boolean
  /** Refers weakly to {@link PortRow}. */
  readonly select_src_port: readonly Uuid[]
  /** Refers weakly to {@link PortRow}. */
  readonly select_dst_port: readonly Uuid[]
  readonly select_vlan: readonly number[]
  /** Refers weakly to {@link PortRow}. */
  readonly output_port: Uuid | undefined
  readonly output_vlan: number | undefined
  readonly snaplen: number | undefined
  /** Not kept across a restart of the server. */
  readonly statistics: Readonly<Record<string, bigint>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table NetFlow. */
export interface NetFlowRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly targets: readonly string[]
  readonly engine_type: number | undefined
  readonly engine_id: number | undefined
  readonly add_id_to_interface: boolean
  readonly active_timeout: bigint
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table sFlow. */
export interface SFlowRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly targets: readonly string[]
  readonly sampling: bigint | undefined
  readonly polling: bigint | undefined
  readonly header: bigint | undefined
  readonly agent: string | undefined
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table IPFIX. */
export interface IPFIXRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly targets: readonly string[]
  readonly sampling: number | undefined
  readonly obs_domain_id: number | undefined
  readonly obs_point_id: number | undefined
  readonly cache_active_timeout: number | undefined
  readonly cache_max_flows: number | undefined
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table Flow_Sample_Collector_Set. */
export interface FlowSampleCollectorSetRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly id: number
  /** Refers to {@link BridgeRow}. */
  readonly bridge: Uuid
  /** Refers to {@link IPFIXRow}. */
  readonly ipfix: Uuid | undefined
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table Controller. */
export interface ControllerRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly type: 'primary' | 'service' | undefined
  readonly target: string
  readonly max_backoff: bigint | undefined
  readonly inactivity_probe: bigint | undefined
  readonly connection_mode: 'in-band' | 'out-of-band' | undefined
  readonly local_ip: string | undefined
  readonly local_netmask: string | undefined
  readonly local_gateway: string | undefined
  readonly enable_async_messages: boolean | undefined
  readonly controller_queue_size: number | undefined
  readonly controller_rate_limit: bigint | undefined
  readonly controller_burst_limit: bigint | undefined
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly is_connected: boolean
  /** Not kept across a restart of the server. */
  readonly role: 'other' | 'master' | 'slave' | undefined
  /** Not kept across a restart of the server. */
  readonly status: Readonly<Record<string, string>>
}

/** A row of the table Manager. */
export interface ManagerRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly target: string
  readonly max_backoff: bigint | undefined
  readonly inactivity_probe: bigint | undefined
  readonly connection_mode: 'in-band' | 'out-of-band' | undefined
  readonly other_config: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
  /** Not kept across a restart of the server. */
  readonly is_connected: boolean
  /** Not kept across a restart of the server. */
  readonly status: Readonly<Record<string, string>>
}

/** A row of the table Datapath. */
export interface DatapathRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly datapath_version: string
  /** Refers to {@link CTZoneRow}. */
  readonly ct_zones: Readonly<Record<number, Uuid>>
  readonly capabilities: Readonly<Record<string, string>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table CT_Zone. */
export interface CTZoneRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  /** Refers to {@link CTTimeoutPolicyRow}. */
  readonly timeout_policy: Uuid | undefined
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table CT_Timeout_Policy. */
export interface CTTimeoutPolicyRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly timeouts: Readonly<Partial<Record<'tcp_syn_sent' | 'tcp_syn_recv' | 'tcp_established' | 'tcp_fin_wait' | 'tcp_close_wait' | 'tcp_last_ack' | 'tcp_time_wait' | 'tcp_close' | 'tcp_syn_sent2' | 'tcp_retransmit' | 'tcp_unack' | 'udp_first' | 'udp_single' | 'udp_multiple' | 'icmp_first' | 'icmp_reply', number>>>
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table SSL. */
export interface SSLRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly private_key: string
  readonly certificate: string
  readonly ca_cert: string
  readonly bootstrap_ca_cert: boolean
  readonly external_ids: Readonly<Record<string, string>>
}

/** A row of the table AutoAttach. */
export interface AutoAttachRow {
  readonly _uuid: Uuid
  readonly _version: Uuid
  readonly system_name: string
  readonly system_description: string
  readonly mappings: Readonly<Record<number, number>>
}

/** The tables of the database Open_vSwitch. */
export type OpenVSwitch = {
  readonly Open_vSwitch: OpenVSwitchRow
  readonly Bridge: BridgeRow
  readonly Port: PortRow
  readonly Interface: InterfaceRow
  readonly Flow_Table: FlowTableRow
  readonly QoS: QoSRow
  readonly Queue: QueueRow
  readonly Mirror: MirrorRow
  readonly NetFlow: NetFlowRow
  readonly sFlow: SFlowRow
  readonly IPFIX: IPFIXRow
  readonly Flow_Sample_Collector_Set: FlowSampleCollectorSetRow
  readonly Controller: ControllerRow
  readonly Manager: ManagerRow
  readonly Datapath: DatapathRow
  readonly CT_Zone: CTZoneRow
  readonly CT_Timeout_Policy: CTTimeoutPolicyRow
  readonly SSL: SSLRow
  readonly AutoAttach: AutoAttachRow
}
