import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { LinuxError } from '../errors.js'
import { decodePacket, type Packet } from '../packet/index.js'
import { PcapReader, pcapHeader } from '../pcap/index.js'
import { takeStream } from './channel.js'
import type { Sandbox } from './sandbox.js'

/** What is captured, and where it goes. */
export interface CaptureOptions {
  /** Write a pcap file (nanoseconds, LINKTYPE_ETHERNET) as well. */
  readonly file?: string | undefined
  /** Bytes of a frame that are kept; default 262,144, all of it. */
  readonly snapLength?: number | undefined
  /** See frames that are not for this host's MAC too. Default true. */
  readonly promiscuous?: boolean | undefined
  /** Keep only packets for which it returns true (the file has all). */
  readonly filter?: ((packet: CapturedPacket) => boolean) | undefined
  /** Packets that may wait for the iterator before the oldest are dropped and counted; default 100,000. */
  readonly limit?: number | undefined
}

/** A decoded packet with the time it passed the interface. */
export interface CapturedPacket extends Packet {
  /** Nanoseconds since 1970, by the kernel. */
  readonly timestampNs: bigint
  /** Length on the wire, bytes; more than `frame.length` when it was cut to `snapLength`. */
  readonly originalLength: number
}

/** How many frames there were. */
export interface CaptureStatistics {
  readonly received: number
  /** Lost in the kernel because this process was too slow. */
  readonly dropped: number
  /** Thrown away because nobody took them from the iterator. */
  readonly discarded: number
}

/** A running capture: an async iterator of packets. Ends with `close()`, with the testbed, or with `return()` of the iterator (`break`). */
export interface Capture extends AsyncIterableIterator<CapturedPacket>, AsyncDisposable {
  readonly interfaceName: string
  /** Stops; packets that arrived before can still be taken. Resolves when the file is complete; rejects when it could not be written. */
  close(): Promise<CaptureStatistics>
  /** The next packet that `test` accepts; rejects with `timeout` after `timeoutMs` (default 5000). Packets before it are passed over. */
  find(test: (packet: CapturedPacket) => boolean, timeoutMs?: number): Promise<CapturedPacket>
  /** Everything that has arrived and was not yet taken. */
  take(): CapturedPacket[]
}

/** Starts a capture on an interface of a namespace. When it resolves, every frame from now on is recorded. */
export async function captureIn(sandbox: Sandbox, namespace: string, name: string, options: CaptureOptions = {}, shownName = name): Promise<Capture> {
  const { snapLength = 262_144 } = options
  if (!Number.isInteger(snapLength) || snapLength < 1 || snapLength > 262_144) throw new LinuxError('invalid', `snapLength ${snapLength} is none: a whole number of bytes from 1 to 262144`)
  const number = sandbox.nextNumber()
  const file = options.file === undefined ? undefined : await Recording.open(options.file)
  try {
    const { handles } = await sandbox.callForHandles('capture', {
      namespace,
      interface: name,
      snapLength,
      promiscuous: options.promiscuous !== false,
      capture: number,
    })
    return new RunningCapture(sandbox, namespace, number, shownName, takeStream(handles, 'records', { writable: false }), file, options)
  } catch (error) {
    file?.stream.destroy()
    throw error
  }
}

/** The file of a capture. A full disk ends the recording, not the capture or this process. */
class Recording {
  failure: LinuxError | undefined

  private constructor(readonly stream: WriteStream) {
    stream.on('error', (cause) => {
      this.failure ??= new LinuxError('kernel', `cannot write the capture file: ${cause.message}`, { cause })
    })
    stream.write(pcapHeader({ nanoseconds: true }))
  }

