/** Constants of rtnetlink(7), with the names of `linux/rtnetlink.h`, `if_link.h`, `if_addr.h`, `neighbour.h` and `pkt_sched.h`. */

export const RTM_NEWLINK = 16
export const RTM_DELLINK = 17
export const RTM_GETLINK = 18
export const RTM_NEWADDR = 20
export const RTM_DELADDR = 21
export const RTM_GETADDR = 22
export const RTM_NEWROUTE = 24
export const RTM_DELROUTE = 25
export const RTM_GETROUTE = 26
export const RTM_NEWNEIGH = 28
export const RTM_DELNEIGH = 29
export const RTM_GETNEIGH = 30
export const RTM_NEWQDISC = 36
export const RTM_DELQDISC = 37
export const RTM_GETQDISC = 38
export const RTM_NEWTCLASS = 40
export const RTM_NEWLINKPROP = 108

export const AF_UNSPEC = 0
export const AF_INET = 2
export const AF_BRIDGE = 7
export const AF_INET6 = 10

export const IFF_UP = 0x1
export const IFF_PROMISC = 0x100
export const IFF_LOWER_UP = 0x10000

export const IFLA_ADDRESS = 1
export const IFLA_IFNAME = 3
export const IFLA_MTU = 4
export const IFLA_LINK = 5
export const IFLA_MASTER = 10
export const IFLA_OPERSTATE = 16
export const IFLA_LINKINFO = 18
export const IFLA_IFALIAS = 20
export const IFLA_AF_SPEC = 26
export const IFLA_GROUP = 27
export const IFLA_NET_NS_FD = 28
export const IFLA_EXT_MASK = 29

export const IFLA_PROP_LIST = 52
export const IFLA_ALT_IFNAME = 53

export const IFLA_INET6_ADDR_GEN_MODE = 8
export const IN6_ADDR_GEN_MODE_EUI64 = 0
export const IN6_ADDR_GEN_MODE_NONE = 1

export const IFLA_INFO_KIND = 1
export const IFLA_INFO_DATA = 2

export const VETH_INFO_PEER = 1

export const IFLA_MACVLAN_MODE = 1
export const MACVLAN_MODES = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const

export const IFLA_VXLAN_ID = 1
export const IFLA_VXLAN_GROUP = 2
export const IFLA_VXLAN_LINK = 3
export const IFLA_VXLAN_LOCAL = 4
export const IFLA_VXLAN_TTL = 5
export const IFLA_VXLAN_LEARNING = 7
export const IFLA_VXLAN_PORT = 15
export const IFLA_VXLAN_GROUP6 = 16
export const IFLA_VXLAN_LOCAL6 = 17

export const IFLA_BR_STP_STATE = 5
export const IFLA_BR_VLAN_FILTERING = 7

export const IFLA_VLAN_ID = 1
export const IFLA_VLAN_PROTOCOL = 5

export const IFA_ADDRESS = 1
export const IFA_LOCAL = 2
export const IFA_BROADCAST = 4
export const IFA_FLAGS = 8
export const IFA_F_NODAD = 0x02
export const IFA_F_PERMANENT = 0x80

export const RTA_DST = 1
export const RTA_OIF = 4
export const RTA_GATEWAY = 5
export const RTA_PRIORITY = 6
export const RTA_PREFSRC = 7
export const RTA_TABLE = 15
export const RT_TABLE_MAIN = 254
export const RTPROT_STATIC = 4
export const RT_SCOPE_UNIVERSE = 0
export const RT_SCOPE_LINK = 253
export const ROUTE_TYPES = { unicast: 1, blackhole: 6, unreachable: 7, prohibit: 8 } as const

export const NDA_DST = 1
export const NDA_LLADDR = 2
export const NUD_STATES = { reachable: 0x02, stale: 0x04, permanent: 0x80 } as const

export const TCA_KIND = 1
export const TCA_OPTIONS = 2
export const TC_H_ROOT = 0xffff_ffff

export const TCA_TBF_PARMS = 1
export const TCA_TBF_RTAB = 2
export const TCA_TBF_RATE64 = 4
export const TCA_TBF_BURST = 6
export const TCA_HTB_PARMS = 1
export const TCA_HTB_INIT = 2
export const TCA_HTB_CTAB = 3
export const TCA_HTB_RTAB = 4
export const TCA_HTB_RATE64 = 6
export const TCA_HTB_CEIL64 = 7
export const TCA_NETEM_CORR = 1
export const TCA_NETEM_REORDER = 3
export const TCA_NETEM_CORRUPT = 4
export const TCA_NETEM_LATENCY64 = 10
export const TCA_NETEM_JITTER64 = 11
