import { EmbeddedFaucet } from '@streambed/faucet'

/** How many times faster than everybody else's the clock goes at first: stacks take seconds to come up. */
const speed = 10

/** A clock that hurries until it is told to go as others do: then hosts are not forgotten before their time. */
class HastyClock {
  #time = Date.now() / 1000
  #since = performance.now()
  #rate = speed

  now(): number {
    return this.#time + ((performance.now() - this.#since) / 1000) * this.#rate
  }

  wall(): number {
    return Date.now() / 1000
  }

  every(seconds: number, action: () => void): () => void {
    const timer = setInterval(action, (seconds * 1000) / speed)
    return () => clearInterval(timer)
  }

  after(seconds: number, action: () => void): () => void {
    const timer = setTimeout(action, (seconds * 1000) / speed)
    return () => clearTimeout(timer)
  }

  slowDown(): void {
    this.#time = this.now()
    this.#since = performance.now()
    this.#rate = 1
  }
}

/** The controller of this package, with one configuration. */
export class OurFaucet {
  readonly #faucet: EmbeddedFaucet
  readonly #clock: HastyClock
  readonly log: string[]

  private constructor(faucet: EmbeddedFaucet, clock: HastyClock, log: string[]) {
    this.#faucet = faucet
    this.#clock = clock
    this.log = log
  }

  static async start(yaml: string): Promise<OurFaucet> {
    const log: string[] = []
    const clock = new HastyClock()
    const faucet = await EmbeddedFaucet.start({
      config: yaml,
      listen: 'ptcp:0:127.0.0.1',
      clock,
      onLog: ({ level, dpName, text }) => log.push(`${level} ${dpName} ${text}`),
    })
    return new OurFaucet(faucet, clock, log)
  }

  /** What its switches are to connect to. */
  get target(): string {
    const [at] = this.#faucet.listening
    if (at?.type !== 'ptcp') throw new Error('it does not listen')
    return `tcp:127.0.0.1:${at.port}`
  }

  /**
   * Waits until the switches are connected, the ends of stack links are up, and all is done that was to be done.
   * @param links how many ends of stack links are to be up
   * @returns how many are: fewer, when they do not come up in some seconds
   */
  async settle(links: number): Promise<number> {
    await this.#faucet.ready({ timeout: 10_000 })
    const up = 3
    const linksUp = () => [...this.#faucet.network.stack.ports.values()].filter((state) => state === up).length
    if (linksUp() < links) {
      const limit = AbortSignal.timeout(5000)
      for await (const _ of this.#faucet.events({ signal: limit })) if (linksUp() >= links) break
    }
    // The answer of a switch to a barrier comes after the packets that it has sent, which are dealt with a moment later.
    for (let i = 0; i < 3; i++) {
      await this.#faucet.portsUp(this.#somePorts())
      await new Promise(setImmediate)
    }
    return linksUp()
  }

  /** The stack is up: from now on its time goes as everybody's. */
  slowDown(): void {
    this.#clock.slowDown()
  }

  async close(): Promise<void> {
    await this.#faucet.close()
  }

  /** A port of each dataplane that is up, to wait for what its switch has confirmed. */
  #somePorts(): { dpId: bigint; port: number }[] {
    return [...this.#faucet.network.dps.values()].flatMap(({ dp, ports }) => {
      const port = [...ports].find(([, { up }]) => up)?.[0]
      return port === undefined ? [] : [{ dpId: dp.dp_id, port }]
    })
  }
}
