import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml'
import type { Pair, YAMLMap, YAMLSeq } from 'yaml'
import { entriesOf, equalValues, isMapping, ownValue } from '../edit/value.js'
import type { ConfigMapping, ConfigPath, ConfigValue } from '../edit/value.js'
import { alignLists } from './align.js'
import { isMergeKey } from './read-yaml.js'
import { formatFlow, formatItem, formatKey, formatPair } from './stringify.js'

/** A piece of a text, from `start` to before `end`, and what takes its place. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The file that is being changed. Its text ends with a line break. */
export interface PatchedFile {
  readonly text: string
  /** How its lines end. */
  readonly eol: string
  /** Columns by which it indents. */
  readonly indent: number
}

/** The changes of the text, or `undefined` where the value has to be written anew. */
type Patch = readonly Splice[] | undefined

interface Position {
  readonly file: PatchedFile
  readonly path: ConfigPath
}

/** What makes a node of a file have another value, with the least change of its text. */
export function patchNode(node: unknown, old: ConfigValue, now: ConfigValue, file: PatchedFile): Patch {
  return patchValue(node, old, now, { file, path: [] })
}

/** Carries out changes of a text; none may overlap. Insertions at one place keep their order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const order = splices
    .map((splice, index) => ({ splice, index, inserts: splice.start === splice.end }))
    .sort((a, b) => a.splice.start - b.splice.start || Number(b.inserts) - Number(a.inserts) || a.index - b.index)
  let result = ''
  let at = 0
  for (const { splice } of order) {
    result += text.slice(at, splice.start) + splice.text
    at = Math.max(at, splice.end)
  }
  return result + text.slice(at)
}

function patchValue(node: unknown, old: ConfigValue | undefined, now: ConfigValue, position: Position): Patch {
  if (old !== undefined && equalValues(old, now)) return []
  if (isScalar(node)) return patchScalar(node, now, position)
  if (isMap(node) && isMapping(old) && isMapping(now) && entriesOf(now).length > 0) {
    return node.flow === true ? patchFlowMap(node, old, now, position) : patchBlockMap(node, old, now, position)
  }
  if (isSeq(node) && Array.isArray(old) && Array.isArray(now) && now.length > 0 && node.items.length === old.length) {
    return node.flow === true ? patchFlowList(node, old, now, position) : patchBlockList(node, old, now, position)
  }
  if (isCollection(node) && node.flow === true) return [{ ...spanOf(node), text: formatFlow(now, position.path) }]
  return undefined
}

function patchScalar(node: { value: unknown } & Spanned, now: ConfigValue, { file, path }: Position): Patch {
  const { start, end } = spanOf(node)
  if (typeof now === 'object' && now !== null) return undefined
  const isPlainNode = start < end && node.anchor === undefined && node.tag === undefined
  if (!isPlainNode || node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return undefined
  return [{ start, end, text: scalarLike(file.text.slice(start, end), node.type, now, path) }]
}

/** A scalar in the manner of the one whose place it takes: its quotes, hexadecimal digits. */
function scalarLike(source: string, type: unknown, now: Exclude<ConfigValue, object | null> | null, path: ConfigPath) {
  if (typeof now === 'string' && /^[\x20-\x7e]*$/.test(now)) {
    if (type === 'QUOTE_SINGLE') return `'${now.replaceAll("'", "''")}'`
    if (type === 'QUOTE_DOUBLE') return JSON.stringify(now)
  }
  const number = typeof now === 'bigint' || Number.isSafeInteger(now) ? BigInt(now as number | bigint) : -1n
  if (number >= 0n && /^0x/.test(source)) return `0x${number.toString(16)}`
  return formatFlow(now, path)
}

