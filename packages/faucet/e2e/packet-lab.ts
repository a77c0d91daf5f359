import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { DaemonControl, daemonFiles } from '@streambed/ovs'
import type { Clock } from '@streambed/faucet'
import { inWords } from './packet-frames.js'
import { Switches, until } from './control-switches.js'

/** A frame that a switch has sent. */
export interface SentFrame {
  readonly bridge: number
  readonly port: number
  readonly frame: Buffer
}

/** How long a frame may take that must come; the machine may be busy. */
const patience = 20_000

/**
 * A private Open vSwitch with dummy ports, of which every frame that it sends is seen. Ports of a cable are joined by
 * this process, which can cut it.
 */
export class PacketLab {
  readonly switches: Switches
  readonly #control: DaemonControl
  readonly #ports: ReadonlyMap<string, Socket>
  readonly #cables = new Map<string, string>()
  readonly #waiting = new Set<() => void>()
  readonly #sent: SentFrame[] = []
  /** A bridge that sends from its second port what comes to its first. */
  readonly #fence: number
  #fences = 0

  private constructor(switches: Switches, control: DaemonControl, ports: ReadonlyMap<string, Socket>, fence: number) {
    this.switches = switches
    this.#control = control
    this.#fence = fence
    this.#ports = ports
    for (const [name, socket] of ports) this.#read(name, socket)
  }

  /**
   * Starts it, with bridges br1, br2, … (dpid 1, 2, …), each with the ports 1 to `ports`.
   * @param otherwise commands of `ovs-vsctl` for what is to be another way; the ports stay
   */
  static async start(bridges: number, ports: number, otherwise: string): Promise<PacketLab> {
    const fence = bridges + 1
    const switches = await Switches.start(fence, ports)
    try {
      await switches.vsctl(otherwise)
      await switches.ofctl(fence, 'add-flow', 'in_port=1,actions=output:2')
      const names = Array.from({ length: fence * ports }, (_, i) => `b${Math.floor(i / ports) + 1}p${(i % ports) + 1}`)
      const file = (name: string) => join(switches.dir, `${name}.sock`)
      await switches.vsctl(names.map((name) => `set Interface ${name} options:pstream=punix:${file(name)}`).join(' -- '))
      const opened = async (path: string) => {
        const socket = connect(path)
        await once(socket, 'connect')
        return socket
      }
      const sockets = await Promise.all(names.map(async (name) => [name, await opened(file(name))] as const))
      const control = new DaemonControl(await opened(daemonFiles(switches.dir).vswitchd.controlSocket))
      return new PacketLab(switches, control, new Map(sockets), fence)
    } catch (error) {
      await switches.stop()
      throw error
    }
  }

  /** A frame arrives at a port. Resolves when the switch has dealt with it, and what it sent because of it is seen. */
  async receive(bridge: number, port: number, frame: Buffer): Promise<void> {
    await this.#control.run('netdev-dummy/receive', [`b${bridge}p${port}`, frame.toString('hex')])
    await this.settle()
  }

