import { NLM_F_DUMP, NLMSG_DONE, NLMSG_ERROR } from '../netlink/constants.js'
import { decodeFailure, decodeMessages } from '../netlink/reader.js'
import { LinuxError } from '../errors.js'
import * as libc from './libc.js'

const SOL_NETLINK = 270
const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11
const SO_SNDBUF = 7
const EEXIST = 17
const ENOENT = 2
const EOPNOTSUPP = 95

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

function send(fd: number, messages: Uint8Array): void {
  if (messages.length > 100_000) libc.setOption(fd, libc.SOL_SOCKET, SO_SNDBUF, messages.length * 2)
  const sent = libc.trySend(fd, messages, KERNEL)
  if (sent < 0) throw libc.systemError('netlink send', -sent)
}

function receive(fd: number): Uint8Array {
  // The kernel works requests off inside the send call, so that the answers are there already: no waiting.
  const length = libc.tryReceive(fd, receiveBuffer)
  if (length < 0) throw libc.systemError('netlink receive', -length)
  return receiveBuffer.slice(0, length)
}

/**
 * Sends a batch of requests, of which the last one asks for an acknowledgement, in the namespace that the thread is in.
 * @throws LinuxError `kernel` for the first request that was refused, with its label, errno and the kernel's own words
 */
export function sendBatch(messages: Uint8Array, labels: readonly string[]): void {
  withSocket(0, (fd) => {
    send(fd, messages)
    let first: LinuxError | undefined
    for (;;) {
      for (const message of decodeMessages(receive(fd))) {
        if (message.type !== NLMSG_ERROR) continue
        const failure = decodeFailure(message)
        const label = labels[message.sequence - 1] ?? `request ${message.sequence}`
        if (failure.errno !== 0) first ??= refusal(label, failure.errno, failure.message)
        if (message.sequence === labels.length) {
          if (first !== undefined) throw first
          return
        }
      }
    }
  })
}

function refusal(label: string, errno: number, words: string | undefined): LinuxError {
  const hint = words ?? hints(label, errno)
  return new LinuxError(errno === 1 || errno === 13 ? 'forbidden' : 'kernel', `${label}: ${libc.errnoName(errno)}${hint === undefined ? '' : ` (${hint})`}`, { errno, step: label })
}

/** What the kernel's bare error number means where it has no words of its own. */
function hints(label: string, errno: number): string | undefined {
  if (errno === EOPNOTSUPP) return 'this kernel does not have that kind of link'
  if (errno === ENOENT && label.includes('qdisc')) return 'this kernel does not have that queueing discipline'
  if (errno === EEXIST) return 'the name or index is taken'
  return undefined
}

/** Sends one dump request and collects every message of the answer, until NLMSG_DONE. */
export function dump(messages: Uint8Array, protocol = 0): Uint8Array[] {
  return withSocket(protocol, (fd) => {
    send(fd, messages)
    const parts: Uint8Array[] = []
    for (;;) {
      const part = receive(fd)
      for (const message of decodeMessages(part)) {
        if (message.type === NLMSG_DONE) return parts
        if (message.type === NLMSG_ERROR) {
          const failure = decodeFailure(message)
          throw refusal('netlink dump', failure.errno, failure.message)
        }
        if ((message.flags & NLM_F_DUMP) === 0 && (message.flags & 0x2) === 0) return [...parts, part]
      }
      parts.push(part)
    }
  })
}
