import { existsSync } from 'node:fs'
import type { JoinedEndpoint } from '../model/network.js'
import type { DriverContext } from './context.js'

/**
 * A path of the network namespace of a container that runs; undefined when it does not. Process ids are given again; Docker's name of the
 * namespace is not, but may not be visible from here. Not to be asked while Docker starts the container: it would wait for us.
 */
export async function netnsOf({ docker }: Pick<DriverContext, 'docker'>, { sandboxKey, containerId }: Pick<JoinedEndpoint, 'sandboxKey' | 'containerId'>): Promise<string | undefined> {
  if (existsSync(sandboxKey)) return sandboxKey
  const container = await docker.container(containerId)
  return container && `/proc/${container.pid}/ns/net`
}
