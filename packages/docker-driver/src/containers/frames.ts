/** What a frame belongs to. Docker numbers them 0 (stdin, which it also sends as 1), 1, 2. */
export type FrameStream = 'stdout' | 'stderr'

const HEADER = 8

/**
 * Takes Docker's stream of two outputs apart (API, "Attach to a container: Stream format"): a byte for the stream, three of zero, four for the length,
 * and so many bytes. What is passed on are views of what came, nothing is copied.
 */
export class FrameDecoder {
  readonly #header = Buffer.alloc(HEADER)
  #have = 0
  #left = 0
  #stream: FrameStream = 'stdout'

  /** @param onPiece a part of a frame; `last`: it is the last of its frame */
  constructor(private readonly onPiece: (stream: FrameStream, bytes: Buffer, last: boolean) => void) {}

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#left === 0) {
        const copied = chunk.copy(this.#header, this.#have, at, at + HEADER - this.#have)
        this.#have += copied
        at += copied
        if (this.#have < HEADER) return
        this.#have = 0
        this.#stream = this.#header[0] === 2 ? 'stderr' : 'stdout'
        this.#left = this.#header.readUInt32BE(4)
        if (this.#left === 0) this.onPiece(this.#stream, Buffer.alloc(0), true)
        continue
      }
      const end = Math.min(chunk.length, at + this.#left)
      this.#left -= end - at
      this.onPiece(this.#stream, chunk.subarray(at, end), this.#left === 0)
      at = end
    }
  }
}
