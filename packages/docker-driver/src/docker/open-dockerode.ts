import Dockerode from 'dockerode'
import { transportTo, type EngineEndpoint } from '../containers/endpoint.js'

/**
 * dockerode's connection to an engine, and to no other: nothing of it comes from DOCKER_HOST and its like.
 * @throws DockerDriverError `missing` when certificates cannot be read
 */
export function openDockerode(endpoint: EngineEndpoint): Dockerode {
  const { protocol, options } = transportTo(endpoint)
  // Named one by one: what is not given would come from the environment.
  const { socketPath, host, port, agent, ...certificates } = options
  return new Dockerode({ ca: undefined, cert: undefined, key: undefined, socketPath, host, port, protocol, agent, ...certificates } as Dockerode.DockerOptions)
}
