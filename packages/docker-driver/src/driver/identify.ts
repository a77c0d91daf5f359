import type { DockerContainer } from '../docker/docker-engine.js'
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
