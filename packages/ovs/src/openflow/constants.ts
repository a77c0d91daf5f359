/** The version number of OpenFlow 1.3 in the header of a message (OpenFlow 1.3.5 §7.1.1). */
export const OFP13_VERSION = 4

/** Port numbers with a meaning of their own (`ofp_port_no`, OpenFlow 1.3.5 §7.2.1). */
export const OFPP = {
  /** The highest number of an ordinary port. */
  MAX: 0xffffff00,
  /** OVS: cleared; no port. Used by `unset` action sets. */
  UNSET: 0xfffffff7,
  IN_PORT: 0xfffffff8,
  /** Hands a packet-out to the flow tables. */
  TABLE: 0xfffffff9,
  /** Forwards as an ordinary switch would. */
  NORMAL: 0xfffffffa,
  FLOOD: 0xfffffffb,
  ALL: 0xfffffffc,
  CONTROLLER: 0xfffffffd,
  LOCAL: 0xfffffffe,
  /** In requests: any port, no restriction. */
  ANY: 0xffffffff,
} as const

/** Group numbers with a meaning of their own (`ofp_group`, OpenFlow 1.3.5 §7.3.4.2). */
export const OFPG = { MAX: 0xffffff00, ALL: 0xfffffffc, ANY: 0xffffffff } as const

/** Table numbers with a meaning of their own (`ofp_table`, OpenFlow 1.3.5 §7.3.4.1). */
export const OFPTT = { MAX: 0xfe, ALL: 0xff } as const

/** Meter numbers with a meaning of their own (`ofp_meter`, OpenFlow 1.3.5 §7.3.4.4). */
export const OFPM = { MAX: 0xffff0000, SLOWPATH: 0xfffffffd, CONTROLLER: 0xfffffffe, ALL: 0xffffffff } as const

/** Queue numbers with a meaning of their own (OpenFlow 1.3.5 §7.3.5.10). */
export const OFPQ = { ALL: 0xffffffff } as const

/** How much of a packet goes to the controller (`ofp_controller_max_len`, OpenFlow 1.3.5 §7.2.5). */
export const OFPCML = { MAX: 0xffe5, NO_BUFFER: 0xffff } as const

/** The packet is not in a buffer of the switch (`OFP_NO_BUFFER`, OpenFlow 1.3.5 §7.3.4.1). */
export const OFP_NO_BUFFER = 0xffffffff

/** A VLAN tag is there; ored into `vlan_vid` (`OFPVID_PRESENT`, OpenFlow 1.3.5 §7.2.3.7). */
export const OFPVID_PRESENT = 0x1000

/** The numbers of the experimenters that this package knows. */
export const EXPERIMENTER = {
  /** Nicira: the extensions of Open vSwitch. */
  NX: 0x00002320,
  /** Open Networking Foundation. */
  ONF: 0x4f4e4600,
} as const
