/** A scalar as it stands in the text: `0x1`, `1.0`, `yes`. */
export class Raw {
  constructor(readonly text: string) {}
}

/** A value of a configuration, of which text is made. Maps keep the type and order of their keys. */
export type Node = Raw | string | number | boolean | null | Node[] | NodeMap
export type NodeMap = Map<Node, Node>

/** What `tree` takes: objects become maps, and keys that look like integers become integers. */
export type Plain = Raw | string | number | boolean | null | undefined | Map<Node, Node> | Plain[] | PlainObject
export interface PlainObject {
  [key: string]: Plain
}

/** A tree of plain values. Options that are `undefined` are left out. */
export function tree(value: Plain): Node {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(tree)
  if (value === null || typeof value !== 'object' || value instanceof Raw || value instanceof Map) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return new Map(entries.map(([key, inner]) => [/^\d+$/.test(key) ? Number(key) : key, tree(inner)]))
}

/** A copy that shares nothing that can change. */
export function copy(node: Node): Node {
  if (Array.isArray(node)) return node.map(copy)
  if (node instanceof Map) return new Map([...node].map(([key, value]) => [key, copy(value)]))
  return node
}

/** The path from the root to a value: keys of maps and indices of arrays. */
export type Path = readonly Node[]

/** Every value of a tree with its path, the root first. */
export function* walk(node: Node, path: Path = []): Generator<{ path: Path; node: Node }> {
  yield { path, node }
  for (const [key, value] of entriesOf(node)) yield* walk(value, [...path, key])
}

/** Keys and values of a map, indices and elements of an array. */
export function entriesOf(node: Node): [Node, Node][] {
  if (Array.isArray(node)) return node.map((value, index) => [index, value])
  return node instanceof Map ? [...node] : []
}

/** The value at a path. */
export function at(node: Node, path: Path): Node | undefined {
  let value: Node | undefined = node
  for (const key of path) {
    value = Array.isArray(value) ? value[key as number] : value instanceof Map ? value.get(key) : undefined
  }
  return value
}

/** Sets the value at a path, or removes it where it is `undefined`. */
export function put(root: Node, path: Path, value: Node | undefined): void {
  const holder = at(root, path.slice(0, -1))
  const key = path.at(-1) as Node
  if (Array.isArray(holder)) {
    if (value === undefined) holder.splice(key as number, 1)
    else holder[key as number] = value
  } else if (holder instanceof Map) {
    if (value === undefined) holder.delete(key)
    else holder.set(key, value)
  }
}

/** The tree as YAML, in block style. */
export function yaml(node: Node): string {
  return block(node, '').replace(/^\n/, '') + '\n'
}

function block(node: Node, indent: string): string {
  if (node instanceof Map && node.size > 0) {
    return [...node].map(([key, value]) => `\n${indent}${scalar(key)}:${spaced(value, indent)}`).join('')
  }
  if (Array.isArray(node) && node.length > 0) {
    return node.map((value) => `\n${indent}-${spaced(value, indent)}`).join('')
  }
  return scalar(node)
}

function spaced(value: Node, indent: string): string {
  const text = block(value, `${indent}  `)
  return text.startsWith('\n') ? text : ` ${text}`
}

function scalar(node: Node): string {
  if (node instanceof Map) return '{}'
  if (Array.isArray(node)) return '[]'
  if (node instanceof Raw) return node.text
  if (typeof node !== 'string') return String(node)
  // Names may stand as they are; all else is quoted, as JSON does it.
  return /^[A-Za-z_][\w-]*$/.test(node) && !keywords.test(node) ? node : JSON.stringify(node)
}

const keywords = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i
