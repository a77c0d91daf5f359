import { OvsError } from '../errors.js'
import type { DatabaseStatus } from './server-database.js'

/** What a session wants of a server of a cluster. */
export interface FitnessOptions {
  readonly leaderOnly?: boolean | undefined
  readonly clusterId?: string | undefined
}

/** Decides whether a server will do for a database, by what it says of it. */
export class DatabaseFitness {
  readonly #options: FitnessOptions
  /** The highest log index seen of each cluster: a server that shows less is behind. */
  readonly #indexes = new Map<string, bigint>()

  constructor(options: FitnessOptions) {
    this.#options = options
  }

  /**
   * @param remote the server, for the message
   * @throws OvsError `connect` when it is not fit for the database now
   */
  check(remote: string, db: string, status: DatabaseStatus | undefined): void {
    const unfit = (why: string) => new OvsError('connect', `${remote} ${why} the database ${db}`)
    if (!status) throw noLongerServed(remote, db)
    if (status.model !== 'standalone' && !status.connected) throw unfit('is cut off from the storage of')
    if (status.schema === undefined) throw unfit('has not got yet')
    if (status.model !== 'clustered') return
    if ((this.#options.leaderOnly ?? true) && !status.leader) throw unfit('is not the leader of')
    const { clusterId } = this.#options
    if (clusterId !== undefined && status.cid !== clusterId)
      throw unfit(`belongs to the cluster ${status.cid} and not to ${clusterId} for`)
    const cid = status.cid ?? ''
    const highest = this.#indexes.get(cid) ?? 0n
    const index = status.index ?? 0n
    if (index < highest) throw unfit(`is behind (at ${index}, we have seen ${highest}) with`)
    this.#indexes.set(cid, index)
  }
}

/**
 * The database to use of those that a server has.
 * @param wanted its name; `undefined`: the only one beside `_Server`
 * @throws OvsError `connect` when the server does not have it, `invalid` when there are several to choose from
 */
export function chooseDatabase(remote: string, names: readonly string[], wanted: string | undefined): string {
  const own = names.filter((name) => name !== '_Server').sort()
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted
    throw new OvsError('connect', `${remote} does not serve the database ${wanted}, only ${list(own)}`)
  }
  const [only, ...others] = own
  if (only === undefined) throw new OvsError('connect', `${remote} serves no database`)
  if (others.length > 0) throw new OvsError('invalid', `${remote} serves several databases: say which with db (${list(own)})`)
  return only
}

/** The error about a database that a server had. */
export function noLongerServed(remote: string, db: string, cause?: OvsError): OvsError {
  return new OvsError('connect', `${remote} no longer serves the database ${db}`, { cause })
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ')
}
