import { DockerDriverError } from '../errors.js'
import { endpointText, type EngineEndpoint } from './endpoint.js'
import { SshError } from './ssh-agent.js'

/** A refusal of Docker's: its status and its words. It is the `cause` of a DockerDriverError. */
export interface EngineRefusal {
  readonly statusCode: number
  readonly message: string
}

/** The refusal that an error has as its cause, if any. */
export function refusalOf(error: unknown): EngineRefusal | undefined {
  const cause = error instanceof DockerDriverError ? error.cause : undefined
  const { statusCode, json, message } = (cause ?? {}) as { statusCode?: number; json?: { message?: string; cause?: string } | null; message?: string }
  if (statusCode === undefined) return undefined
  // dockerode puts the status in front of Docker's words.
  const words = json?.message ?? (message ?? '').replace(/^\(HTTP code \d+\) [^-]*- /, '').trim()
  return { statusCode, message: words }
}

/** Says what a failed call means and what helps. */
export function engineError(cause: unknown, what: string, endpoint: EngineEndpoint): DockerDriverError {
  const refusal = refusalOf(new DockerDriverError('docker', '', { cause }))
  if (refusal !== undefined) {
    if (/HTTP request to an HTTPS server/.test(refusal.message)) {
      return new DockerDriverError('missing', `the Docker at ${endpointText(endpoint)} speaks TLS only: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem (or \`certificates\`)`, { cause })
    }
    const code = refusal.statusCode === 404 ? 'not-found' : refusal.statusCode === 409 ? 'conflict' : refusal.statusCode === 400 ? 'invalid' : 'docker'
    return new DockerDriverError(code, `cannot ${what}: ${refusal.message}`, { cause })
  }
  return unreachable(cause, what, endpoint)
}

function unreachable(cause: unknown, what: string, endpoint: EngineEndpoint): DockerDriverError {
  const where = endpointText(endpoint)
  const { code = '', message = String(cause), rawPacket } = cause as { readonly code?: string; readonly message?: string; readonly rawPacket?: Uint8Array }
  if (code === 'EACCES' || code === 'EPERM') {
    return new DockerDriverError(
      'forbidden',
      `this user may not use Docker's socket ${where}: run as root, or add the user to the group docker ("sudo usermod -aG docker $USER", then log in again). ` +
        'Rootless Docker or podman, with a socket of your own, need neither',
      { cause },
    )
  }
  if (cause instanceof SshError) {
    const help = cause.exitCode === 127 ? 'the other machine needs the program `docker`' : cause.exitCode === 255 ? 'see to it that ssh gets there without a question (known host, key or agent)' : 'see whether `docker version` works there for that user'
    return new DockerDriverError('missing', `there is no Docker at ${where}: ${cause.message}; ${help}`, { cause })
  }
  if (endpoint.type === 'tcp' && code === 'ECONNREFUSED') {
    return new DockerDriverError('missing', `there is no Docker at ${where} (${code}): let dockerd listen there (--host=tcp://…, with --tlsverify), or say where it is with DOCKER_HOST or \`socket\``, { cause })
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new DockerDriverError('missing', `there is no Docker at ${where} (${code}): ${INSTALL}`, { cause })
  }
  if (endpoint.type === 'tcp' && endpoint.certificates !== undefined) {
    const side = /alert/.test(message) ? `it does not accept cert.pem` : /certif|altname|self.signed|verify/i.test(`${code} ${message}`) ? 'its certificate is not one that ca.pem stands for' : undefined
    if (side !== undefined) return new DockerDriverError('forbidden', `no TLS with ${where}: ${side}, of ${endpoint.certificates} (${message.trim()})`, { cause })
  }
  if (code.startsWith('HPE_')) {
    const said = Buffer.from(rawPacket ?? []).toString('utf8').trim().slice(0, 200)
    return new DockerDriverError('missing', `what answers at ${where} is no Docker${said === '' ? '' : `: it says ${JSON.stringify(said)}`}`, { cause })
  }
  return new DockerDriverError('docker', `cannot ${what}: the connection to ${where} failed (${message})`, { cause })
}

/** How Docker comes to a machine. */
export const INSTALL = 'install it ("apt-get install docker.io") and start it ("systemctl start docker"), or say where it is with DOCKER_HOST or `socket`'
