import type { AnyTables } from './row.js'
import type { OpenVSwitch } from './schema/open-vswitch.gen.js'

/**
 * The databases whose tables TypeScript knows, by name. Add your own:
 * `declare module '@streambed/ovs' { interface Databases { OVN_Northbound: OvnNorthbound } }`.
 */
export interface Databases {
  Open_vSwitch: OpenVSwitch
}

/** The tables of a database: typed when it is one of {@link Databases}. */
export type TablesOf<Db extends string> = Db extends keyof Databases ? Databases[Db] : AnyTables
