/** The network that the series of {@link series} were scraped from. */
export const yaml = `
vlans:
  office: {vid: 100, faucet_vips: ["10.0.0.254/24", "fc00::1:254/112"]}
  guest: {vid: 200}
acls:
  a:
    - rule: {dl_type: 0x800, actions: {allow: 1, meter: m}}
    - rule: {actions: {allow: 1}}
meters:
  m: {meter_id: 1, entry: {flags: [KBPS], bands: [{type: DROP, rate: 1000}]}}
dps:
  sw1:
    dp_id: 0xab
    hardware: "Open vSwitch"
    interfaces:
      1: {native_vlan: office, acls_in: [a], description: "the \\"first\\" port"}
      2: {native_vlan: office, name: two}
      3: {tagged_vlans: [office, guest]}
`

/**
 * What the real Faucet 1.10.12 told Prometheus after a packet from each port: all series but those of its histograms, of
 * its version, of BGP and of Python.
 */
export const series: readonly string[] = `
dp_dot1x_failure_total{dp_id="0xab",dp_name="sw1"} 0
dp_dot1x_logoff_total{dp_id="0xab",dp_name="sw1"} 0
dp_dot1x_success_total{dp_id="0xab",dp_name="sw1"} 0
dp_status{dp_id="0xab",dp_name="sw1"} 1
faucet_config_applied 1
faucet_config_hash_func{algorithm="sha256"} 0
faucet_config_hash_info{config_files="/etc/faucet/faucet.yaml",error="",hashes="3fc374d5"} 1
faucet_config_load_error 0
faucet_config_reload_cold_total{dp_id="0xab",dp_name="sw1"} 0
faucet_config_reload_requests_total 1
faucet_config_reload_warm_total{dp_id="0xab",dp_name="sw1"} 0
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="",table_name="flood"} 7
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="eth_dst,flood",table_name="vip"} 5
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="eth_src",table_name="vlan"} 1
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="flood",table_name="eth_dst"} 6
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="ipv4_fib,ipv6_fib,vip,eth_dst,flood",table_name="eth_src"} 2
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="vip,eth_dst,flood",table_name="ipv4_fib"} 3
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="vip,eth_dst,flood",table_name="ipv6_fib"} 4
faucet_config_table_names{dp_id="0xab",dp_name="sw1",next_tables="vlan,vip,eth_dst,flood",table_name="port_acl"} 0
faucet_event_id 11
faucet_stack_root_dpid 0
is_dp_stack_root{dp_id="0xab",dp_name="sw1"} 0
learned_l2_port{dp_id="0xab",dp_name="sw1",eth_src="00:00:00:00:00:01",vid="100"} 1
learned_l2_port{dp_id="0xab",dp_name="sw1",eth_src="00:00:00:00:00:02",vid="100"} 2
learned_l2_port{dp_id="0xab",dp_name="sw1",eth_src="00:00:00:00:00:03",vid="200"} 3
learned_macs{dp_id="0xab",dp_name="sw1",n="0",port="1",port_description="the \\"first\\" port",vlan="100"} 1
learned_macs{dp_id="0xab",dp_name="sw1",n="0",port="3",port_description="3",vlan="200"} 3
learned_macs{dp_id="0xab",dp_name="sw1",n="0",port="two",port_description="two",vlan="100"} 2
of_dp_connections_total{dp_id="0xab",dp_name="sw1"} 1
of_dp_desc_stats{dp_desc="None",dp_id="0xab",dp_name="sw1",hw_desc="Open vSwitch",mfr_desc="Nicira, Inc.",serial_num="None",sw_desc="3.1.0"} 171
of_dp_disconnections_total{dp_id="0xab",dp_name="sw1"} 0
of_errors_total{dp_id="0xab",dp_name="sw1"} 0
of_flowmsgs_sent_total{dp_id="0xab",dp_name="sw1"} 75
of_ignored_packet_ins_total{dp_id="0xab",dp_name="sw1"} 0
of_non_vlan_packet_ins_total{dp_id="0xab",dp_name="sw1"} 0
of_packet_ins_total{dp_id="0xab",dp_name="sw1"} 3
of_unexpected_packet_ins_total{dp_id="0xab",dp_name="sw1"} 0
of_vlan_packet_ins_total{dp_id="0xab",dp_name="sw1"} 3
port_learn_bans{dp_id="0xab",dp_name="sw1",port="1",port_description="the \\"first\\" port"} 0
port_learn_bans{dp_id="0xab",dp_name="sw1",port="3",port_description="3"} 0
port_learn_bans{dp_id="0xab",dp_name="sw1",port="two",port_description="two"} 0
port_status{dp_id="0xab",dp_name="sw1",port="1",port_description="the \\"first\\" port"} 1
port_status{dp_id="0xab",dp_name="sw1",port="3",port_description="3"} 1
port_status{dp_id="0xab",dp_name="sw1",port="two",port_description="two"} 1
port_vlan_hosts_learned{dp_id="0xab",dp_name="sw1",port="1",port_description="the \\"first\\" port",vlan="100"} 1
port_vlan_hosts_learned{dp_id="0xab",dp_name="sw1",port="3",port_description="3",vlan="100"} 0
port_vlan_hosts_learned{dp_id="0xab",dp_name="sw1",port="3",port_description="3",vlan="200"} 1
port_vlan_hosts_learned{dp_id="0xab",dp_name="sw1",port="two",port_description="two",vlan="100"} 1
stack_cabling_errors_total{dp_id="0xab",dp_name="sw1"} 0
stack_probes_received_total{dp_id="0xab",dp_name="sw1"} 0
stack_root_change_count_total 0
vlan_hosts_learned{dp_id="0xab",dp_name="sw1",vlan="100"} 2
vlan_hosts_learned{dp_id="0xab",dp_name="sw1",vlan="200"} 1
vlan_learn_bans{dp_id="0xab",dp_name="sw1",vlan="100"} 0
vlan_learn_bans{dp_id="0xab",dp_name="sw1",vlan="200"} 0
`.trim().split('\n')
