import { internetChecksum as checksum } from '../packet/checksum.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { Poller } from './poller.js'
import type { AgentCalls, Probe, ProbeResult } from './protocol.js'
import { encodeSocketAddress } from './sockaddr.js'

const IPPROTO_ICMP = 1
const IPPROTO_ICMPV6 = 58
const SOL_RAW = 255
const ICMP_FILTER = 1
const SO_RCVBUF = 8
const ICMPV6_FILTER = 1
const ICMP_ECHO_REPLY = 0
const ICMPV6_ECHO_REPLY = 129
const RESEND_MS = 250

interface Pending {
  readonly probe: Probe
  readonly sequence: number
  sentAt: number
  result: ProbeResult | undefined
}

/** One raw socket in one namespace, with the probes that go out through it. */
interface Station {
  readonly fd: number
  readonly v6: boolean
  readonly identifier: number
  readonly bySequence: Map<number, Pending>
}

let nextIdentifier = (process.hrtime()[1] & 0x7fff) + 1

function open(table: NamespaceTable, namespace: string, v6: boolean): Station {
  const fd = table.inNetwork(namespace, () => libc.socket(v6 ? libc.AF_INET6 : libc.AF_INET, libc.SOCK_RAW | libc.SOCK_NONBLOCK, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
  try {
    libc.setOption(fd, libc.SOL_SOCKET, SO_RCVBUF, 1 << 20)
    // Let only echo replies through: a bit that is set is blocked (raw(7); RFC 3542, 3.2).
    if (v6) libc.setOptionBytes(fd, IPPROTO_ICMPV6, ICMPV6_FILTER, icmpv6Filter())
    else libc.setOption(fd, SOL_RAW, ICMP_FILTER, ~(1 << ICMP_ECHO_REPLY))
  } catch (error) {
    libc.close(fd)
    throw error
  }
  nextIdentifier = (nextIdentifier + 1) & 0xffff
  return { fd, v6, identifier: nextIdentifier, bySequence: new Map() }
}

function icmpv6Filter(): Uint8Array {
  const words = new Uint32Array(8).fill(0xffff_ffff)
  const word = ICMPV6_ECHO_REPLY >> 5
  words[word] = (words[word] as number) & ~(1 << (ICMPV6_ECHO_REPLY & 31))
  return new Uint8Array(words.buffer)
}

/** An echo request: type 8 (RFC 792) or 128 (RFC 4443), 16 bytes of data. The kernel fills in the checksum of ICMPv6 only. */
function echoRequest(station: Station, sequence: number): Uint8Array {
  const message = new Uint8Array(24)
  const view = new DataView(message.buffer)
  message[0] = station.v6 ? 128 : 8
  view.setUint16(4, station.identifier, false)
  view.setUint16(6, sequence, false)
  if (!station.v6) view.setUint16(2, checksum(message), false)
  return message
}

function transmit(station: Station, pending: Pending): void {
  const sent = libc.trySend(station.fd, echoRequest(station, pending.sequence), encodeSocketAddress(pending.probe.address, 0))
  // A full queue (EAGAIN, ENOBUFS) is tried again with the next round.
  if (sent < 0 && sent !== -11 && sent !== -105) pending.result = { ok: false, reason: libc.errnoName(-sent) }
}

const buffer = new Uint8Array(2048)

function collect(station: Station): void {
  for (;;) {
    const length = libc.tryReceive(station.fd, buffer)
    if (length < 0) {
      // An error that came back for a probe (no neighbour answered): the next receive goes on.
      if (length === -11) return
      continue
    }
    const start = station.v6 ? 0 : ((buffer[0] ?? 0) & 0xf) * 4
    if (length < start + 8) continue
    const view = new DataView(buffer.buffer, start)
    if (view.getUint16(4, false) !== station.identifier) continue
    const pending = station.bySequence.get(view.getUint16(6, false))
    if (pending !== undefined) pending.result ??= { ok: true, rttMs: performance.now() - pending.sentAt }
  }
}

/**
 * Sends all probes at once, from one raw socket for each namespace and family, and returns when all are answered or
 * the time is up. Unanswered ones are sent again every 250 ms: a burst may overflow a queue, which is no lack of connection.
 */
export async function probe(table: NamespaceTable, poller: Poller, request: AgentCalls['probe']['request']): Promise<ProbeResult[]> {
  const stations = new Map<string, Station>()
  const pendings: Pending[] = []
  try {
    for (const item of request.probes) {
      const v6 = item.address.includes(':')
      const key = `${v6 ? 6 : 4} ${item.namespace}`
      let station = stations.get(key)
      if (station === undefined) stations.set(key, (station = open(table, item.namespace, v6)))
      const pending: Pending = { probe: item, sequence: station.bySequence.size & 0xffff, sentAt: performance.now(), result: undefined }
      station.bySequence.set(pending.sequence, pending)
      pendings.push(pending)
    }
    await exchange(poller, [...stations.values()], request.timeoutMs)
  } finally {
    for (const { fd } of stations.values()) {
      poller.remove(fd)
      libc.close(fd)
    }
  }
  return pendings.map(({ result }) => result ?? { ok: false, reason: 'timeout' })
}

function exchange(poller: Poller, stations: readonly Station[], timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const open = (station: Station): Pending[] => [...station.bySequence.values()].filter(({ result }) => result === undefined)
    const finished = (): boolean => stations.every((station) => open(station).length === 0)
    const done = (): void => {
      clearInterval(resend)
      clearTimeout(limit)
      resolve()
    }
    const send = (station: Station): void => {
      for (const pending of open(station)) transmit(station, pending)
    }
    const resend = setInterval(() => {
      for (const station of stations) send(station)
      if (finished()) done()
    }, RESEND_MS)
    const limit = setTimeout(done, timeoutMs)
    for (const station of stations) {
      for (const pending of station.bySequence.values()) pending.sentAt = performance.now()
      send(station)
      poller.add(station.fd, 'read', () => {
        collect(station)
        if (finished()) done()
      })
    }
    if (finished()) done()
  })
}
