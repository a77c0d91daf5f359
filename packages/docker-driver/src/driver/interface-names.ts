import { findInterface } from '../dhcp/index.js'
import type { Endpoint } from '../model/network.js'
import type { DriverContext } from './context.js'
import { netnsOf } from './netns-of.js'

/** How many namespaces are looked into at a time. */
const LIMIT = 4

/** What Docker called the interfaces in the containers (`eth0` …): it tells nobody, so it is looked up there when somebody asks, once. */
export class InterfaceNames {
  readonly #names = new Map<string, string>()
  readonly #find: (endpoint: Endpoint) => Promise<string | undefined>

  constructor(find: (endpoint: Endpoint) => Promise<string | undefined>) {
    this.#find = find
  }

  /** The name that was found for an endpoint, if any. */
  nameOf({ id }: Endpoint): string | undefined {
    return this.#names.get(id)
  }

  /** Looks for the names of these endpoints that are not known yet. Never fails: a container may be about to start, or to stop. */
  async look(endpoints: readonly Endpoint[]): Promise<void> {
    for (const id of this.#names.keys()) if (!endpoints.some((endpoint) => endpoint.id === id)) this.#names.delete(id)
    const rest = endpoints.filter(({ id, joined }) => joined !== undefined && !this.#names.has(id)).values()
    const worker = async (): Promise<void> => {
      for (const endpoint of rest) {
        const name = await this.#find(endpoint).catch(() => undefined)
        if (name !== undefined) this.#names.set(endpoint.id, name)
      }
    }
    await Promise.all(Array.from({ length: LIMIT }, worker))
  }
}

/** Looks into the container of an endpoint. */
export async function interfaceInside(context: Pick<DriverContext, 'docker'>, { mac, joined }: Endpoint): Promise<string | undefined> {
  const netns = joined && (await netnsOf(context, joined))
  return netns === undefined ? undefined : findInterface(netns, mac)
}
