import { Socket } from 'node:net'
import { LinuxError } from '../errors.js'
import { passStream } from './channel.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { Poller } from './poller.js'
import type { AgentCalls } from './protocol.js'
import { PacketRing } from './packet-ring.js'

const ETH_P_ALL_BE = 0x0300
const SOL_PACKET = 263
const PACKET_ADD_MEMBERSHIP = 1
const PACKET_STATISTICS = 6
const PACKET_AUXDATA = 8
const PACKET_MR_PROMISC = 1
const SO_RCVBUF = 8
const SO_ATTACH_FILTER = 26
const BPF_RET = 0x06
const SIOCGIFINDEX = 0x8933
/** Stop reading from the kernel while so much waits for a slow reader; what then overflows is counted as dropped. */
const HIGH_WATER = 8 * 1024 * 1024

/** Reads from the kernel (of up to 16 frames each) before other work gets its turn. */
const TURNS = 32

interface Capture {
  readonly namespace: string
  readonly fd: number
  readonly ring: PacketRing
  readonly sink: Socket
  received: number
}

/** Packet sockets (packet(7)) whose frames go to the library as pcap records. */
export class CaptureTable {
  readonly #captures = new Map<number, Capture>()

  constructor(
    private readonly namespaces: NamespaceTable,
    private readonly poller: Poller,
  ) {}

  /** Begins to capture; when it returns, every frame from now on is recorded. */
  async start(id: number, request: AgentCalls['capture']['request']): Promise<undefined> {
    const fd = this.namespaces.inNetwork(request.namespace, () => open(request))
    const [ours, theirs] = libc.socketPair()
    const sink = new Socket({ fd: ours, readable: true, writable: true })
    const ring = new PacketRing(fd, request.snapLength)
    const capture: Capture = { namespace: request.namespace, fd, ring, sink, received: 0 }
    this.#captures.set(request.capture, capture)
    sink.on('error', () => undefined)
    sink.on('close', () => this.end(request.capture))
    sink.resume()
    const read = (): void => {
      if (!this.#captures.has(request.capture)) return
      // Not until it is empty: on a busy interface that would keep the agent from everything else. The poller comes back.
      for (let turn = 0; turn < TURNS; turn++) {
        const records = ring.read()
        capture.received += records.count
        if (records.count > 0) sink.write(records.bytes)
        if (!records.more) return
        if (sink.writableLength > HIGH_WATER) {
          this.poller.remove(fd)
          sink.once('drain', () => {
            if (this.#captures.has(request.capture)) this.poller.add(fd, 'read', read)
          })
          return
        }
      }
    }
    await passStream(id, 'records', theirs)
    this.poller.add(fd, 'read', read)
    return undefined
  }

  /** Ends the captures of a namespace, which they would keep alive. */
  endIn(namespace: string): void {
    for (const [number, capture] of this.#captures) if (capture.namespace === namespace) this.end(number)
  }

  /** Ends a capture after the frames that have already arrived; tells how many were recorded and how many the kernel dropped. */
  end(number: number): { received: number; dropped: number } {
    const capture = this.#captures.get(number)
    if (capture === undefined) return { received: 0, dropped: 0 }
    this.#captures.delete(number)
    this.poller.remove(capture.fd)
    // No frame from now on, or a busy interface would keep this from ending.
    deafen(capture.fd)
    if (!capture.sink.destroyed) {
      for (let more = true; more; ) {
        const records = capture.ring.read()
        more = records.more
        capture.received += records.count
        if (records.count > 0) capture.sink.write(records.bytes)
      }
    }
    const statistics = new DataView(libc.getOption(capture.fd, SOL_PACKET, PACKET_STATISTICS, 8).buffer)
    const dropped = statistics.getUint32(4, true)
    libc.close(capture.fd)
    capture.sink.end()
    return { received: capture.received, dropped }
  }
}

/** Lets a packet socket receive nothing more, with the filter "return 0" (`struct sock_fprog`); what it has received stays. */
function deafen(fd: number): void {
  const instruction = new Uint8Array(8)
  new DataView(instruction.buffer).setUint16(0, BPF_RET, true)
  const program = new Uint8Array(16)
  const view = new DataView(program.buffer)
  view.setUint16(0, 1, true)
  view.setBigUint64(8, libc.addressOf(instruction), true)
  libc.setOptionBytes(fd, libc.SOL_SOCKET, SO_ATTACH_FILTER, program)
}

/** Opens a packet socket that gets the frames of one interface, both ways. */
function open(request: AgentCalls['capture']['request']): number {
  // Protocol 0 until it is bound: otherwise it would collect frames of every interface in between.
  const fd = libc.socket(libc.AF_PACKET, libc.SOCK_RAW | libc.SOCK_NONBLOCK, 0)
  try {
    const ifreq = new Uint8Array(40)
    ifreq.set(new TextEncoder().encode(request.interface).subarray(0, 15))
    try {
      libc.ioctl('SIOCGIFINDEX', fd, SIOCGIFINDEX, ifreq)
    } catch (cause) {
      throw new LinuxError('invalid', `there is no interface "${request.interface}" in the host`, { cause })
    }
    const index = new DataView(ifreq.buffer).getInt32(16, true)
    libc.setOption(fd, SOL_PACKET, PACKET_AUXDATA, 1)
    try {
      libc.setOption(fd, libc.SOL_SOCKET, SO_RCVBUF, 8 * 1024 * 1024)
    } catch {
      // The system's limit (net.core.rmem_max) applies.
    }
    if (request.promiscuous) {
      const membership = new Uint8Array(16)
      const view = new DataView(membership.buffer)
      view.setInt32(0, index, true)
      view.setUint16(4, PACKET_MR_PROMISC, true)
      libc.setOptionBytes(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
    }
    const address = new Uint8Array(20)
    const view = new DataView(address.buffer)
    view.setUint16(0, libc.AF_PACKET, true)
    view.setUint16(2, ETH_P_ALL_BE, true)
    view.setInt32(4, index, true)
    libc.bind(fd, address)
    return fd
  } catch (error) {
    libc.close(fd)
    throw error
  }
}
