import type { DockerContainer } from '../docker/docker-engine.js'
import type { Network } from '../model/network.js'
import { parseLabels, portSettings } from '../options/index.js'
import type { DriverContext } from './context.js'
import { macPrefixLabels } from './mac-prefixes.js'

/*
 * Docker takes the MAC address of an interface from the answer to CreateEndpoint, gives it to the interface when the container has it, and
 * shows it. It does not say there whose endpoint it is, and what the address is to be depends on that: on a label, and where addresses come
 * by DHCP. So it is found out beforehand; and where it cannot be, Docker gets no address, and shows none.
 */

/** What is known of the MAC address of an endpoint before Docker says whose it is. */
export type ExpectedMac =
  /** The container that it must be for, if any, and the prefix that its label asks for. */
  | { readonly type: 'known'; readonly containerId: string | undefined; readonly prefix: string | undefined }
  /** It may be for several, that want different addresses. */
  | { readonly type: 'unclear' }

/** A container that a new endpoint may be for, and what it would have of its MAC address. */
export interface Candidate {
  readonly containerId: string
  /** Of its label for the network; undefined: none. */
  readonly prefix: string | undefined
}

/** Docker answers these at once, also while it waits for us; a limit all the same. */
const ASK_MS = 3000

/** How long containers are told apart. They answer within milliseconds; when two are started at the same moment, neither does. */
const APART_MS = 500

/** States of a container that may be about to be started. */
const WAITING = ['created', 'exited', 'restarting']

/** States of a container that may be about to be connected to one more network. */
const RUNNING = ['running', 'paused']

/** The containers that wait to be started on a network; undefined when Docker does not say. */
export async function waitingContainers(context: DriverContext, network: Network): Promise<readonly DockerContainer[] | undefined> {
  return asked(context, { network: [network.name, network.id], status: WAITING })
}

/**
 * What the MAC address of a new endpoint is to be. An endpoint is made for a container that is being started, or for one that runs and is
 * being connected (`docker network connect`). Where these want different addresses, Docker tells which one it is by not telling of it:
 * it holds the container's lock until we are done.
 * @param waiting what {@link waitingContainers} answers
 */
export async function expectedMac(context: DriverContext, network: Network, waiting: Promise<readonly DockerContainer[] | undefined>): Promise<ExpectedMac> {
  const { dhcp } = network.options
  const [started, connected] = await Promise.all([waiting, dhcp ? runningContainers(context, network) : connectedWithPrefix(context, network)])
  if (started === undefined || connected === undefined) return unasked(context, dhcp)
  const some = candidates([...started, ...connected], network)
  // Most containers have no such label.
  if (!dhcp && some.every(({ prefix }) => prefix === undefined)) return { type: 'known', containerId: some.length === 1 ? some[0]?.containerId : undefined, prefix: undefined }
  const others = dhcp ? connected : await runningContainers(context, network)
  if (others === undefined) return unasked(context, dhcp)
  return tellApart(candidates([...started, ...others], network), dhcp, (id, signal) => context.docker.attend(id, signal))
}

/**
 * Leaves out who cannot be meant, until those who are left want the same.
 * @param attend resolves when Docker tells of a container, which then is not the one
 * @param limitMs until then it goes on
 */
export async function tellApart(all: readonly Candidate[], dhcp: boolean, attend: (id: string, signal: AbortSignal) => Promise<void>, limitMs = APART_MS): Promise<ExpectedMac> {
  const left = new Map(all.map((candidate) => [candidate.containerId, candidate]))
  const clear = (): ExpectedMac | undefined => agreement([...left.values()], dhcp)
  const first = clear()
  if (first !== undefined || left.size === 0) return first ?? { type: 'unclear' }
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), limitMs)
  try {
    return await new Promise<ExpectedMac>((resolve) => {
      stop.signal.addEventListener('abort', () => resolve({ type: 'unclear' }), { once: true })
      for (const { containerId } of all) {
        attend(containerId, stop.signal).then(
          () => {
            left.delete(containerId)
            const known = clear()
            if (known !== undefined) resolve(known)
          },
          () => undefined,
        )
      }
    })
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

/** What all candidates want, if it is the same; undefined when they differ, or there are none. */
function agreement(candidates: readonly Candidate[], dhcp: boolean): ExpectedMac | undefined {
  const [first, ...others] = candidates
  if (first === undefined || (dhcp && others.length > 0) || others.some(({ prefix }) => prefix !== first.prefix)) return undefined
  return { type: 'known', containerId: others.length === 0 ? first.containerId : undefined, prefix: first.prefix }
}

/** Docker does not answer: it restores its networks, and waits for us. Then it is known only that there was nothing to be known. */
function unasked({ dockerAnswers, prefixes }: DriverContext, dhcp: boolean): ExpectedMac {
  return dhcp || dockerAnswers() || prefixes.possible ? { type: 'unclear' } : { type: 'known', containerId: undefined, prefix: undefined }
}

/** Those of {@link runningContainers} that have a label about it. There are none, when Docker has told of none: who runs was created a while ago. */
async function connectedWithPrefix(context: DriverContext, network: Network): Promise<readonly DockerContainer[] | undefined> {
  if (context.dockerAnswers() && !context.prefixes.possible) return []
  return runningContainers(context, network, macPrefixLabels)
}

/** Containers that run, and are not on the network: all, or those with one of these labels. */
async function runningContainers(context: DriverContext, { id }: Network, labels: readonly string[] = []): Promise<readonly DockerContainer[] | undefined> {
  const filters = labels.length === 0 ? [{ status: RUNNING }] : labels.map((label) => ({ status: RUNNING, label: [label] }))
  const found = await Promise.all(filters.map((filter) => asked(context, filter)))
  if (found.some((part) => part === undefined)) return undefined
  const isOn = ({ networks }: DockerContainer): boolean => [...networks.values()].some(({ networkId }) => networkId === id)
  return found.flatMap((part) => part ?? []).filter((container) => !isOn(container))
}

async function asked({ docker, dockerAnswers, log }: DriverContext, filters: Readonly<Record<string, readonly string[]>>): Promise<readonly DockerContainer[] | undefined> {
  if (!dockerAnswers()) return undefined
  try {
    return await docker.containers(filters, ASK_MS)
  } catch (error) {
    log('debug', `no MAC address is known beforehand: ${(error as Error).message}`)
    return undefined
  }
}

/** One with a label that is wrong is none: it is told so when it joins. */
function candidates(containers: readonly DockerContainer[], { options, name }: Network): readonly Candidate[] {
  return containers.flatMap(({ id, labels }) => {
    try {
      return [{ containerId: id, prefix: portSettings(parseLabels(labels), options, name).macPrefix }]
    } catch {
      return []
    }
  })
}
