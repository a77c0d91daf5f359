import { NLM_F_DUMP, NLM_F_MULTI, NLMSG_DONE, NLMSG_ERROR } from '../netlink/constants.js'
import { decodeAttributes, decodeFailure, decodeMessages, decodeString, type NetlinkMessage } from '../netlink/reader.js'
import { LinuxError } from '../errors.js'
import * as rt from '../rtnetlink/constants.js'
import * as libc from './libc.js'

const SOL_NETLINK = 270
const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11
const ENOENT = 2
const EAGAIN = 11
const EEXIST = 17
const EOPNOTSUPP = 95
const ENOBUFS = 105
/** One send call may carry so much: less than the default send buffer (net.core.wmem_default). */
const MAX_SEND = 100_000

const KERNEL = (() => {
  const address = new Uint8Array(12)
  new Uint16Array(address.buffer)[0] = libc.AF_NETLINK
  return address
})()

const receiveBuffer = new Uint8Array(256 * 1024)

/** Opens a netlink socket in the namespace that the thread is in, runs `work`, and closes it. */
function withSocket<T>(protocol: number, work: (fd: number) => T): T {
  const fd = libc.socket(libc.AF_NETLINK, libc.SOCK_RAW, protocol)
  try {
    libc.setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1)
    libc.setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1)
    return work(fd)
  } finally {
    libc.close(fd)
  }
}

/** Sends messages, cut between two of them where they are too many for one call. */
function send(fd: number, messages: Uint8Array): void {
  for (let start = 0; start < messages.length; ) {
    let end = messages.length
    if (end - start > MAX_SEND) {
      const view = new DataView(messages.buffer, messages.byteOffset, messages.byteLength)
      const lengthAt = (at: number): number => (view.getUint32(at, true) + 3) & ~3
      end = start + lengthAt(start)
      while (end < messages.length && end + lengthAt(end) - start <= MAX_SEND) end += lengthAt(end)
    }
    const sent = libc.trySend(fd, messages.subarray(start, end), KERNEL)
    if (sent < 0) throw libc.systemError('netlink send', -sent)
    start = end
  }
}

/** What has been received, or the negative errno. The kernel works requests off inside the send call, so the answers are there already: no waiting. */
function tryReceive(fd: number): Uint8Array | number {
  const length = libc.tryReceive(fd, receiveBuffer)
  return length < 0 ? length : receiveBuffer.slice(0, length)
}

function receive(fd: number): Uint8Array {
  const part = tryReceive(fd)
  if (typeof part === 'number') throw libc.systemError('netlink receive', -part)
  return part
}

/**
 * Sends a batch of requests, of which the last one asks for an acknowledgement, in the namespace that the thread is in.
 * @throws LinuxError `kernel` for the first request that was refused, with its label, errno and the kernel's own words
 */
export function sendBatch(messages: Uint8Array, labels: readonly string[], protocol = 0): void {
  if (labels.length === 0) return
  withSocket(protocol, (fd) => {
    send(fd, messages)
    let first: LinuxError | undefined
    for (;;) {
      const part = tryReceive(fd)
      // So many refusals that the rest of them did not fit: the first one came first.
      if (part === -ENOBUFS) continue
      if (typeof part === 'number') throw first ?? libc.systemError(part === -EAGAIN ? 'netlink: too many answers, some were lost' : 'netlink receive', -part)
      for (const message of decodeMessages(part)) {
        if (message.type !== NLMSG_ERROR) continue
        const failure = decodeFailure(message)
        const label = labels[message.sequence - 1] ?? `request ${message.sequence}`
        if (failure.errno !== 0) first ??= refusal(label, failure.errno, failure.message, decodeMessages(messages)[message.sequence - 1])
        if (message.sequence === labels.length) {
          if (first !== undefined) throw first
          return
        }
      }
    }
  })
}

function refusal(label: string, errno: number, words: string | undefined, request?: NetlinkMessage): LinuxError {
  const reasons = [words, request === undefined ? undefined : hint(request, errno)].filter((reason) => reason !== undefined)
  const text = `${label}: ${libc.errnoName(errno)}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`
  return new LinuxError(errno === 1 || errno === 13 ? 'forbidden' : 'kernel', text, { errno, step: label })
}

/** What the kernel's error number means for a request of this kind. */
function hint(request: NetlinkMessage, errno: number): string | undefined {
  if (request.type === rt.RTM_NEWLINK && errno === EOPNOTSUPP) {
    const kind = kindOf(request, 16, [rt.IFLA_LINKINFO, rt.IFLA_INFO_KIND])
    if (kind !== undefined) return `this kernel lacks links of the kind "${kind}"; where it is a module, "modprobe ${kind === 'vlan' ? '8021q' : kind}" as root may help`
  }
  if ((request.type === rt.RTM_NEWQDISC || request.type === rt.RTM_NEWTCLASS) && errno === ENOENT) {
    const kind = kindOf(request, 20, [rt.TCA_KIND])
    if (kind !== undefined) return `this kernel lacks the queueing discipline "${kind}"; where it is a module, "modprobe sch_${kind}" as root may help`
  }
  if (request.type === rt.RTM_NEWLINK && errno === EEXIST) return 'the name or index is taken'
  return undefined
}

/** The text of an attribute that stands below the others of a path. */
function kindOf(request: NetlinkMessage, headerSize: number, path: readonly number[]): string | undefined {
  let bytes: Uint8Array | undefined = request.body.subarray(headerSize)
  for (const wanted of path) bytes = bytes && decodeAttributes(bytes).find(({ type }) => type === wanted)?.value
  return bytes && decodeString(bytes)
}

/** Sends one dump request and collects every message of the answer, until NLMSG_DONE. */
export function dump(messages: Uint8Array, protocol = 0): Uint8Array[] {
  return withSocket(protocol, (fd) => {
    send(fd, messages)
    const parts: Uint8Array[] = []
    for (;;) {
      const part = receive(fd)
      // Newer kernels put the end into one datagram with the last entries.
      parts.push(part)
      for (const message of decodeMessages(part)) {
        if (message.type === NLMSG_DONE) return parts
        if (message.type === NLMSG_ERROR) {
          const failure = decodeFailure(message)
          throw refusal('netlink dump', failure.errno, failure.message)
        }
        if ((message.flags & (NLM_F_DUMP | NLM_F_MULTI)) === 0) return parts
      }
    }
  })
}
