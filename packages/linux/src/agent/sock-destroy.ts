import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../netlink/constants.js'
import { decodeMessages } from '../netlink/reader.js'
import { NetlinkWriter } from '../netlink/writer.js'
import * as libc from './libc.js'
import { dump, sendBatch } from './netlink-socket.js'

const NETLINK_SOCK_DIAG = 4
const SOCK_DIAG_BY_FAMILY = 20
const SOCK_DESTROY = 21
const IPPROTO_TCP = 6
/** Every state (`TCP_ESTABLISHED` is 1) but `TIME_WAIT`, which is no socket any more. */
const STATES = 0xffff_ffff & ~(1 << 6)
const SOCKET_ID_OFFSET = 4
const SOCKET_ID_SIZE = 48

/** `struct inet_diag_req_v2` (sock_diag(7)). */
function request(type: number, flags: number, family: number, id: Uint8Array): NetlinkWriter {
  const writer = new NetlinkWriter()
  writer.message('sockets', type, NLM_F_REQUEST | flags, (w) => w.u8(family).u8(IPPROTO_TCP).u8(0).u8(0).u32(STATES >>> 0).raw(id))
  return writer
}

/**
 * Resets every TCP connection and ends every TCP listener of the namespace that the thread is in, whoever holds it: the holder
 * gets ECONNABORTED. Returns how many; 0 where the kernel lacks INET_DIAG_DESTROY.
 */
export function destroyTcpSockets(): number {
  let destroyed = 0
  for (const family of [libc.AF_INET, libc.AF_INET6]) {
    for (const part of dump(request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, family, new Uint8Array(SOCKET_ID_SIZE)).bytes, NETLINK_SOCK_DIAG)) {
      for (const message of decodeMessages(part)) {
        if (message.type !== SOCK_DIAG_BY_FAMILY) continue
        const id = message.body.slice(SOCKET_ID_OFFSET, SOCKET_ID_OFFSET + SOCKET_ID_SIZE)
        try {
          const { bytes, labels } = request(SOCK_DESTROY, NLM_F_ACK, family, id)
          sendBatch(bytes, labels, NETLINK_SOCK_DIAG)
          destroyed += 1
        } catch {
          // Closed since the dump, or not supported: the library closes what it holds in any case.
        }
      }
    }
  }
  return destroyed
}
