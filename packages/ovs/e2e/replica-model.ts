import { OvsError, type Operation, type OvsdbSession } from '@streambed/ovs'
import { Random } from './random.js'

/** What an item is at one version of the campaign's database. */
export interface Item {
  readonly name: string
  readonly n: bigint
  readonly label: string | undefined
  readonly tags: readonly string[]
  readonly ext: Readonly<Record<string, string>>
}

export type Items = ReadonlyMap<string, Item>

interface Step {
  readonly items: Items
  readonly operations: readonly Operation[]
}

const words = ['a', 'b', 'c', 'd', 'e', 'é', '東京', '🎉']

/** What the transaction from one version to the next does: always the same for the same version and items. */
function step(version: number, items: Items): Step {
  const random = new Random(version * 7919 + 1)
  const next = new Map(items)
  const operations: Operation[] = []
  for (let count = 1 + random.below(4); count > 0; count--) {
    const name = `item${random.below(20)}`
    const where = [['name', '==', name]] as const
    const old = next.get(name)
    if (!old) {
      const item = { name, n: BigInt(random.below(100)), label: undefined, tags: [], ext: {} }
      next.set(name, item)
      operations.push({ op: 'insert', table: 'Item', row: { name, n: item.n } })
      continue
    }
    switch (random.below(5)) {
      case 0:
        next.delete(name)
        operations.push({ op: 'delete', table: 'Item', where })
        break
      case 1: {
        const n = BigInt(random.below(100))
        const label = random.below(2) === 0 ? undefined : random.pick(words)
        next.set(name, { ...old, n, label })
        operations.push({ op: 'update', table: 'Item', where, row: { n, label } })
        break
      }
      case 2: {
        const tags = [random.pick(words), random.pick(words)]
        next.set(name, { ...old, tags: [...new Set([...old.tags, ...tags])] })
        operations.push({ op: 'mutate', table: 'Item', where, mutations: [['tags', 'insert', [...new Set(tags)]]] })
        break
      }
      case 3: {
        const tag = random.pick(words)
        next.set(name, { ...old, tags: old.tags.filter((one) => one !== tag) })
        operations.push({ op: 'mutate', table: 'Item', where, mutations: [['tags', 'delete', [tag]]] })
        break
      }
      case 4: {
        const [key, value] = [random.pick(words), random.pick(words)]
        const ext = random.below(3) === 0 ? {} : { ...old.ext, [key]: value }
        next.set(name, { ...old, ext })
        operations.push({ op: 'update', table: 'Item', where, row: { ext } })
      }
    }
  }
  return { items: next, operations }
}

/** The one who changes the database, and knows what it is at each version: the oracle. */
export class Writer {
  /** The items of every version that was committed, from 0. */
  readonly history: Items[] = [new Map()]
  readonly #session: OvsdbSession
  /** Transactions of which it was not known at first whether they had taken place. */
  unknown = 0

  constructor(session: OvsdbSession) {
    this.#session = session
  }

  get version(): number {
    return this.history.length - 1
  }

  async start(): Promise<void> {
    await this.#session.transact([
      { op: 'insert', table: 'State', row: { version: 0 } },
      { op: 'insert', table: 'Counter', row: { value: 0 } },
    ])
  }

  /** Brings the database to the next version, however often it must be tried; it happens once. */
  async commit(): Promise<void> {
    const from = this.version
    const { items, operations } = step(from, this.history[from] as Items)
    // Known before it is sent: the replica may hear of it before the writer does.
    this.history.push(items)
    const guard = {
      op: 'wait', table: 'State', where: [], timeout: 0, columns: ['version'], until: '==', rows: [{ version: from }],
    } as const
    const bump = { op: 'update', table: 'State', where: [], row: { version: from + 1 } } as const
    for (;;) {
      try {
        await this.#session.transact([guard, ...operations, bump])
        return
      } catch (error) {
        if (!(error instanceof OvsError)) throw error
        // It has taken place before, unknown to us.
        if (error.detail?.type === 'operation' && error.detail.index === 0 && error.detail.error === 'timed out') {
          const [{ rows }] = await this.#session.transact([{ op: 'select', table: 'State', where: [] }])
          if (rows[0]?.['version'] === BigInt(from + 1)) return
          if (rows[0]?.['version'] !== BigInt(from)) throw new Error(`version ${String(rows[0]?.['version'])}, not ${from}`, { cause: error })
        } else if (error.code === 'outcome-unknown') this.unknown++
        else throw error
      }
    }
  }
}
