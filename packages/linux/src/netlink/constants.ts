/**
 * Constants of netlink itself, with the names of `linux/netlink.h`.
 * Values of a family (rtnetlink, …) stand with that family.
 */

/** `NLMSG_HDRLEN`: the size of `struct nlmsghdr`, aligned. */
export const NLMSG_HDRLEN = 16

export const NLMSG_ERROR = 0x2
export const NLMSG_DONE = 0x3

export const NLM_F_REQUEST = 0x1
export const NLM_F_MULTI = 0x2
export const NLM_F_ACK = 0x4
export const NLM_F_DUMP = 0x300
export const NLM_F_REPLACE = 0x100
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400
export const NLM_F_APPEND = 0x800

/** Flags of an NLMSG_ERROR: the request's payload was left out; extended attributes follow. */
export const NLM_F_CAPPED = 0x100
export const NLM_F_ACK_TLVS = 0x200

export const NLA_F_NESTED = 0x8000
export const NLA_F_NET_BYTEORDER = 0x4000
/** `NLA_TYPE_MASK`: the bits of an attribute's type that are the type. */
export const NLA_TYPE_MASK = 0x3fff

export const NLMSGERR_ATTR_MSG = 1
export const NLMSGERR_ATTR_OFFS = 2
