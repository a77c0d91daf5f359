import { Reconnect } from '../../transport/reconnect.js'

/** What an {@link InactivityProbe} does and asks. */
export interface InactivityProbeOptions {
  /** Milliseconds of silence after which to probe, and again as many after which to give up. */
  readonly interval: number
  /** Whether the owner reads at the moment: the silence of one that it does not listen to does not count. */
  readonly isReading: () => boolean
  /** Send something that must be answered. */
  readonly onProbe: () => void
  /** The other side has not sent anything for so many milliseconds since the probe. */
  readonly onSilence: (milliseconds: number) => void
}

/** Milliseconds between looks at an owner that does not read. */
const busyInterval = 100

/** Asks a silent peer whether it is there, and gives it up when it says nothing (as the `rconn` of Open vSwitch does). */
export class InactivityProbe {
  readonly #options: InactivityProbeOptions
  readonly #state: Reconnect
  #timer: NodeJS.Timeout | undefined
  #judgement: NodeJS.Immediate | undefined

  /** Starts with a connection that has just been made. */
  constructor(options: InactivityProbeOptions) {
    this.#options = options
    const now = performance.now()
    this.#state = new Reconnect(now, { probeInterval: options.interval })
    this.#state.enable(now)
    this.#state.connecting(now)
    this.#state.connected(now)
    this.#schedule()
  }

  /** Something came from the other side. */
  heard(): void {
    const wasIdle = this.#state.state === 'idle'
    this.#state.activity(performance.now())
    if (wasIdle) this.#schedule()
  }

  /** Stops for good. */
  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#judgement)
    this.#state.disable(performance.now())
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#judgement)
    const now = performance.now()
    const deadline = this.#state.deadline(now)
    if (deadline === undefined) return
    const soonest = this.#options.isReading() ? 0 : busyInterval
    this.#timer = setTimeout(() => this.#wake(), Math.max(soonest, Math.ceil(deadline - now)))
  }

  /** Judges only after input that is there has been read: this process may have been too busy to. */
  #wake(): void {
    this.#judgement = setImmediate(() => this.#judge())
  }

  #judge(): void {
    const now = performance.now()
    if (this.#options.isReading()) this.#state.receiveAttempted(now)
    switch (this.#state.run(now)) {
      case 'probe':
        this.#options.onProbe()
        break
      case 'disconnect':
        this.stop()
        return this.#options.onSilence(this.#options.interval)
    }
    this.#schedule()
  }
}
