import { OvsError } from '../errors.js'
import type { VswitchOperation } from './operation.js'

/**
 * Counts the configuration up and reads the new number: ovs-vswitchd copies it to `cur_cfg` when it has done everything
 * up to it.
 */
export function setNextCfg(): readonly [
  { readonly op: 'mutate' } & VswitchOperation,
  {
    readonly op: 'select'
    readonly table: 'Open_vSwitch'
    readonly columns: readonly ['next_cfg']
    readonly where: readonly []
  },
] {
  return [
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['next_cfg', '+=', 1]] },
    { op: 'select', table: 'Open_vSwitch', where: [], columns: ['next_cfg'] },
  ]
}

/** What the wait for a commit looks at: columns of the table Interface. */
export interface InterfaceState {
  readonly name: string
  /** The OpenFlow port number; -1 when the interface could not be added. */
  readonly ofport: bigint | undefined
  readonly error: string | undefined
}

/** What is awaited: the number that `next_cfg` got, and the interfaces that must be up. */
export interface Awaited {
  readonly cfg: bigint
  readonly interfaces: readonly string[]
}

/** The OpenFlow port numbers by interface name. */
export type Ofports = ReadonlyMap<string, number>

/**
 * Whether ovs-vswitchd is done: the OpenFlow port numbers when it is, `undefined` while it is not.
 * @throws OvsError `interface` when it is done and failed, naming each interface and its error.
 */
export function ofportsWhenDone(
  awaited: Awaited,
  curCfg: bigint | undefined,
  find: (name: string) => InterfaceState | undefined,
): Ofports | undefined {
  if (curCfg === undefined || curCfg < awaited.cfg) return undefined
  const ofports = new Map<string, number>()
  const failed = new Map<string, string>()
  for (const name of awaited.interfaces) {
    const { ofport, error } = find(name) ?? { ofport: undefined, error: 'no such row in the table Interface' }
    if (error) failed.set(name, error)
    else if (ofport !== undefined && ofport > 0n) ofports.set(name, Number(ofport))
    else if (ofport !== undefined) failed.set(name, `ofport ${ofport}`)
    else return undefined
  }
  if (failed.size > 0) throw interfaceError(failed)
  return ofports
}

function interfaceError(interfaces: ReadonlyMap<string, string>): OvsError {
  const list = [...interfaces].map(([name, error]) => `${name}: ${error}`)
  const what = list.length === 1 ? 'an interface' : `${list.length} interfaces`
  return new OvsError('interface', `Open vSwitch could not bring up ${what}: ${list.join('; ')}`, {
    detail: { type: 'interfaces', interfaces },
  })
}
