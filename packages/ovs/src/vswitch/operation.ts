import type { Operation } from '../ovsdb/operation.js'
import type { OpenVSwitch } from '../ovsdb/schema/open-vswitch.gen.js'

/** An operation on the database Open_vSwitch. */
export type VswitchOperation = Operation<OpenVSwitch>

/** A map of strings to strings, as in `external_ids`, `other_config` and `options`. */
export type StringMap = Readonly<Record<string, string>>

/**
 * A `uuid-name` for a row. A `uuid-name` is an identifier (RFC 7047 §3.1 `<id>`), a name in OVS is nearly any text:
 * other characters become their code points.
 */
export function rowName(kind: 'bridge' | 'port' | 'interface', name: string): string {
  return `${kind}_${name.replace(/[^A-Za-z0-9]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`)}`
}
