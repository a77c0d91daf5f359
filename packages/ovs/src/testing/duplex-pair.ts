import { Duplex } from 'node:stream'

/** Options of {@link duplexPair}. */
export interface DuplexPairOptions {
  /** Cuts what is written into chunks of this many bytes, as a network may. Defaults to no cutting. */
  readonly chunkBytes?: number
}

/** Two streams, each of which reads what is written to the other: a socket pair in memory. */
export function duplexPair(options: DuplexPairOptions = {}): [Duplex, Duplex] {
  const chunkBytes = options.chunkBytes ?? Infinity
  const a = new Side(chunkBytes)
  const b = new Side(chunkBytes)
  a.other = b
  b.other = a
  return [a, b]
}

class Side extends Duplex {
  other: Side | undefined
  readonly #chunkBytes: number
  /** Called when the reader wants more: the other side's write is then over. */
  #onRead: (() => void) | undefined

  constructor(chunkBytes: number) {
    super({ allowHalfOpen: true })
    this.#chunkBytes = chunkBytes
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.other?.receive(chunk, done)
  }

  override _final(done: () => void): void {
    this.other?.push(null)
    done()
  }

  override _read(): void {
    const onRead = this.#onRead
    this.#onRead = undefined
    onRead?.()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { other } = this
    // A socket whose other end is gone reads its end.
    if (other && !other.destroyed && !other.readableEnded) process.nextTick(() => other.push(null))
    done(error)
  }

  receive(chunk: Buffer, done: () => void): void {
    if (this.destroyed) return done()
    let wantsMore = true
    for (let at = 0; at < chunk.length; at += this.#chunkBytes)
      wantsMore = this.push(chunk.subarray(at, at + this.#chunkBytes))
    if (wantsMore) done()
    else this.#onRead = done
  }
}
