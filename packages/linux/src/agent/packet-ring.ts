import * as libc from './libc.js'

const BATCH = 16
const FRAME_SIZE = 65_536 + 64
const CONTROL_SIZE = 128
const MMSGHDR_SIZE = 64
const SOL_PACKET = 263
const PACKET_AUXDATA = 8
const SO_TIMESTAMPNS = 35
const TP_STATUS_VLAN_VALID = 1 << 4
const TP_STATUS_VLAN_TPID_VALID = 1 << 6
const RECORD_HEADER = 16

const frames = Array.from({ length: BATCH }, () => new Uint8Array(FRAME_SIZE))
const controls = Array.from({ length: BATCH }, () => new Uint8Array(CONTROL_SIZE))
const headers = new Uint8Array(MMSGHDR_SIZE * BATCH)
const headerView = new DataView(headers.buffer)
const vectors = new Uint8Array(16 * BATCH)

/** Fills in the `struct mmsghdr` array: where frames and their control messages go. */
function prepare(): void {
  const vectorView = new DataView(vectors.buffer)
  for (let i = 0; i < BATCH; i++) {
    const at = i * MMSGHDR_SIZE
    vectorView.setBigUint64(i * 16, libc.addressOf(frames[i] as Uint8Array), true)
    vectorView.setBigUint64(i * 16 + 8, BigInt(FRAME_SIZE), true)
    headerView.setBigUint64(at + 16, libc.addressOf(vectors) + BigInt(i * 16), true)
    headerView.setBigUint64(at + 24, 1n, true)
    headerView.setBigUint64(at + 32, libc.addressOf(controls[i] as Uint8Array), true)
  }
}

let prepared = false

/** What the kernel says beside a frame: when it came, and the VLAN tag that it took off (packet(7), PACKET_AUXDATA). */
export interface FrameInfo {
  seconds: number
  nanoseconds: number
  tag: { readonly tpid: number; readonly tci: number } | undefined
}

/** Reads the control messages of a frame (`struct cmsghdr`, cmsg(3)). */
export function readControl(bytes: Uint8Array, length: number): FrameInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const info: FrameInfo = { seconds: 0, nanoseconds: 0, tag: undefined }
  for (let at = 0; at + 16 <= length; ) {
    const size = Number(view.getBigUint64(at, true))
    if (size < 16) break
    const level = view.getInt32(at + 8, true)
    const type = view.getInt32(at + 12, true)
    if (level === libc.SOL_SOCKET && type === SO_TIMESTAMPNS) {
      info.seconds = Number(view.getBigInt64(at + 16, true))
      info.nanoseconds = Number(view.getBigInt64(at + 24, true))
    } else if (level === SOL_PACKET && type === PACKET_AUXDATA) {
      const status = view.getUint32(at + 16, true)
      if ((status & TP_STATUS_VLAN_VALID) !== 0) {
        const tpid = (status & TP_STATUS_VLAN_TPID_VALID) !== 0 ? view.getUint16(at + 34, true) : 0x8100
        info.tag = { tpid, tci: view.getUint16(at + 32, true) }
      }
    }
    at += (size + 7) & ~7
  }
  return info
}

/** Reads frames of a packet socket, several with one system call, and writes them as pcap records (nanoseconds, little-endian). */
export class PacketRing {
  constructor(
    private readonly fd: number,
    private readonly snapLength: number,
  ) {
    libc.setOption(fd, libc.SOL_SOCKET, SO_TIMESTAMPNS, 1)
  }

  /** Up to 16 frames; `more` is false when the socket is empty. */
  read(): { readonly count: number; readonly more: boolean; readonly bytes: Uint8Array } {
    if (!prepared) prepare()
    prepared = true
    for (let i = 0; i < BATCH; i++) {
      headerView.setBigUint64(i * MMSGHDR_SIZE + 40, BigInt(CONTROL_SIZE), true)
      headerView.setUint32(i * MMSGHDR_SIZE + 48, 0, true)
    }
    const count = libc.tryReceiveMany(this.fd, headers, BATCH)
    if (count <= 0) return { count: 0, more: false, bytes: new Uint8Array(0) }
    const records: Uint8Array[] = []
    for (let i = 0; i < count; i++) {
      const length = headerView.getUint32(i * MMSGHDR_SIZE + 56, true)
      const controlLength = Number(headerView.getBigUint64(i * MMSGHDR_SIZE + 40, true))
      records.push(encodeRecord(frames[i] as Uint8Array, length, readControl(controls[i] as Uint8Array, controlLength), this.snapLength))
    }
    return { count, more: count === BATCH, bytes: Buffer.concat(records) }
  }
}

/** One pcap record: header, frame, and the VLAN tag back where it was on the wire. `frame` holds the first bytes of a frame of `length`. */
export function encodeRecord(frame: Uint8Array, length: number, info: FrameInfo, snapLength: number): Uint8Array {
  const tag = length < 12 ? undefined : info.tag
  const tagSize = tag === undefined ? 0 : 4
  const original = length + tagSize
  const captured = Math.min(original, snapLength, frame.length + tagSize)
  const record = new Uint8Array(RECORD_HEADER + captured)
  const view = new DataView(record.buffer)
  view.setUint32(0, info.seconds, true)
  view.setUint32(4, info.nanoseconds, true)
  view.setUint32(8, captured, true)
  view.setUint32(12, original, true)
  const bytes = record.subarray(RECORD_HEADER)
  if (tag === undefined) {
    bytes.set(frame.subarray(0, captured))
    return record
  }
  bytes.set(frame.subarray(0, Math.min(12, captured)))
  const tagBytes = [tag.tpid >> 8, tag.tpid & 0xff, tag.tci >> 8, tag.tci & 0xff]
  bytes.set(tagBytes.slice(0, Math.max(0, captured - 12)), Math.min(12, captured))
  if (captured > 16) bytes.set(frame.subarray(12, captured - 4), 16)
  return record
}
