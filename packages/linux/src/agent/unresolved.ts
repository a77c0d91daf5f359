import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../netlink/constants.js'
import { decodeAttributes, decodeMessages, NetlinkReader } from '../netlink/reader.js'
import { NetlinkWriter } from '../netlink/writer.js'
import { NDA_DST, RTM_DELNEIGH, RTM_GETNEIGH, RTM_NEWNEIGH } from '../rtnetlink/constants.js'
import { dump, sendBatch } from './netlink-socket.js'

const NUD_INCOMPLETE = 0x01
const NUD_FAILED = 0x20
const NDMSG_SIZE = 12

/**
 * Forgets, in the namespace that the thread is in, the neighbours that were asked for in vain. The kernel asks again only after
 * a second; when a cable is plugged in again, the next packet should make it ask at once.
 */
export function forgetUnresolvedNeighbours(): void {
  const question = new NetlinkWriter()
  question.message('neighbours', RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, (w) => w.raw(new Uint8Array(NDMSG_SIZE)))
  const deletions = new NetlinkWriter()
  for (const message of dump(question.bytes).flatMap((part) => decodeMessages(part))) {
    if (message.type !== RTM_NEWNEIGH) continue
    const reader = new NetlinkReader(message.body)
    const family = reader.u8()
    reader.take(3)
    const index = reader.i32()
    const state = reader.u16()
    reader.take(2)
    const address = decodeAttributes(reader.rest()).find(({ type }) => type === NDA_DST)?.value
    if (address === undefined || (state & (NUD_INCOMPLETE | NUD_FAILED)) === 0) continue
    deletions.message('forget a neighbour', RTM_DELNEIGH, NLM_F_REQUEST | NLM_F_ACK, (w) =>
      w.u8(family).u8(0).u16(0).i32(index).u16(0).u8(0).u8(0).attributeBytes(NDA_DST, address),
    )
  }
  if (deletions.labels.length === 0) return
  try {
    sendBatch(deletions.finish().bytes, deletions.labels)
  } catch {
    // Answered or gone meanwhile.
  }
}
