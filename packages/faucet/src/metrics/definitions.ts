import type { MetricFamily } from './family.js'

/** What is known of a metric before it has a value. */
export type MetricDefinition = Omit<MetricFamily, 'samples'> & {
  /**
   * Where a counter is counted: for each dataplane (it then begins with 0), for each port, or once for the network.
   * `undefined` for what the state of the network says.
   */
  readonly counted?: 'dp' | 'port' | 'network' | undefined
}

const gauge = (name: string, help: string): MetricDefinition => ({ name, help, type: 'gauge' })
const histogram = (name: string, help: string): MetricDefinition => ({ name, help, type: 'histogram' })
const counter = (name: string, help: string, counted: 'dp' | 'port' | 'network' = 'dp'): MetricDefinition => {
  return { name: `${name}_total`, help, type: 'counter', counted }
}

/** The metrics of Faucet 1.10 (`faucet_metrics.py`), in its order. Those of 802.1X and BGP stay at 0 or without series. */
export const definitions: readonly MetricDefinition[] = [
  gauge('faucet_pbr_version', 'version of the controller'),
  gauge('ryu_config', 'options of the OpenFlow connections'),
  gauge('faucet_stack_root_dpid', 'number of the dataplane that is the root of the stack, 0 without a stack'),
  counter('faucet_config_reload_requests', 'how often the configuration was to be read', 'network'),
  gauge('faucet_config_load_error', 'whether the last configuration was refused'),
  gauge('faucet_config_hash_info', 'files of the configuration and their hashes, or why it was refused'),
  gauge('faucet_config_hash_func', 'how the files are hashed'),
  gauge('faucet_config_applied', 'part of the dataplanes that have the configuration'),
  gauge('faucet_event_id', 'number of the latest event'),
  counter('faucet_config_reload_warm', 'changes of the configuration that were made while packets went on'),
  counter('faucet_config_reload_cold', 'changes of the configuration for which everything was made anew'),
  counter('of_ignored_packet_ins', 'packet-ins left aside since there were too many'),
  counter('of_unexpected_packet_ins', 'packet-ins that nobody asked for, such as those of an unknown VLAN'),
  counter('of_packet_ins', 'packet-ins'),
  counter('of_non_vlan_packet_ins', 'packet-ins without a VLAN of the configuration'),
  counter('of_vlan_packet_ins', 'packet-ins of a VLAN of the configuration'),
  counter('of_flowmsgs_sent', 'messages sent that change flows, groups or meters, or send a packet'),
  counter('of_errors', 'errors that the switch reported'),
  counter('of_dp_connections', 'how often the switch has connected'),
  counter('of_dp_disconnections', 'how often the switch was gone'),
  gauge('vlan_hosts_learned', 'hosts of a VLAN'),
  gauge('port_vlan_hosts_learned', 'hosts of a VLAN behind a port'),
  gauge('vlan_neighbors', 'neighbours of the router on a VLAN, resolved or not'),
  gauge('vlan_learn_bans', 'how often hosts of a VLAN were not learned'),
  gauge('faucet_config_table_names', 'numbers of the tables by name, and where packets may go from there'),
  histogram('faucet_packet_in_secs', 'time that packet-ins took'),
  histogram('faucet_valve_service_secs', 'time that periodic work took'),
  gauge('bgp_neighbor_uptime', 'seconds since a BGP session began'),
  gauge('bgp_neighbor_routes', 'routes of a BGP neighbour'),
  gauge('learned_macs', 'Ethernet addresses of the hosts of a VLAN behind a port, as numbers'),
  gauge('port_status', 'whether a port is up'),
  gauge('port_stack_state', 'state of a link of the stack: 0 disabled, 1 beginning, 2 cabled wrongly, 3 up, 4 gone'),
  gauge('port_learn_bans', 'how often hosts behind a port were not learned'),
  gauge('learned_l2_port', 'port of a host'),
  gauge('port_lacp_role', 'whether LACP has chosen a port: 1 not selected, 2 selected, 3 standby'),
  gauge('port_lacp_state', 'state of LACP on a port: 0 none, 1 beginning, 3 up, 5 not in sync'),
  gauge('dp_status', 'whether the switch is connected'),
  gauge('dp_root_hop_port', 'port that leads to the root of the stack, 0 on the root'),
  gauge('of_dp_desc_stats', 'what the switch says of itself; the value is the number of the dataplane'),
  counter('stack_cabling_errors', 'beacons from a port that the configuration does not expect there'),
  counter('stack_probes_received', 'beacons of the stack'),
  gauge('is_dp_stack_root', 'whether the dataplane is the root of the stack'),
  counter('dp_dot1x_success', '802.1X: hosts let in'),
  counter('dp_dot1x_failure', '802.1X: hosts refused'),
  counter('dp_dot1x_logoff', '802.1X: hosts gone'),
  counter('port_dot1x_success', '802.1X: hosts let in on a port', 'port'),
  counter('port_dot1x_failure', '802.1X: hosts refused on a port', 'port'),
  counter('port_dot1x_logoff', '802.1X: hosts gone from a port', 'port'),
  gauge('lacp_port_id', 'number of a port in LACP'),
  counter('port_stack_state_change_count', 'changes of the state of a link of the stack', 'port'),
  counter('port_lacp_state_change_count', 'changes of the state of LACP on a port', 'port'),
  counter('stack_root_change_count', 'how often another dataplane became the root of the stack', 'network'),
]
