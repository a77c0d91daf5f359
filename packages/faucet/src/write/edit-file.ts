import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml'
import type { Document, Node } from 'yaml'
import type { FaucetConfig } from '../config/model.js'
import { equalValues } from '../edit/value.js'
import type { ConfigMapping } from '../edit/value.js'
import { applySplices, patchNode } from './patch.js'
import { documentValue, hasAliases, isMergeKey, readDocument, readText } from './read-yaml.js'
import { stringifyFaucetConfig } from './stringify.js'

/**
 * Applies an edit to the text of a `faucet.yaml`: only the text of what the edit changes is different afterwards.
 * Comments, order, quotes, indentation, line ends and hexadecimal numbers elsewhere remain as they are; what is new is
 * written in the file's indentation. An edit that changes nothing gives back the same text.
 *
 * The edit sees the file's own content: what it includes is not merged. Where an anchor or merge key makes a change in
 * one place impossible without another, the aliases of the file are written out first. Lines within brackets or quotes
 * that are indented less than YAML 1.2 asks for (Faucet reads them) are indented enough afterwards.
 *
 * Throws `FaucetError` `invalid` when the text is not YAML or not a mapping, and whatever the edit throws.
 */
export function editFaucetFile(text: string, edit: (config: FaucetConfig) => FaucetConfig): string {
  const { text: readable, document } = readText(text)
  const before = documentValue(document)
  const after = edit(before as FaucetConfig) as ConfigMapping
  if (equalValues(before, after)) return text
  const patched = patchText(readable, document, before, after)
  if (patched !== undefined) return patched
  if (hasAliases(document)) {
    const written = writeOutAliases(document)
    const result = patchText(written, readDocument(written), before, after)
    if (result !== undefined) return result
  }
  return stringifyFaucetConfig(after as FaucetConfig, { indent: indentOf(document, text) })
}

/** The changed text; `undefined` when it would not read as the new configuration. */
function patchText(
  text: string,
  document: Document,
  before: ConfigMapping,
  after: ConfigMapping,
): string | undefined {
  const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const eol = /\r\n/.test(text) ? '\r\n' : '\n'
  const isEmpty = document.contents === null || (isScalar(document.contents) && document.contents.value === null)
  const whole = stringifyFaucetConfig(after as FaucetConfig)
  const splices = isEmpty
    ? [{ start: ended.length, end: ended.length, text: whole.replaceAll('\n', eol) }]
    : patchNode(document.contents, before, after, { text: ended, eol, indent: indentOf(document, text) })
  if (splices === undefined) return undefined
  const result = applySplices(ended, splices)
  return readsAs(result, after) ? result : undefined
}

function readsAs(text: string, config: ConfigMapping): boolean {
  try {
    return equalValues(documentValue(readDocument(text)), config)
  } catch {
    return false
  }
}

/** The columns by which the file indents, as seen on its first nested mapping. */
function indentOf(document: Document, text: string): number {
  let found: number | undefined
  const column = (node: unknown) => {
    const start = isNode(node) ? (node.range?.[0] ?? 0) : 0
    return start - (start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1)
  }
  visit(document, {
    Pair(_, pair) {
      const inner = isMap(pair.value) && pair.value.flow !== true ? pair.value.items[0]?.key : undefined
      if (inner === undefined) return undefined
      const difference = column(inner) - column(pair.key)
      if (difference < 1) return undefined
      found = difference
      return visit.BREAK
    },
  })
  return found ?? 2
}

/** The text of a document without anchors, aliases and merge keys, its comments kept. */
function writeOutAliases(document: Document): string {
  const copy = document.clone()
  // An alias within what an alias stands for needs another round; the depth is bounded by the size of the file.
  for (let rounds = 0; rounds < 100 && hasAliases(copy); rounds++) {
    visit(copy, {
      Alias: (_, alias) => alias.resolve(copy)?.clone() as Node | undefined,
      Map: (_, map) => {
        const merged = map.items.filter((pair) => isMergeKey(pair) && !holdsAlias(pair.value))
        if (merged.length === 0) return undefined
        map.items = map.items.filter((pair) => !merged.includes(pair))
        for (const source of merged.flatMap(({ value }) => (isSeq(value) ? value.items : [value]))) {
          if (!isMap(source)) continue
          for (const pair of source.items) if (!map.has(pair.key)) map.items.push(pair.clone())
        }
        return undefined
      },
    })
  }
  visit(copy, {
    Node: (_, node) => {
      if (!isAlias(node)) delete node.anchor
    },
  })
  return copy.toString({ lineWidth: 0 })
}

function holdsAlias(node: unknown): boolean {
  return isAlias(node) || (isSeq(node) && node.items.some(isAlias))
}
