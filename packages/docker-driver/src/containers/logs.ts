import type { Readable } from 'node:stream'
import { hasFired, type EngineApi } from './engine-api.js'
import { FrameDecoder, type FrameStream } from './frames.js'

const LF = 0x0a
const SPACE = 0x20

/** A line that a container wrote. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr'
  /** Without its line end. */
  readonly line: string
  readonly time: Date
}

/** Which lines of a container's log. */
export interface LogOptions {
  /** Go on with new lines until it ends. Default false. */
  readonly follow?: boolean | undefined
  /** Only lines from then on. */
  readonly since?: Date | undefined
  /** Only so many lines from the end. Default: all. */
  readonly tail?: number | undefined
  /** Default true. */
  readonly stdout?: boolean | undefined
  /** Default true. */
  readonly stderr?: boolean | undefined
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined
}

/** The log of a container. `tty`: its output is one stream, without frames. */
export async function* readLogs(api: EngineApi, id: string, where: string, tty: boolean, options: LogOptions = {}): AsyncGenerator<LogLine> {
  const { follow = false, since, tail, stdout = true, stderr = true, signal } = options
  if (hasFired(signal) || !(stdout || stderr)) return
  const answer = await api.stream({
    path: `/containers/${id}/logs`,
    query: { follow, stdout, stderr, timestamps: true, tail: tail ?? 'all', since: since === undefined ? undefined : (since.getTime() / 1000).toFixed(3) },
    what: `read the log of ${where}`,
  })
  const stop = (): void => void answer.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  // Fired while Docker was asked.
  if (hasFired(signal)) stop()
  const lines = new LineCollector()
  const decoder = new FrameDecoder((stream, bytes, last) => lines.piece(stream, bytes, last))
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (tty) lines.raw(chunk)
      else decoder.push(chunk)
      yield* lines.take()
    }
  } catch (error) {
    if (!hasFired(signal) && !isCut(error)) throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    answer.destroy()
  }
  if (hasFired(signal)) return
  lines.end()
  yield* lines.take()
}

/** Docker went away, or was told to: what came until then is the log. */
function isCut(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED'
}

/** Docker cuts lines of more than 16 KiB, and puts the time in front of each part: a part without a line end goes on in the next frame of its stream. */
export class LineCollector {
  readonly #frames: Record<FrameStream, Buffer[]> = { stdout: [], stderr: [] }
  readonly #lines: Record<FrameStream, { readonly time: Date; readonly parts: Buffer[] } | undefined> = { stdout: undefined, stderr: undefined }
  #ready: LogLine[] = []
  #rest = Buffer.alloc(0)

  piece(stream: FrameStream, bytes: Buffer, last: boolean): void {
    this.#frames[stream].push(bytes)
    if (!last) return
    const frame = Buffer.concat(this.#frames[stream])
    this.#frames[stream] = []
    this.#part(stream, frame)
  }

  /** Of a terminal: lines, each with its time. */
  raw(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (let end = this.#rest.indexOf(LF); end >= 0; end = this.#rest.indexOf(LF)) {
      this.#part('stdout', this.#rest.subarray(0, end + 1))
      this.#rest = this.#rest.subarray(end + 1)
    }
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#rest.length > 0) this.#part('stdout', this.#rest)
    for (const stream of ['stdout', 'stderr'] as const) this.#finish(stream)
  }

  take(): readonly LogLine[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  #part(stream: FrameStream, part: Buffer): void {
    const space = part.indexOf(SPACE)
    const ended = part.at(-1) === LF
    const line = (this.#lines[stream] ??= { time: new Date(part.toString('latin1', 0, space)), parts: [] })
    line.parts.push(part.subarray(space + 1, ended ? -1 : undefined))
    if (ended) this.#finish(stream)
  }

  #finish(stream: FrameStream): void {
    const line = this.#lines[stream]
    if (line === undefined) return
    this.#lines[stream] = undefined
    // Decoded as a whole: a cut may go through a character.
    const text = Buffer.concat(line.parts).toString('utf8')
    this.#ready.push({ stream, line: text.endsWith('\r') ? text.slice(0, -1) : text, time: line.time })
  }
}

/** A stream's bytes. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
