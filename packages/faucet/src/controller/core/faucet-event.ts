/**
 * What happens in a network, as Faucet's event socket says it: one key, which is the type. Names and shapes are Faucet's.
 * The header of the socket (`time`, `event_id`, …) is put around it there.
 */
export type FaucetEvent =
  | { readonly CONFIG_CHANGE: ConfigChangeEvent }
  | { readonly DP_CHANGE: { readonly reason: 'cold_start' | 'disconnect' } }
  /** By port number: whether it is up. */
  | { readonly PORTS_STATUS: Readonly<Record<string, boolean>> }
  | { readonly PORT_CHANGE: { readonly port_no: number; readonly reason: string; readonly state: number; readonly status: boolean } }
  | { readonly L2_LEARN: L2LearnEvent }
  | { readonly L2_EXPIRE: { readonly port_no: number; readonly vid: number; readonly eth_src: string } }
  | { readonly L3_LEARN: { readonly eth_src: string; readonly l3_src_ip: string; readonly port_no: number; readonly vid: number } }
  | { readonly LAG_CHANGE: { readonly port_no: number; readonly state: number; readonly role: number } }
  | { readonly STACK_STATE: { readonly port: number; readonly state: number } }
  | { readonly STACK_TOPO_CHANGE: StackTopologyEvent }
  | { readonly EVENT_SOCK_HEARTBEAT: null }

/** Another configuration: for each dataplane how it was taken, and once whether it was taken. */
export type ConfigChangeEvent =
  | { readonly restart_type: 'new' | 'cold' | 'warm' | null }
  | { readonly success: boolean; readonly config_hash_info: { readonly config_files: string; readonly hashes: string; readonly error: string } }

/** A host was seen; addresses are the text `None` where the packet had none. */
export interface L2LearnEvent {
  readonly port_no: number
  readonly previous_port_no: number | null
  readonly vid: number
  readonly eth_src: string
  readonly eth_dst: string
  readonly eth_type: number
  readonly l3_src_ip: string
  readonly l3_dst_ip: string
  readonly stack_descr?: string
}

/** The stack is another one. */
export interface StackTopologyEvent {
  readonly stack_root: string
  /** networkx's node-link form. */
  readonly graph: Readonly<Record<string, unknown>>
  readonly dps: Readonly<Record<string, { readonly root_hop_port: number }>>
}
