import { describe, expect, it } from 'vitest'
import { chooseDatabase, DatabaseFitness, type FitnessOptions } from './database-fitness.js'
import type { DatabaseStatus } from './server-database.js'

const status = (more: Partial<DatabaseStatus> = {}): DatabaseStatus =>
  ({ name: 'db', uuid: 'u', model: 'clustered', connected: true, leader: true, schema: '{}', cid: 'c1', sid: 's1', index: 5n, ...more }) as DatabaseStatus

const check = (given: DatabaseStatus | undefined, options: FitnessOptions = {}) => () => new DatabaseFitness(options).check('tcp:a:1', 'db', given)

describe('a server will do for a database', () => {
  it.each<[string, DatabaseStatus, FitnessOptions?]>([
    ['of its own, connected or not', status({ model: 'standalone', connected: false })],
    ['of a cluster that it leads', status()],
    ['of a cluster that it follows, when that is enough', status({ leader: false }), { leaderOnly: false }],
    ['that it relays', status({ model: 'relay', leader: false })],
  ])('%s', (_, given, options) => {
    expect(check(given, options)).not.toThrow()
  })

  it.each<[RegExp, DatabaseStatus | undefined, FitnessOptions?]>([
    [/tcp:a:1 no longer serves the database db/, undefined],
    [/is cut off from the storage/, status({ connected: false })],
    [/has not got yet/, status({ schema: undefined })],
    [/is not the leader/, status({ leader: false })],
    [/belongs to the cluster c1 and not to c2/, status(), { clusterId: 'c2' }],
  ])('not, and says so: %s', (message, given, options) => {
    expect(check(given, options)).toThrow(expect.objectContaining({ code: 'connect', message: expect.stringMatching(message) as string }))
  })

  it('not when it is behind what was seen of its cluster', () => {
    const fitness = new DatabaseFitness({})
    fitness.check('tcp:a:1', 'db', status({ index: 7n }))
    expect(() => fitness.check('tcp:b:1', 'db', status({ index: 6n }))).toThrow(/tcp:b:1 is behind \(at 6, we have seen 7\)/)
    fitness.check('tcp:b:1', 'db', status({ index: 7n }))
    fitness.check('tcp:c:1', 'db', status({ cid: 'c2' as never, index: 1n }))
  })
})

describe('the database that is used', () => {
  it('is the one that is asked for, or the only one', () => {
    expect(chooseDatabase('r', ['_Server', 'a', 'b'], 'b')).toBe('b')
    expect(chooseDatabase('r', ['_Server', 'a'], undefined)).toBe('a')
    expect(chooseDatabase('r', ['_Server'], '_Server')).toBe('_Server')
  })

  it.each<[readonly string[], string | undefined, string, RegExp]>([
    [['_Server', 'b', 'a'], 'c', 'connect', /does not serve the database c, only a, b/],
    [['_Server'], 'c', 'connect', /only nothing/],
    [['_Server'], undefined, 'connect', /serves no database/],
    [['b', 'a'], undefined, 'invalid', /several databases: say which with db \(a, b\)/],
  ])('of %j, %s, is refused with %s', (names, wanted, code, message) => {
    expect(() => chooseDatabase('r', names, wanted)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) as string }))
  })
})
