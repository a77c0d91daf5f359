import type { FieldRef } from '../oxm/field.js'
import type { TableFeatures, TableFeatureProperty } from '../multipart/table-features.js'
import { actionNames } from './action-names.js'
import { hexOrZero } from './bits.js'
import { printFieldSet } from './field-set.js'

/** The instructions of a table in the order of Open vSwitch, with their numbers. */
const instructionNames = [
  [6, 'meter'],
  [4, 'apply_actions'],
  [5, 'clear_actions'],
  [3, 'write_actions'],
  [2, 'write_metadata'],
  [1, 'goto_table'],
] as const

/** What the flows of a table, or its table-miss flow, may do: as texts, since they are printed and compared only. */
interface Offer {
  readonly nextTables: string
  readonly instructions: string
  readonly write: string
  readonly apply: string
}

interface Table {
  readonly other: Offer
  readonly miss: Offer
  readonly matching: string
  /** Everything but name, number and the tables that flows may go to. */
  readonly all: string
  readonly nextTables: readonly (readonly number[])[]
}

/** The bodies of a table features request and reply. */
export function printTableFeatures(tables: readonly TableFeatures[]): string {
  let text = ''
  let before: Table | undefined
  for (const features of tables) {
    const table = describe(features)
    const name = features.name === '' ? '' : ` ("${features.name}")`
    text += `\n  table ${features.tableId}${name}:`
    text += before && isLike(features.tableId, table, before) ? ' ditto' : body(features, table, before)
    before = table
  }
  return `${text}\n`
}

/** Whether a table offers what the one before does. That it cannot go back to itself or further makes no difference. */
function isLike(tableId: number, table: Table, before: Table): boolean {
  const ahead = ({ nextTables }: Table) => nextTables.map((ids) => ranges(ids.filter((id) => id > tableId))).join(' ')
  return table.all === before.all && ahead(table) === ahead(before)
}

function body(features: TableFeatures, table: Table, before: Table | undefined): string {
  const { metadataMatch, metadataWrite, maxEntries } = features
  const metadata =
    metadataMatch === 0n && metadataWrite === 0n
      ? ''
      : `    metadata: match=${hexOrZero(metadataMatch)} write=${hexOrZero(metadataWrite)}\n`
  const matching = table.matching === '' || table.matching !== before?.matching ? table.matching : '    (same matching)\n'
  return `\n${metadata}    max_entries=${maxEntries}\n${instructions(table, before)}${matching}`
}

function instructions({ other, miss }: Table, before: Table | undefined): string {
  if (!same(other, miss)) {
    return (
      `    instructions (other than table miss):\n${printOffer(other, before?.other)}` +
      `    instructions (table miss):\n${printOffer(miss, before?.miss)}`
    )
  }
  if (before && same(other, before.other) && same(miss, before.miss)) return '    (same instructions)\n'
  return `    instructions (table miss and others):\n${printOffer(other, before?.other)}`
}

function same(a: Offer, b: Offer): boolean {
  return (
    a.nextTables === b.nextTables && a.instructions === b.instructions && a.write === b.write && a.apply === b.apply
  )
}

function printOffer(offer: Offer, before: Offer | undefined): string {
  const tables = offer.nextTables === '' ? '' : `      next tables: ${offer.nextTables}\n`
  const known = offer.instructions === before?.instructions
  const list = offer.instructions === '' ? '' : `      ${known ? '(same instructions)' : `instructions: ${offer.instructions}`}\n`
  if (before && offer.write === before.write && offer.apply === before.apply) return `${tables}${list}      (same actions)\n`
  if (offer.write !== offer.apply) {
    return `${tables}${list}      Write-Actions features:\n${offer.write}      Apply-Actions features:\n${offer.apply}`
  }
  return `${tables}${list}${offer.write === '' ? '' : `      Write-Actions and Apply-Actions features:\n${offer.write}`}`
}

function describe(features: TableFeatures): Table {
  const find = new Map<string, TableFeatureProperty>(features.properties.map((property) => [property.type, property]))
  // A property for table miss is left out when it equals the other.
  const get = (type: string, miss: boolean) => (miss ? find.get(`${type}_miss`) : undefined) ?? find.get(type)
  const offer = (miss: boolean): Offer => ({
    nextTables: ranges(tableIds(get('next_tables', miss))),
    instructions: instructionsOf(get('instructions', miss)),
    write: actions(get('write_actions', miss), get('write_setfield', miss)),
    apply: actions(get('apply_actions', miss), get('apply_setfield', miss)),
  })
  const other = offer(false)
  const miss = offer(true)
  const matching = printMatching(find.get('match'), find.get('wildcards'))
  const numbers = [features.metadataMatch, features.metadataWrite, features.maxEntries].join()
  const rest = ({ instructions, write, apply }: Offer) => [instructions, write, apply]
  return {
    other,
    miss,
    matching,
    all: [numbers, matching, ...rest(other), ...rest(miss)].join('\0'),
    nextTables: [tableIds(get('next_tables', false)), tableIds(get('next_tables', true))],
  }
}

function tableIds(property: TableFeatureProperty | undefined): readonly number[] {
  return property && 'tableIds' in property ? property.tableIds : []
}

function instructionsOf(property: TableFeatureProperty | undefined): string {
  const ids = new Set(property && 'instructions' in property ? property.instructions.map(({ id }) => id) : [])
  return instructionNames.flatMap(([id, name]) => (ids.has(id) ? [name] : [])).join(' ')
}

function actions(property: TableFeatureProperty | undefined, setField: TableFeatureProperty | undefined): string {
  const bits = property && 'actions' in property ? property.actions.reduce((all, { id }) => (id < 32 ? all | (1 << id) : all), 0) : 0
  const fields = printFieldSet(fieldsOf(setField).map(({ field }) => field))
  return (
    (bits === 0 ? '' : `        actions: ${actionNames(bits)}\n`) +
    (fields === '' ? '' : `        supported on Set-Field: ${fields}\n`)
  )
}

function fieldsOf(property: TableFeatureProperty | undefined): readonly { readonly field: FieldRef; readonly masked: boolean }[] {
  return property && 'fields' in property ? property.fields : []
}

function printMatching(match: TableFeatureProperty | undefined, wildcards: TableFeatureProperty | undefined): string {
  const fields = fieldsOf(match)
  if (fields.length === 0) return ''
  const optional = new Set(fieldsOf(wildcards).map(({ field }) => field))
  const line = (caption: string, chosen: typeof fields) => {
    const names = printFieldSet(chosen.map(({ field }) => field))
    return names === '' ? '' : `      ${caption}: ${names}\n`
  }
  const lines =
    line(
      'arbitrary mask',
      fields.filter(({ masked }) => masked),
    ) +
    line(
      'exact match or wildcard',
      fields.filter(({ field, masked }) => !masked && optional.has(field)),
    ) +
    line(
      'must exact match',
      fields.filter(({ field, masked }) => !masked && !optional.has(field)),
    )
  return lines === '' ? '' : `    matching:\n${lines}`
}

/** Table numbers with neighbouring ones put together: `1-3,5`. */
function ranges(ids: readonly number[]): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b)
  const words: string[] = []
  for (let at = 0; at < sorted.length; ) {
    let end = at
    while (sorted[end + 1] === (sorted[end] as number) + 1) end++
    words.push(end === at ? `${sorted[at]}` : `${sorted[at]}-${sorted[end]}`)
    at = end + 1
  }
  return words.join(',')
}
