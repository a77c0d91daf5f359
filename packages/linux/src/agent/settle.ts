import { NLM_F_REQUEST } from '../netlink/constants.js'
import { decodeMessages } from '../netlink/reader.js'
import { NetlinkWriter } from '../netlink/writer.js'
import { RTM_GETLINK, RTM_NEWLINK } from '../rtnetlink/constants.js'
import { decodeLink } from '../rtnetlink/link.js'
import { LinuxError } from '../errors.js'
import type { NamespaceTable } from './namespace-table.js'
import { dump } from './netlink-socket.js'
import type { AgentCalls } from './protocol.js'

const LIMIT_MS = 10_000
const INTERVAL_MS = 5

/**
 * Waits until links can really send.
 *
 * When the second end of a veth comes up, the first one gets carrier at once, but its queue is only switched on by the kernel's
 * link watcher, which handles 100 links and then rests for a second: until then everything that is sent is dropped. Asking for
 * a single link (RTM_GETLINK, no dump) makes newer kernels catch up for that link at once; with older ones the answer tells
 * whether it has happened (`operstate`, RFC 2863), and is asked for again.
 */
export async function settle(table: NamespaceTable, { links }: AgentCalls['settle']['request']): Promise<undefined> {
  const deadline = Date.now() + LIMIT_MS
  let waiting = links
  for (;;) {
    waiting = waiting.filter(({ namespace, index }) => !table.inNetwork(namespace, () => canSend(index)))
    if (waiting.length === 0) return undefined
    if (Date.now() > deadline) {
      throw new LinuxError('timeout', `${waiting.length} links did not come up in ${LIMIT_MS} ms, the first is ${waiting[0]?.index} in namespace "${waiting[0]?.namespace}"`)
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS))
  }
}

function canSend(index: number): boolean {
  const writer = new NetlinkWriter()
  writer.message('ask for a link', RTM_GETLINK, NLM_F_REQUEST, (w) => w.u8(0).u8(0).u16(0).i32(index).u32(0).u32(0))
  return dump(writer.bytes)
    .flatMap((part) => decodeMessages(part))
    .some(({ type, body }) => type === RTM_NEWLINK && decodeLink(body).operationalState === 'up')
}
