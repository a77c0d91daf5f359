import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Container } from '@streambed/docker-driver'
import { TestbedError } from '../errors.js'
import type { HostModel } from '../topology/model.js'
import type { HostSpec } from '../topology/spec.js'
import type { Guest, PlugEvent } from './docker-networks.js'

/** How long a container that was put on a network may take to run, milliseconds. */
const START_MS = 30_000
const POLL_MS = 50

/** What is made of a guest that has come to run. */
export interface Arrival {
  readonly container: string
  readonly spec: HostSpec & { readonly container: string }
}

/** Containers that come onto the networks by somebody's hand, from their coming until they are hosts, and until they go. */
export class Guests {
  readonly #waiting = new Map<string, Guest[]>()

  /**
   * @param find the container of a name
   * @param arrive makes a running one a host
   * @param depart undoes that
   */
  constructor(
    private readonly find: (name: string) => Promise<Container>,
    private readonly arrive: (arrival: Arrival) => Promise<void>,
    private readonly depart: (container: string) => Promise<void>,
  ) {}

  /** One has been put on a network. When it runs, it becomes a host with all the networks that it was put on until then. */
  come(guest: Guest): void {
    const others = this.#waiting.get(guest.container)
    if (others !== undefined) return void others.push(guest)
    this.#waiting.set(guest.container, [guest])
    void this.#await(guest.container)
  }

  /** It has left a network. @returns whether it was still on its way */
  go({ container, network }: Guest): boolean {
    const waiting = this.#waiting.get(container)
    const index = waiting?.findIndex((guest) => guest.network === network) ?? -1
    if (waiting === undefined || index < 0) return false
    waiting.splice(index, 1)
    return true
  }

  async #await(name: string): Promise<void> {
    try {
      const until = performance.now() + START_MS
      while (performance.now() < until && (this.#waiting.get(name)?.length ?? 0) > 0) {
        // Docker answers when the start is over; some versions of it at once.
        const { pid } = await this.find(name)
        if (pid === undefined) {
          await sleep(POLL_MS)
          continue
        }
        const guests = [...(this.#waiting.get(name) ?? [])]
        await this.arrive({ container: name, spec: hostSpecOf(name, guests, interfacesOf(pid)) })
        // It may have left again meanwhile.
        const left = guests.some((guest) => this.#waiting.get(name)?.includes(guest) !== true)
        this.#waiting.delete(name)
        if (left) await this.depart(name)
        return
      }
    } catch {
      // It is gone, or the testbed is; whoever adds hosts has told what is wrong with it.
    } finally {
      this.#waiting.delete(name)
    }
  }
}

/** A guest as a host: its networks with the addresses that Docker shows, under names of interfaces that it does not have yet. Pure. */
export function hostSpecOf(container: string, guests: readonly Guest[], interfaces: ReadonlySet<string>): HostSpec & { readonly container: string } {
  const free = freeNames(interfaces)
  return { container, networks: Object.fromEntries(guests.map(({ network, addresses, mac }) => [network, { ip: addresses, mac, interface: free() }])) }
}

/** The interface of a host on the network that its container is put on again. @throws TestbedError `invalid` when it is another than the topology's */
export function interfaceFor(host: HostModel, { container, network, addresses }: Guest): PlugEvent {
  const item = host.interfaces.find((candidate) => candidate.network === network)
  if (item === undefined) throw new TestbedError('invalid', `container "${container}" is host "${host.name}" of the testbed, which is not on network "${network}": a host keeps the networks that it began with`)
  const own = item.addresses.map(({ address }) => address)
  const wrong = addresses.find((address) => !own.includes(address))
  const [ipv4, ipv6] = [own.find((address) => !address.includes(':')), own.find((address) => address.includes(':'))]
  const wanted = [...(ipv4 === undefined ? [] : [`--ip ${ipv4}`]), ...(ipv6 === undefined ? [] : [`--ip6 ${ipv6}`])].join(' ')
  if (wrong !== undefined && wanted !== '') throw new TestbedError('invalid', `container "${container}" is host "${host.name}" of the testbed, and keeps its addresses: connect it with ${wanted}`)
  return { host: host.name, interface: item.name }
}

/** The name of a host for a container: what RFC 1123 allows of its name, told apart from others. Pure. */
export function hostNameFor(container: string, taken: Iterable<string>): string {
  const used = new Set([...taken].map((name) => name.toLowerCase()))
  const base = container.replace(/[^A-Za-z0-9-]/g, '-').replace(/^-+/, '').slice(0, 58).replace(/-+$/, '') || 'guest'
  // Programs take a number for an address.
  const name = /^(\d+|0x[\da-f]*)$/i.test(base) ? `c-${base}` : base
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`
    if (!used.has(candidate.toLowerCase()) && candidate.toLowerCase() !== 'localhost') return candidate
  }
}

function freeNames(interfaces: ReadonlySet<string>): () => string {
  let number = 0
  return () => {
    while (interfaces.has(`eth${number}`)) number++
    return `eth${number++}`
  }
}

/** Interfaces in the network namespace of a process. */
function interfacesOf(pid: number): Set<string> {
  const table = readFileSync(`/proc/${pid}/net/dev`, 'utf8')
  return new Set([...table.matchAll(/^\s*([^\s:]+):/gm)].map(([, name = '']) => name))
}
