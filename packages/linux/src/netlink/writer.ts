import { endianness } from 'node:os'
import { NLA_F_NESTED, NLM_F_ACK, NLMSG_HDRLEN } from './constants.js'

const littleEndian = endianness() === 'LE'

/** A place in a batch where the agent must write the file descriptor of a namespace before it sends the batch. */
export interface NamespaceReference {
  /** Offset of the native-endian u32 in the batch. */
  readonly offset: number
  /** Which namespace's file descriptor belongs there. */
  readonly namespace: string
}

/**
 * Writes netlink messages one behind the other into one growing buffer, to be sent with one system call.
 * Lengths of messages and of nested attributes are filled in when they end, and everything is
 * aligned to four bytes (NLMSG_ALIGNTO, NLA_ALIGNTO). Padding is always written as zero.
 */
export class NetlinkWriter {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  #sequence = 0
  readonly #references: NamespaceReference[] = []
  readonly #labels: string[] = []
  readonly #starts: number[] = []

  /** Everything written so far (a view, valid until the next write). */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Where file descriptors of namespaces have still to be written. */
  get references(): readonly NamespaceReference[] {
    return this.#references
  }

  /** What each message does, in words: the label of sequence number n stands at n - 1. */
  get labels(): readonly string[] {
    return this.#labels
  }

  /**
   * Asks for an acknowledgement of the last message only: the kernel works a batch off in order and reports
   * refusals in any case, so one acknowledgement says that all are done, in one receive call instead of one for each.
   */
  finish(): this {
    for (const at of this.#starts.slice(0, -1)) {
      const flags = this.#view.getUint16(at + 6, littleEndian)
      this.#view.setUint16(at + 6, flags & ~NLM_F_ACK, littleEndian)
    }
    return this
  }

  /**
   * Appends one message. Sequence numbers count from 1.
   * @param label what the message does, in words, for the error if the kernel refuses it
   */
  message(label: string, type: number, flags: number, body: (writer: this) => void): this {
    const start = this.#reserve(NLMSG_HDRLEN)
    this.#labels.push(label)
    this.#starts.push(start)
    this.#view.setUint16(start + 4, type, littleEndian)
    this.#view.setUint16(start + 6, flags, littleEndian)
    this.#view.setUint32(start + 8, ++this.#sequence, littleEndian)
    body(this)
    this.#view.setUint32(start, this.#length - start, littleEndian)
    this.#align()
    return this
  }

  u8(value: number): this {
    // First the room: it may need another buffer, and with it another view.
    const at = this.#reserve(1)
    this.#view.setUint8(at, value)
    return this
  }

  u16(value: number): this {
    const at = this.#reserve(2)
    this.#view.setUint16(at, value, littleEndian)
    return this
  }

  u32(value: number): this {
    const at = this.#reserve(4)
    this.#view.setUint32(at, value, littleEndian)
    return this
  }

  i32(value: number): this {
    const at = this.#reserve(4)
    this.#view.setInt32(at, value, littleEndian)
    return this
  }

  u64(value: bigint): this {
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, value, littleEndian)
    return this
  }

  /** A u16 in network byte order. */
  be16(value: number): this {
    const at = this.#reserve(2)
    this.#view.setUint16(at, value, false)
    return this
  }

  raw(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** One attribute (`struct nlattr`): its length covers the body without the padding behind it. */
  attribute(type: number, body: (writer: this) => void): this {
    const start = this.#reserve(4)
    this.#view.setUint16(start + 2, type, littleEndian)
    body(this)
    this.#view.setUint16(start, this.#length - start, littleEndian)
    this.#align()
    return this
  }

  /** An attribute that holds attributes; carries the NLA_F_NESTED flag. */
  nested(type: number, body: (writer: this) => void): this {
    return this.attribute(type | NLA_F_NESTED, body)
  }

  attributeU8(type: number, value: number): this {
    return this.attribute(type, (w) => w.u8(value))
  }

  attributeU16(type: number, value: number): this {
    return this.attribute(type, (w) => w.u16(value))
  }

  attributeU32(type: number, value: number): this {
    return this.attribute(type, (w) => w.u32(value))
  }

  attributeBytes(type: number, value: Uint8Array): this {
    return this.attribute(type, (w) => w.raw(value))
  }

  /** A string with its terminating zero. */
  attributeString(type: number, value: string): this {
    return this.attribute(type, (w) => w.raw(new TextEncoder().encode(`${value}\0`)))
  }

  /** A u32 attribute whose value is the descriptor of a namespace, known only to the agent. */
  attributeNamespace(type: number, namespace: string): this {
    return this.attribute(type, (w) => {
      this.#references.push({ offset: this.#length, namespace })
      w.u32(0xffff_ffff)
    })
  }

  #align(): void {
    this.#reserve((4 - (this.#length & 3)) & 3)
  }

  /** Room for `size` zeroed bytes; returns where they begin. */
  #reserve(size: number): number {
    const start = this.#length
    this.#length += size
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return start
  }
}