  static async open(path: string): Promise<Recording> {
    const stream = createWriteStream(path)
    try {
      await once(stream, 'open')
    } catch (cause) {
      throw new LinuxError('invalid', `cannot write the capture file: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
    return new Recording(stream)
  }

  /** Writes records; calls `resume` later, and returns false, when no more should come before that. */
  write(chunk: Uint8Array, resume: () => void): boolean {
    if (this.stream.destroyed || this.stream.write(chunk)) return true
    const done = (): void => {
      this.stream.off('drain', done).off('close', done)
      resume()
    }
    this.stream.on('drain', done).on('close', done)
    return false
  }

  async end(): Promise<void> {
    this.stream.end()
    await finished(this.stream).catch(() => undefined)
  }
}

type Waiter = { readonly resolve: (result: IteratorResult<CapturedPacket, undefined>) => void; readonly reject: (error: Error) => void }

class RunningCapture implements Capture {
  readonly #reader = new PcapReader()
  readonly #queue: CapturedPacket[] = []
  readonly #waiters: Waiter[] = []
  readonly #done: Promise<void>
  readonly #disown: () => void
  #discarded = 0
  #ended = false
  #failure: Error | undefined
  #statistics: Promise<CaptureStatistics> | undefined

  constructor(
    private readonly sandbox: Sandbox,
    namespace: string,
    private readonly number: number,
    readonly interfaceName: string,
    private readonly records: Socket,
    private readonly file: Recording | undefined,
    private readonly options: CaptureOptions,
  ) {
    this.#reader.push(pcapHeader({ nanoseconds: true }))
    records.on('error', () => undefined)
    records.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#done = new Promise((resolve) => records.once('close', resolve)).then(() => this.#end())
    this.#disown = sandbox.owned.add({
      end: async (reason) => {
        this.#failure ??= reason
        records.destroy()
        await this.#done
      },
    }, namespace)
  }

  close(): Promise<CaptureStatistics> {
    this.#statistics ??= this.#stop()
    return this.#statistics
  }

  async #stop(): Promise<CaptureStatistics> {
    // The agent sends what has arrived up to now and then ends the stream; when the sandbox is gone, so is the stream.
    const counts = await this.sandbox.call('endCapture', { capture: this.number }).catch(() => ({ received: 0, dropped: 0 }))
    await this.#done
    if (this.file?.failure !== undefined) throw this.file.failure
    return { ...counts, discarded: this.#discarded }
  }

  take(): CapturedPacket[] {
    return this.#queue.splice(0)
  }

  async find(test: (packet: CapturedPacket) => boolean, timeoutMs = 5000): Promise<CapturedPacket> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const result = await this.#nextBefore(deadline, timeoutMs)
      if (result.done === true) throw new LinuxError('closed', `the capture on ${this.interfaceName} ended before the packet came`)
      if (test(result.value)) return result.value
    }
  }

  #nextBefore(deadline: number, timeoutMs: number): Promise<IteratorResult<CapturedPacket, undefined>> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (result) => {
          clearTimeout(timer)
          resolve(result)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        const at = this.#waiters.indexOf(waiter)
        if (at >= 0) this.#waiters.splice(at, 1)
        reject(new LinuxError('timeout', `no such packet on ${this.interfaceName} in ${timeoutMs} ms`))
      }, Math.max(0, deadline - Date.now()))
      this.#wait(waiter)
    })
  }

  next(): Promise<IteratorResult<CapturedPacket, undefined>> {
    return new Promise((resolve, reject) => this.#wait({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<CapturedPacket, undefined>> {
    await this.close()
    this.#queue.length = 0
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #wait(waiter: Waiter): void {
    const packet = this.#queue.shift()
    if (packet !== undefined) waiter.resolve({ done: false, value: packet })
    else if (this.#failure !== undefined) waiter.reject(this.#failure)
    else if (this.#ended) waiter.resolve({ done: true, value: undefined })
    else this.#waiters.push(waiter)
  }

  #receive(chunk: Buffer): void {
    if (this.file?.write(chunk, () => this.records.resume()) === false) this.records.pause()
    for (const record of this.#reader.push(chunk)) {
      const packet: CapturedPacket = { ...decodePacket(record.bytes), timestampNs: record.timestampNs, originalLength: record.originalLength }
      if (this.options.filter !== undefined && !this.options.filter(packet)) continue
      const waiter = this.#waiters.shift()
      if (waiter !== undefined) waiter.resolve({ done: false, value: packet })
      else {
        this.#queue.push(packet)
        if (this.#queue.length > (this.options.limit ?? 100_000)) {
          this.#queue.shift()
          this.#discarded += 1
        }
      }
    }
  }

  async #end(): Promise<void> {
    this.#disown()
    if (this.#statistics === undefined && this.#failure === undefined) {
      // Nobody here ended it: the agent did, with the host, or died, and then its end is the reason.
      await this.sandbox.call('endCapture', { capture: this.number }).catch((error: Error) => (this.#failure ??= error))
    }
    this.#ended = true
    for (const waiter of this.#waiters.splice(0)) {
      if (this.#failure === undefined) waiter.resolve({ done: true, value: undefined })
      else waiter.reject(this.#failure)
    }
    await this.file?.end()
  }
}
