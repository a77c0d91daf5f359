import { parseLabels, portSettings } from '../options/index.js'
import type { DockerContainer } from '../docker/docker-engine.js'
import type { Network } from '../model/network.js'
import type { DriverContext } from './context.js'

/** Whose endpoint it is, and how the network is called. */
export interface Identity {
  readonly networkName: string
  readonly containerId: string
  readonly containerName: string
  readonly labels: Readonly<Record<string, string>>
}

/** Docker answers these at once, also while it waits for us; a limit all the same. */
const ASK_MS = 3000

/**
 * Whose endpoint this is, during Join: Docker lists the endpoint with its container's name by then, and answers both questions
 * without the lock that it holds. Undefined when Docker does not answer (it waits for us while it restores its networks).
 */
export async function identify(context: DriverContext, networkId: string, endpointId: string): Promise<Identity | undefined> {
  if (!context.dockerAnswers()) return undefined
  try {
    const network = await context.docker.network(networkId, ASK_MS)
    const endpoint = network?.endpoints.get(endpointId)
    if (network === undefined || endpoint === undefined) return undefined
    for (const id of [networkId, endpointId]) context.fresh.delete(id)
    // One that was about to be started when the endpoint was made: Docker lets nobody rename or remove it until it is.
    const container = context.waiting.get(endpointId)?.find(({ name }) => name === endpoint.containerName) ?? (await named(context, endpoint.containerName))
    return container && { networkName: network.name, containerId: container.id, containerName: container.name, labels: container.labels }
  } catch (error) {
    context.log('warning', `Docker does not say whose endpoint ${endpointId.slice(0, 12)} is (${(error as Error).message}); it is asked again later`)
    return undefined
  }
}

async function named({ docker }: DriverContext, name: string): Promise<DockerContainer | undefined> {
  const all = await docker.containers({ name: [`^/${name.replace(/[.]/g, '\\.')}$`] }, ASK_MS)
  return all.find((container) => container.name === name)
}

/** States of a container that may be about to be started. */
const WAITING = ['created', 'exited', 'restarting']

/** What is known of the MAC address of an endpoint before Docker says whose it is. */
export type ExpectedMac =
  /** The container that it must be for, if any, and the prefix that its label asks for. */
  | { readonly type: 'known'; readonly containerId: string | undefined; readonly prefix: string | undefined }
  /** It may be for several, that want different addresses. */
  | { readonly type: 'unclear' }

/** The containers that wait to be started on a network; undefined when Docker does not say. */
export async function waitingContainers({ docker, dockerAnswers, log }: DriverContext, network: Network): Promise<readonly DockerContainer[] | undefined> {
  if (!dockerAnswers()) return undefined
  try {
    return await docker.containers({ network: [network.name, network.id], status: WAITING }, ASK_MS)
  } catch (error) {
    log('debug', `no MAC prefix is known beforehand: ${(error as Error).message}`)
    return undefined
  }
}

/**
 * What the MAC address of a new endpoint is to be, as far as it follows from the containers that wait to be started on the network. It
 * matters for labels, and where addresses come by DHCP: a server knows a container by its MAC address.
 * @param waiting what {@link waitingContainers} has found
 */
export function expectedMac(context: DriverContext, network: Network, waiting: readonly DockerContainer[] | undefined): ExpectedMac {
  const { dhcp } = network.options
  if (waiting === undefined) return dhcp || context.dockerAnswers() ? { type: 'unclear' } : { type: 'known', containerId: undefined, prefix: undefined }
  try {
    const wishes = new Set(waiting.map(({ labels }) => portSettings(parseLabels(labels), network.options, network.name).macPrefix))
    if (wishes.size > 1 || (dhcp && waiting.length !== 1)) return { type: 'unclear' }
    return { type: 'known', containerId: waiting.length === 1 ? waiting[0]?.id : undefined, prefix: [...wishes][0] }
  } catch (error) {
    // What is wrong with a label is told to the container that joins.
    context.log('debug', `no MAC prefix is known beforehand: ${(error as Error).message}`)
    return { type: 'unclear' }
  }
}
