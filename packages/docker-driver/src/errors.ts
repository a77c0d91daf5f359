/**
 * What went wrong, in one word. A program decides by the code; a person reads the message.
 *
 * - `invalid`: an option, label, flag or value that the caller gave is not possible; the message names it and says what would be right.
 * - `conflict`: something of that name or number exists already (a datapath id, a bridge, a VLAN, a daemon on this socket).
 * - `not-found`: a network, endpoint, container, image, interface or ACL does not exist.
 * - `missing`: a program or service is not there: Docker, Open vSwitch, `nft`, `udhcpc`; the message says how to get it.
 * - `forbidden`: this user or this kernel may not do that; the message says what may.
 * - `docker`: Docker refused a call; {@link DockerDriverError.cause} is its answer.
 * - `switch`: Open vSwitch or the controller refused a step.
 * - `kernel`: the kernel refused a step.
 * - `not-ready`: a container did not become ready; the message quotes the end of its log.
 * - `timeout`: the time that the caller allowed is over.
 * - `aborted`: the caller's `AbortSignal` fired.
 * - `closed`: the object was closed before.
 * - `internal`: this package is at fault; please report it.
 */
export type DockerDriverErrorCode =
  | 'invalid'
  | 'conflict'
  | 'not-found'
  | 'missing'
  | 'forbidden'
  | 'docker'
  | 'switch'
  | 'kernel'
  | 'not-ready'
  | 'timeout'
  | 'aborted'
  | 'closed'
  | 'internal'

const brand = Symbol.for('@streambed/docker-driver.DockerDriverError')

/**
 * The one error class of this package. Its message says what to do.
 * `instanceof` also holds across two copies of the package (its ESM and its CommonJS build).
 */
export class DockerDriverError extends Error {
  override readonly name = 'DockerDriverError'
  readonly code: DockerDriverErrorCode

  constructor(code: DockerDriverErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}
