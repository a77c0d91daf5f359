/**
 * A configuration as a controller uses it: every default filled in, every reference followed, all of it frozen.
 * Faucet's key names. Where Faucet's own objects hold a reference, these hold the number (a port, a VLAN's VID) or the
 * name (an ACL, a meter, a dataplane), so that a resolved configuration is a tree and can be printed.
 */
import type {
  AclCt,
  AclFailover,
  AclPushVlan,
  Bgp,
  Coprocessor,
  Dp,
  DpDot1x,
  DpLldpBeacon,
  DpStack,
  Interface,
  MatchValue,
  MeterEntry,
  Vlan,
} from './model.js'

type Defaulted<T, Optional extends keyof T> = { readonly [K in Exclude<keyof T, Optional>]-?: Exclude<T[K], undefined> } & {
  readonly [K in Optional]-?: T[K] | undefined
}

/** The whole network. */
export interface ResolvedFaucetConfig {
  /** In the order of the configuration. */
  readonly dps: readonly ResolvedDp[]
}

/** A dataplane with its own ports, VLANs, ACLs, routers and meters. */
export interface ResolvedDp
  extends Defaulted<
    Omit<
      Dp,
      'dp_id' | 'cookie' | 'interfaces' | 'interface_ranges' | 'stack' | 'lldp_beacon' | 'dp_acls' | 'dot1x'
    >,
    'ofchannel_log' | 'packetin_pps' | 'slowpath_pps'
  > {
  readonly dp_id: bigint
  readonly cookie: bigint
  /** By number, in ascending order. */
  readonly ports: ReadonlyMap<number, ResolvedPort>
  /** By VID, in ascending order. Faucet gives every VLAN to every dataplane. */
  readonly vlans: ReadonlyMap<number, ResolvedVlan>
  /** By name (a number is its decimal string), in the order of the configuration. */
  readonly acls: ReadonlyMap<string, ResolvedAcl>
  /** Names of ACLs for all ports, empty when there are none. */
  readonly dp_acls: readonly string[]
  /** The routers with a VLAN here. */
  readonly routers: ReadonlyMap<string, ResolvedRouter>
  /** All meters of the configuration; `used_meters` names those that an applied ACL uses. */
  readonly meters: ReadonlyMap<string, ResolvedMeter>
  readonly used_meters: readonly string[]
  /** `undefined` when no port of this dataplane is a stack port. */
  readonly stack: ResolvedStack | undefined
  /** `undefined` when the dataplane sends no beacons. */
  readonly lldp_beacon: Required<DpLldpBeacon> | undefined
  readonly dot1x: DpDot1x | undefined
  /** Any dataplane of the stack has a port with `loop_protect_external`. */
  readonly has_externals: boolean
  /** Names of the ACLs that have a tunnel with a source, in the order of the configuration. */
  readonly tunnel_acls: readonly string[]
}

/** A port. */
export interface ResolvedPort
  extends Defaulted<
    Omit<
      Interface,
      'mirror' | 'native_vlan' | 'tagged_vlans' | 'acl_in' | 'acls_in' | 'stack' | 'lldp_beacon' | 'coprocessor'
    >,
    'lldp_peer_mac' | 'lacp_passthrough'
  > {
  /** The ports that get copies of this port's packets (the configuration says it the other way round). */
  readonly mirror: readonly number[]
  /** VID; `undefined` for a port without an untagged VLAN. */
  readonly native_vlan: number | undefined
  /** VIDs in the order of the configuration. */
  readonly tagged_vlans: readonly number[]
  readonly acls_in: readonly string[]
  readonly stack: { readonly dp: string; readonly port: number } | undefined
  readonly lldp_beacon: ResolvedPortBeacon | undefined
  readonly coprocessor: Required<Coprocessor> | undefined
}

/** The LLDP beacon of a port. */
export interface ResolvedPortBeacon {
  readonly enable: boolean
  readonly system_name: string | undefined
  readonly port_descr: string | undefined
  readonly org_tlvs: readonly ResolvedOrgTlv[]
}

/** An organisationally specific LLDP element. */
export interface ResolvedOrgTlv {
  readonly oui: number
  readonly subtype: number
  /** The octets as hexadecimal digits. */
  readonly info: string
}