  /** Resolves when all is seen that the switch has sent until now. */
  async settle(): Promise<void> {
    // All ports are looked at in one round of the daemon's loop: when a later frame is through, those before are, too. In
    // a round each port sends one frame; what is copied to a port twice takes two.
    for (let round = 0; round < 2; round++) {
      const { mark } = this
      const frame = Buffer.alloc(60)
      frame.writeUInt32BE(++this.#fences, 20)
      await this.#control.run('netdev-dummy/receive', [`b${this.#fence}p1`, frame.toString('hex')])
      await this.next(mark, this.#fence, 2, (sent) => sent.equals(frame))
    }
    // The round is over when it answers: let what it has sent be read.
    await this.#control.run('version')
    for (let i = 0; i < 2; i++) await new Promise(setImmediate)
  }

  /** Resolves when the switch goes by the flows that it has, whatever it has cached. */
  async revalidated(): Promise<void> {
    // Nothing is cached any more. To wait until the cache has been looked through takes half a second each time.
    await this.#control.run('revalidator/purge')
  }

  /** Where the bridge sends the frame, in words: port and frame, each as often as it was sent; sorted. */
  async forwarded(bridge: number, port: number, frame: Buffer): Promise<readonly string[]> {
    const from = this.#sent.length
    await this.receive(bridge, port, frame)
    return this.#sent.slice(from).filter((sent) => sent.bridge === bridge && sameBody(sent.frame, frame)).map(({ port, frame }) => `${port}: ${inWords(frame)}`).sort()
  }

  /** The ports to which the bridge sends the frame, ascending, each as often as it is sent there. */
  async outputs(bridge: number, port: number, frame: Buffer): Promise<readonly number[]> {
    return (await this.forwarded(bridge, port, frame)).map((text) => parseInt(text, 10)).sort((a, b) => a - b)
  }

  /** A place in what the bridges have sent, for {@link next}. */
  get mark(): number {
    return this.#sent.length
  }

  /** All frames since a place. */
  since(mark: number): readonly SentFrame[] {
    return this.#sent.slice(mark)
  }

  /** The first frame since a place that a port has sent and whose words are such. */
  async next(mark: number, bridge: number, port: number, words: RegExp | ((frame: Buffer) => boolean)): Promise<Buffer> {
    const isIt = typeof words === 'function' ? words : (frame: Buffer) => words.test(inWords(frame))
    for (let at = mark, deadline = performance.now() + patience; ; ) {
      for (; at < this.#sent.length; at++) {
        const sent = this.#sent[at] as SentFrame
        if (sent.bridge === bridge && sent.port === port && isIt(sent.frame)) return sent.frame
      }
      await new Promise<void>((resolve, reject) => {
        const wake = () => {
          clearTimeout(timer)
          this.#waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(() => {
          this.#waiting.delete(wake)
          const all = this.#sent.slice(mark).map(({ bridge, port, frame }) => `br${bridge} ${port}: ${inWords(frame)}`)
          reject(new Error(`no frame ${words} at port ${port} of br${bridge}, but:\n${all.slice(-50).join('\n')}`))
        }, deadline - performance.now())
        this.#waiting.add(wake)
      })
    }
  }

  /** Waits until the bridge has flows whose text is such (or not), and goes by them. */
  async flows(bridge: number, isSo: (flows: readonly string[]) => boolean): Promise<void> {
    let flows: readonly string[] = []
    await until(async () => isSo((flows = await this.switches.flows(bridge))), patience).catch((error: unknown) => {
      throw new Error(`br${bridge} does not have the flows ${isSo} but:\n${flows.join('\n')}`, { cause: error })
    })
    await this.revalidated()
  }

  /** Waits until the bridge sends packets for a host to one port only. */
  async learned(bridge: number, { mac }: { readonly mac: string }, port: number): Promise<void> {
    const isOf = new RegExp(`dl_dst=${mac}.*output:${port}$`)
    const isKnown = new RegExp(`dl_src=${mac} `)
    await this.flows(bridge, (flows) => flows.some((flow) => isOf.test(flow)) && flows.some((flow) => isKnown.test(flow)))
  }

  /** Joins two ports: what one sends the other receives. */
  join(one: readonly [bridge: number, port: number], other: readonly [bridge: number, port: number]): void {
    const [a, b] = [`b${one[0]}p${one[1]}`, `b${other[0]}p${other[1]}`]
    this.#cables.set(a, b).set(b, a)
  }

  /** From now on nothing comes out of a port at the other end of its cable. */
  cut(bridge: number, port: number): void {
    this.#cables.delete(`b${bridge}p${port}`)
  }

  /** Lets a port lose its link, or have it again. */
  async link(bridge: number, port: number, up: boolean): Promise<void> {
    await this.#control.run('netdev-dummy/set-admin-state', [`b${bridge}p${port}`, up ? 'up' : 'down'])
  }

  /** Lets time go by for the switch. */
  async warp(seconds: number): Promise<void> {
    await this.#control.run('time/warp', [String(seconds * 1000)])
    await this.settle()
  }

  async close(): Promise<void> {
    for (const socket of this.#ports.values()) socket.destroy()
    await this.#control.close()
    await this.switches.stop()
  }

  /** Frames in a stream have their lengths before them, in two octets. */
  #read(name: string, socket: Socket): void {
    const [, bridge, port] = /^b(\d+)p(\d+)$/.exec(name) ?? []
    let rest = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data as Buffer])
      for (let length; rest.length >= 2 && rest.length >= (length = 2 + rest.readUInt16BE(0)); rest = rest.subarray(length)) {
        const frame = rest.subarray(2, length)
        this.#sent.push({ bridge: Number(bridge), port: Number(port), frame })
        const other = this.#cables.get(name)
        if (other !== undefined) this.#ports.get(other)?.write(rest.subarray(0, length))
      }
      for (const wake of [...this.#waiting]) wake()
    })
  }
}

/** Whether two frames are the same but for their tags and their MAC addresses. */
function sameBody(one: Buffer, other: Buffer): boolean {
  const body = (frame: Buffer) => frame.subarray(frame.readUInt16BE(12) === 0x8100 ? 16 : 12)
  const [a, b] = [body(one), body(other)]
  const length = Math.min(a.length, b.length)
  return a.subarray(0, length).equals(b.subarray(0, length))
}

/** A clock that goes as others do, and can be put forward. */
export class ForwardClock implements Clock {
  #ahead = 0
  readonly #actions = new Set<{ readonly seconds: number; next: number; readonly action: () => void }>()
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>()
  readonly #heart = setInterval(() => this.#run(), 20).unref()

  now(): number {
    return performance.now() / 1000 + this.#ahead
  }

  wall(): number {
    return Date.now() / 1000
  }

  every(seconds: number, action: () => void): () => void {
    const one = { seconds, next: this.now() + seconds, action }
    this.#actions.add(one)
    return () => this.#actions.delete(one)
  }

  after(seconds: number, action: () => void): () => void {
    const one = { at: this.now() + seconds, action }
    this.#timers.add(one)
    return () => this.#timers.delete(one)
  }

  /** A second or more goes by at once. */
  forward(seconds: number): void {
    this.#ahead += seconds
    this.#run()
  }

  close(): void {
    clearInterval(this.#heart)
  }

  #run(): void {
    const now = this.now()
    for (const one of this.#timers) {
      if (one.at > now) continue
      this.#timers.delete(one)
      one.action()
    }
    for (const one of this.#actions) {
      if (one.next > now) continue
      one.next = now + one.seconds
      one.action()
    }
  }
}
