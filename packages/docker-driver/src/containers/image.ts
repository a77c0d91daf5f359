import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DockerDriverError } from '../errors.js'
import type { EngineApi } from './engine-api.js'

/** When an image is fetched from its registry: when it is not there, every time, or not at all. */
export type PullPolicy = 'missing' | 'always' | 'never'

/** How far a pull is. */
export interface PullProgress {
  readonly image: string
  /** Short id of a layer; undefined for what is said of the whole image. */
  readonly layer: string | undefined
  /** Docker's words: `Downloading`, `Extracting`, `Pull complete`, … */
  readonly status: string
  /** Bytes; undefined when Docker does not say. */
  readonly current: number | undefined
  readonly total: number | undefined
}

/** Credentials for a registry. */
export interface RegistryAuth {
  readonly username: string
  readonly password: string
  /** Default: the image's registry. */
  readonly serverAddress?: string | undefined
}

/** How an image is pulled. */
export interface PullOptions {
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  readonly auth?: RegistryAuth | undefined
  readonly platform?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** The parts of a reference: `registry/name:tag` or `registry/name@digest`. Without a tag: `latest`, as all tags would be fetched otherwise. */
export function parseImage(reference: string): { readonly name: string; readonly tag: string; readonly registry: string } {
  const [path = '', digest] = reference.split('@', 2)
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1)
  const name = colon < 0 ? path : path.slice(0, colon)
  const first = name.split('/')[0] ?? ''
  const registry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io'
  return { name, tag: digest ?? (colon < 0 ? 'latest' : path.slice(colon + 1)), registry }
}

/**
 * Fetches an image from its registry.
 * @throws DockerDriverError `not-found` with the registry's words, `aborted`
 */
export async function pullImage(api: EngineApi, image: string, options: PullOptions = {}): Promise<void> {
  const { name, tag, registry } = parseImage(image)
  const { onProgress, platform, signal } = options
  const auth = options.auth === undefined ? configuredAuth(registry) : { username: options.auth.username, password: options.auth.password, serveraddress: options.auth.serverAddress ?? registry }
  const headers: Record<string, string> = auth === undefined ? {} : { 'X-Registry-Auth': Buffer.from(JSON.stringify(auth)).toString('base64url') }
  try {
    const answer = await api.stream({ method: 'POST', path: '/images/create', query: { fromImage: name, tag, platform }, headers, signal, what: `pull image "${image}"` })
    // A failure after the first line comes as a line.
    for await (const line of createInterface({ input: answer })) {
      const { id, status, progressDetail, error } = JSON.parse(line) as { id?: string; status?: string; progressDetail?: { current?: number; total?: number }; error?: string }
      if (error !== undefined) throw new DockerDriverError('not-found', error)
      onProgress?.({ image, layer: id, status: status ?? '', current: progressDetail?.current, total: progressDetail?.total })
    }
  } catch (cause) {
    if (signal?.aborted === true) throw new DockerDriverError('aborted', `pull image "${image}": aborted`, { cause: signal.reason })
    throw new DockerDriverError('not-found', `there is no image "${image}" here, and it could not be pulled from ${registry}: ${(cause as Error).message}`, { cause })
  }
}

/** What `docker login` left. Credential helpers are not asked. */
function configuredAuth(registry: string): object | undefined {
  try {
    const folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker')
    const { auths = {} } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { auths?: Record<string, { auth?: string }> }
    const found = auths[registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry]?.auth
    if (found === undefined) return undefined
    const text = Buffer.from(found, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    return { username: text.slice(0, colon), password: text.slice(colon + 1), serveraddress: registry }
  } catch {
    return undefined
  }
}
