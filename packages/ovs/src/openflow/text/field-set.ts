import type { FieldRef } from '../oxm/field.js'
import { textFieldOfHeader, textFields } from './field-table.js'

const order = new Map(textFields.map(({ name }, index) => [name, index]))

/**
 * A set of fields as Open vSwitch prints it: in its own order, names with a common beginning put together as in
 * `eth_{src,dst}`, and rows of numbered ones as in `reg0...reg7`. Fields that Open vSwitch does not know are left out.
 */
export function printFieldSet(fields: readonly FieldRef[]): string {
  const names = new Set(fields.flatMap(nameOf))
  const sorted = [...names].sort((a, b) => position(a) - position(b))
  return group(sorted).join(' ')
}

function nameOf(field: FieldRef): string[] {
  // The 32-bit form of the port is a field of its own here.
  if (field === 'in_port') return ['in_port_oxm']
  const known = typeof field === 'string' ? textFieldOfHeader(field) : undefined
  return known ? [known.name] : []
}

function position(name: string): number {
  return name === 'in_port_oxm' ? (order.get('in_port') ?? 0) + 0.5 : (order.get(name) ?? 0)
}

function group(names: readonly string[]): string[] {
  const words: string[] = []
  for (let at = 0; at < names.length; ) {
    const name = names[at] as string
    const numbered = numberedRow(names, at)
    if (numbered >= 3) {
      words.push(`${name}...${names[at + numbered - 1]}`)
      at += numbered
      continue
    }
    const prefix = name.slice(0, name.indexOf('_') + 1)
    let end = at + 1
    while (prefix !== '' && names[end]?.startsWith(prefix)) end++
    const rest = names.slice(at, end).map((each) => each.slice(prefix.length))
    words.push(rest.length < 2 ? name : `${prefix}{${group(rest).join(',')}}`)
    at = end
  }
  return words
}

/** How many names from here on differ in a number at the end that counts up by one. */
function numberedRow(names: readonly string[], at: number): number {
  const match = /^(.*?)(\d+)$/.exec(names[at] as string)
  if (!match) return 1
  const [, stem, first] = match
  let length = 1
  while (names[at + length] === `${stem}${Number(first) + length}`) length++
  return length
}