/** A VLAN of one dataplane. */
export interface ResolvedVlan
  extends Defaulted<
    Omit<Vlan, 'acl_in' | 'acls_in' | 'acl_out' | 'acls_out' | 'faucet_vips' | 'routes'>,
    'description'
  > {
  readonly acls_in: readonly string[]
  readonly acls_out: readonly string[]
  readonly faucet_vips: readonly ResolvedVip[]
  readonly routes: readonly ResolvedRoute[]
  /** Numbers of the ports of this dataplane, ascending. */
  readonly tagged: readonly number[]
  readonly untagged: readonly number[]
}

/** An address of Faucet on a VLAN. */
export interface ResolvedVip {
  readonly version: 4 | 6
  readonly address: string
  readonly prefix_length: number
}

/** A static route; both texts are canonical. */
export interface ResolvedRoute {
  readonly version: 4 | 6
  /** Network and prefix length. */
  readonly ip_dst: string
  readonly ip_gw: string
}

/** An ACL. Ports are numbers of the dataplane where it is looked up. */
export interface ResolvedAcl {
  readonly name: string
  readonly exact_match: boolean
  readonly dot1x_assigned: boolean
  /** Empty for an ACL that nothing uses: Faucet does not follow its references. */
  readonly rules: readonly ResolvedAclRule[]
  /** Whether a port, a VLAN, the dataplane or a tunnel uses it here. */
  readonly used: boolean
}

/** A rule of an ACL. */
export interface ResolvedAclRule {
  /** From 0: its position in the ACL. */
  readonly index: number
  /** Match fields under OpenFlow names (old names are translated), values as they were written. */
  readonly match: Readonly<Record<string, MatchValue>>
  readonly cookie: number | undefined
  readonly description: string | undefined
  readonly actions: ResolvedAclActions
}

/** The actions of a rule; `output` as written, in either form. */
export interface ResolvedAclActions {
  /** `undefined` when the rule does not say. */
  readonly allow: boolean | undefined
  readonly force_port_vlan: boolean
  readonly meter: string | undefined
  readonly mirror: number | undefined
  /** In the order to carry them out; the mapping form is put into Faucet's order. */
  readonly output: readonly ResolvedOutput[]
  /** Whether `output` was a list: then Faucet does not go by the last port to end the pipeline. */
  readonly ordered: boolean
  readonly ct: AclCt | undefined
}

/** One step of an output. */
export type ResolvedOutput =
  | { readonly type: 'pop_vlans'; readonly count: number }
  | { readonly type: 'push_vlan'; readonly tag: AclPushVlan }
  | { readonly type: 'swap_vid'; readonly vid: number }
  | { readonly type: 'set_field'; readonly field: string; readonly value: MatchValue }
  | { readonly type: 'port'; readonly port: number }
  | { readonly type: 'failover'; readonly failover: AclFailover & { readonly ports: readonly number[] } }
  | { readonly type: 'tunnel'; readonly tunnel: ResolvedTunnel }

/** A tunnel. */
export interface ResolvedTunnel {
  readonly dp: string
  /** `undefined` for a tunnel that ends in the pipeline of the dataplane. */
  readonly port: number | undefined
  readonly tunnel_id: number
  readonly type: string
  readonly exit_instructions: readonly ResolvedOutput[]
  readonly maintain_encapsulation: boolean
  readonly bi_directional: boolean
  readonly reverse: boolean
}

/** A router as one dataplane sees it. */
export interface ResolvedRouter {
  readonly name: string
  /** VIDs. */
  readonly vlans: readonly number[]
  /** With the VLAN as VID. The embedded controller does not speak BGP. */
  readonly bgp: (Omit<Bgp, 'vlan'> & { readonly vlan: number | undefined }) | undefined
}

/** A meter. */
export interface ResolvedMeter {
  readonly name: string
  readonly meter_id: number
  readonly entry: MeterEntry
}

/** The part of a dataplane in its stack. */
export interface ResolvedStack extends Defaulted<DpStack, 'priority'> {
  /** Numbers of the stack ports, ascending. */
  readonly ports: readonly number[]
  /** Names of the dataplanes that may become root, the elected one first. */
  readonly roots: readonly string[]
  /** The root while every dataplane is equally healthy; `undefined` without a root. */
  readonly root: string | undefined
  /** Whether some dataplane is more than one link away from the root. */
  readonly root_flood_reflection: boolean
}