function patchBlockMap(node: YAMLMap, old: ConfigMapping, now: ConfigMapping, position: Position): Patch {
  const { file, path } = position
  const [first] = node.items
  if (first === undefined) return undefined
  const column = columnOf(file.text, spanOf(first.key).start)
  const pairs = node.items.map((pair) => ({ pair, key: keyOf(pair), start: spanOf(pair.key).start }))
  const splices: Splice[] = []
  for (const { pair, key, start } of pairs) {
    // A merge key stays: what it brings in can be overridden, and the check of the result tells whether that sufficed.
    if (isMergeKey(pair)) continue
    if (key === undefined) return undefined
    const value = ownValue(now, key)
    if (value === undefined) {
      if (!startsLine(file.text, start)) return undefined
      splices.push({ start: lineStart(file.text, start), end: nextLine(file.text, pairEnd(pair, file.text)), text: '' })
      continue
    }
    const patch = patchValue(pair.value, ownValue(old, key), value, { file, path: [...path, key] })
    splices.push(...(patch ?? [replacePair(pair, key, value, column, position)]))
  }
  const present = new Set(pairs.map(({ key }) => key))
  for (const [key, value] of entriesOf(now)) {
    if (present.has(key) || equalValues(ownValue(old, key), value)) continue
    const before = precedingPair(pairs, key)
    const at = nextLine(file.text, pairEnd(before.pair, file.text))
    const gap = path.length === 0 && hasBlankLine(file.text) ? file.eol : ''
    const lines = formatPair(key, value, path, { indent: file.indent })
    splices.push({ start: at, end: at, text: gap + lines.map((line) => ' '.repeat(column) + line + file.eol).join('') })
  }
  return splices
}

type KeyedPair = { readonly pair: Pair; readonly key: string | undefined }

/** The pair after which a new one is put: the last one, or between numbers the next smaller one. */
function precedingPair(pairs: readonly KeyedPair[], key: string): KeyedPair {
  const isNumber = (name: string | undefined) => name !== undefined && /^\d+$/.test(name)
  const smaller = pairs.findLast((pair) => isNumber(pair.key) && Number(pair.key) < Number(key))
  const byNumber = isNumber(key) && pairs.every((pair) => isNumber(pair.key)) ? smaller : undefined
  return byNumber ?? (pairs.at(-1) as KeyedPair)
}

function replacePair(pair: Pair, key: string, value: ConfigValue, column: number, { file, path }: Position): Splice {
  const { start, end } = spanOf(pair.key)
  const keyText = file.text.slice(start, end)
  const lines = formatPair(key, value, path, { indent: file.indent }, keyText)
  return { start, end: pairEnd(pair, file.text), text: lines.join(file.eol + ' '.repeat(column)) }
}

function patchBlockList(
  node: YAMLSeq,
  old: readonly ConfigValue[],
  now: readonly ConfigValue[],
  position: Position,
): Patch {
  const { file, path } = position
  const dashes = dashOffsets(node)
  const items = node.items.map((item, index) => ({ item, dash: dashes[index] ?? -1, end: contentEnd(item, file.text) }))
  if (dashes.length !== items.length || !dashes.every((dash) => startsLine(file.text, dash))) return undefined
  const { kept, added } = alignLists(old, now)
  if (kept.every((index) => index === undefined)) return undefined
  const pad = ' '.repeat(columnOf(file.text, dashes[0] ?? 0))
  const splices: Splice[] = []
  for (const [index, { item, dash, end }] of items.entries()) {
    const place = kept[index]
    const last = Math.max(end ?? dash + 1, dash + 1)
    if (place === undefined) {
      splices.push({ start: lineStart(file.text, dash), end: nextLine(file.text, last), text: '' })
      continue
    }
    const value = now[place] as ConfigValue
    const patch = patchValue(item, old[index], value, position)
    const anew = () => formatItem(value, path, { indent: file.indent }).join(file.eol + pad)
    splices.push(...(patch ?? [{ start: dash, end: last, text: anew() }]))
  }
  for (const index of added) {
    const lines = formatItem(now[index] as ConfigValue, path, { indent: file.indent })
    const text = lines.map((line) => pad + line + file.eol).join('')
    const after = items.findLast((_, at) => (kept[at] ?? Infinity) < index)
    const before = items.find((_, at) => (kept[at] ?? -1) > index)
    const at = after
      ? nextLine(file.text, Math.max(after.end ?? 0, after.dash + 1))
      : lineStart(file.text, before?.dash ?? 0)
    splices.push({ start: at, end: at, text })
  }
  return splices
}

function patchFlowMap(node: YAMLMap, old: ConfigMapping, now: ConfigMapping, position: Position): Patch {
  const { file, path } = position
  const keys = node.items.map(keyOf)
  const anew = [{ ...spanOf(node), text: formatFlow(now, path) }]
  const items = node.items.map((pair, index) => {
    const key = keys[index]
    const value = key === undefined ? undefined : ownValue(now, key)
    const oldValue = key === undefined ? undefined : ownValue(old, key)
    const place = { file, path: [...path, key ?? ''] }
    const patch = value === undefined ? undefined : patchValue(pair.value, oldValue, value, place)
    return { ...flowPairSpan(pair), keeps: value !== undefined, patch }
  })
  if (keys.includes(undefined)) return anew
  const added = entriesOf(now).filter(([key]) => !keys.includes(key))
  const texts = added.map(([key, value]) => ({
    text: `${formatKey(key, path)}: ${formatFlow(value, [...path, key])}`,
    before: Infinity,
  }))
  return patchFlowItems(items, texts) ?? anew
}

