import type { AnyRow } from '../row.js'
import type { Value } from '../value.js'

/** A row that is being made. */
export type RowDraft = Record<string, Value>

/** Makes the rows of one table, which all have the same columns. */
export interface RowShape {
  /** A new row that has the given initial values. */
  readonly create: () => RowDraft
  /** A copy of a row that this shape made. */
  readonly copy: (row: AnyRow) => RowDraft
}

/**
 * Makes a shape. Where the runtime allows it, an object literal is compiled for it: rows that come from one literal
 * share a hidden class, and to make and freeze such a row takes a tenth of the time that `{ ...initial }` takes, which
 * for a table of 40 columns is longer than to parse its JSON.
 */
export function rowShape(initial: AnyRow): RowShape {
  return compiledShape(initial) ?? { create: () => ({ ...initial }), copy: (row) => ({ ...row }) }
}

/** Column names are identifiers (RFC 7047 §3.1, `<id>`); this one would set the prototype. */
function isPlain(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && name !== '__proto__'
}

function compiledShape(initial: AnyRow): RowShape | undefined {
  const names = Object.keys(initial)
  if (!names.every(isPlain)) return undefined
  const literal = (value: (name: string) => string) => `{ ${names.map((name) => `"${name}": ${value(name)}`).join(', ')} }`
  const source = `return {
    create: () => (${literal((name) => `initial_${name}`)}),
    copy: (row) => (${literal((name) => `row["${name}"]`)}),
  }`
  try {
    // The names are identifiers, see above: nothing from outside becomes code.
    const make = new Function(...names.map((name) => `initial_${name}`), source) as (...values: Value[]) => RowShape
    return make(...names.map((name) => initial[name]))
  } catch {
    // The process may forbid it (--disallow-code-generation-from-strings).
    return undefined
  }
}
