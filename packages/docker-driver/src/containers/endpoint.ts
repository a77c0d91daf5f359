import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { DockerDriverError } from '../errors.js'
import { EngineAgent } from './engine-agent.js'
import { SshAgent } from './ssh-agent.js'

/** Where an engine listens. */
export type EngineEndpoint =
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number; /** Folder with ca.pem, cert.pem, key.pem; undefined: no TLS. */ readonly certificates: string | undefined }
  /** `destination` as the `ssh` program takes it. */
  | { readonly type: 'ssh'; readonly destination: string; readonly port: number | undefined }

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Understands what DOCKER_HOST may hold, and a plain path.
 * @param option what it is called where it was given, for the message of an error
 * @param folder of certificates, for TLS whatever the environment says
 * @throws DockerDriverError `invalid`
 */
export function parseEndpoint(text: string, environment: Environment = process.env, option = 'socket', folder?: string): EngineEndpoint {
  const path = /^(?:unix:\/\/)?(\/.+)$/.exec(text)?.[1]
  if (path !== undefined) return { type: 'unix', path }
  const url = /^(tcp|http|https|ssh):\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
  const port = url === undefined || url.port === '' ? undefined : Number(url.port)
  if (url?.protocol === 'ssh:' && url.hostname !== '') {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    return { type: 'ssh', destination: url.username === '' ? host : `${decodeURIComponent(url.username)}@${host}`, port }
  }
  // `tcp:` is not one of the schemes of the web: its parts are taken from the same address as http.
  const address = text.replace(/^tcp:/, 'http:')
  const web = url === undefined || url.protocol === 'ssh:' || !URL.canParse(address) ? undefined : new URL(address)
  if (web !== undefined) {
    const tls = folder !== undefined || url?.protocol === 'https:' || (environment['DOCKER_TLS_VERIFY'] ?? '') !== ''
    const certificates = tls ? (folder ?? environment['DOCKER_CERT_PATH'] ?? join(homedir(), '.docker')) : undefined
    return { type: 'tcp', host: web.hostname.replace(/^\[(.*)\]$/, '$1'), port: port ?? (tls ? 2376 : 2375), certificates }
  }
  throw new DockerDriverError('invalid', `${option} must be the path of Docker's socket, unix://…, tcp://host:port or ssh://user@host (got "${text}")`)
}

/** The sockets that Docker and podman have when nothing is said, in the order in which they are tried. */
export function wellKnownEndpoints(environment: Environment = process.env): readonly EngineEndpoint[] {
  const runtime = environment['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`
  const home = environment['HOME'] ?? homedir()
  return ['/var/run/docker.sock', join(runtime, 'docker.sock'), join(home, '.docker/run/docker.sock'), '/run/podman/podman.sock', join(runtime, 'podman/podman.sock')].map((path) => ({ type: 'unix', path }))
}

/** As DOCKER_HOST would have it. */
export function endpointText(endpoint: EngineEndpoint): string {
  switch (endpoint.type) {
    case 'unix':
      return `unix://${endpoint.path}`
    case 'tcp':
      return `tcp://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`
    case 'ssh':
      return `ssh://${endpoint.destination}${endpoint.port === undefined ? '' : `:${endpoint.port}`}`
  }
}

/** How `node:http` (or `node:https`) gets there. */
export interface EngineTransport {
  readonly protocol: 'http' | 'https'
  readonly options: Pick<RequestOptions, 'socketPath' | 'host' | 'port' | 'agent'> & { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer }
}

/** @throws DockerDriverError `missing` when certificates cannot be read */
export function transportTo(endpoint: EngineEndpoint): EngineTransport {
  switch (endpoint.type) {
    case 'unix':
      return { protocol: 'http', options: { socketPath: endpoint.path, agent: new EngineAgent() } }
    case 'ssh':
      return { protocol: 'http', options: { host: 'docker', port: 80, agent: new SshAgent(endpoint.destination, endpoint.port) } }
    case 'tcp': {
      const { host, port, certificates } = endpoint
      if (certificates === undefined) return { protocol: 'http', options: { host, port, agent: new EngineAgent() } }
      const read = (name: string): Buffer => {
        try {
          return readFileSync(join(certificates, name))
        } catch (cause) {
          throw new DockerDriverError('missing', `TLS to ${host}:${port} needs ca.pem, cert.pem and key.pem in ${certificates} (DOCKER_CERT_PATH): ${(cause as Error).message}`, { cause })
        }
      }
      // Without an agent of ours `node:https` makes TLS connections.
      return { protocol: 'https', options: { host, port, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') } }
    }
  }
}