function patchFlowList(
  node: YAMLSeq,
  old: readonly ConfigValue[],
  now: readonly ConfigValue[],
  position: Position,
): Patch {
  const { kept, added } = alignLists(old, now)
  const items = node.items.map((item, index) => {
    const place = kept[index]
    const patch = place === undefined ? undefined : patchValue(item, old[index], now[place] as ConfigValue, position)
    return { ...spanOf(item), keeps: place !== undefined, patch }
  })
  const texts = added.map((index) => {
    const before = kept.findIndex((place) => place !== undefined && place > index)
    return { text: formatFlow(now[index] as ConfigValue, position.path), before: before < 0 ? Infinity : before }
  })
  return patchFlowItems(items, texts) ?? [{ ...spanOf(node), text: formatFlow(now, position.path) }]
}

interface FlowItem {
  readonly start: number
  readonly end: number
  readonly keeps: boolean
  readonly patch: Patch
}

/** Items of a flow collection go with a comma beside them; new ones come before a kept item, or after the last one. */
function patchFlowItems(items: readonly FlowItem[], added: readonly { text: string; before: number }[]): Patch {
  const last = items.findLastIndex((item) => item.keeps)
  const lastKept = items[last]
  if (lastKept === undefined || items.some((item) => item.start >= item.end)) return undefined
  const splices: Splice[] = []
  for (const [index, item] of items.entries()) {
    if (item.keeps && item.patch === undefined) return undefined
    if (item.keeps) splices.push(...(item.patch ?? []))
    else if (index < last) splices.push({ start: item.start, end: items[index + 1]?.start ?? item.end, text: '' })
  }
  const end = items.at(-1)?.end ?? lastKept.end
  if (end > lastKept.end) splices.push({ start: lastKept.end, end, text: '' })
  for (const { text, before } of added) {
    const next = items[before]
    const at = next?.start ?? lastKept.end
    splices.push({ start: at, end: at, text: next === undefined ? `, ${text}` : `${text}, ` })
  }
  return splices
}

/** What the nodes of a parsed document know of their place. */
interface Spanned {
  readonly range?: readonly number[] | null | undefined
  readonly anchor?: string | undefined
  readonly tag?: string | undefined
  readonly type?: unknown
}

function spanOf(node: unknown): { readonly start: number; readonly end: number } {
  const range = typeof node === 'object' && node !== null ? (node as Spanned).range : undefined
  return { start: range?.[0] ?? -1, end: range?.[1] ?? -1 }
}

function flowPairSpan(pair: Pair): { readonly start: number; readonly end: number } {
  const { start, end } = spanOf(pair.key)
  return { start, end: Math.max(end, spanOf(pair.value).end) }
}

function keyOf(pair: Pair): string | undefined {
  if (!isScalar(pair.key) || isMergeKey(pair)) return undefined
  const { value } = pair.key
  return value === null ? '' : String(value)
}

/** Where the last content of a pair ends: comments after it do not count. */
function pairEnd(pair: Pair, text: string): number {
  const keyEnd = spanOf(pair.key).end
  return contentEnd(pair.value, text) ?? text.indexOf(':', keyEnd) + 1
}

/** Where the last content of a node ends; `undefined` when it has none. */
function contentEnd(node: unknown, text: string): number | undefined {
  if (isCollection(node) && node.flow !== true) {
    const item: unknown = node.items.at(-1)
    if (isMap(node)) return item === undefined ? undefined : pairEnd(item as Pair, text)
    const dash = isSeq(node) ? dashOffsets(node).at(-1) : undefined
    return contentEnd(item, text) ?? (dash === undefined ? undefined : dash + 1)
  }
  const { start, end } = spanOf(node)
  if (!isAlias(node) && start >= end) return undefined
  // A block scalar ends after its line break.
  return text[end - 1] === '\n' ? end - (text[end - 2] === '\r' ? 2 : 1) : end
}

function dashOffsets(node: YAMLSeq): readonly number[] {
  const token = node.srcToken
  if (token?.type !== 'block-seq') return []
  const starts = token.items.flatMap((item) => item.start)
  return starts.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset)
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === ''
}

function hasBlankLine(text: string): boolean {
  return /\n\r?\n/.test(text)
}
