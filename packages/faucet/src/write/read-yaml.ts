import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Pair, ParsedNode } from 'yaml'
import { FaucetError } from '../errors.js'
import { indented } from '../config/yaml-indent.js'
import { mappingOf } from '../edit/value.js'
import type { ConfigMapping, ConfigValue } from '../edit/value.js'

/**
 * Parses the text of one file to the document with its places and comments: YAML 1.2 with merge keys, as Faucet's
 * reader has it. Throws `FaucetError` `invalid` with line and column where it is not YAML.
 */
export function readDocument(text: string): Document.Parsed<ParsedNode> {
  return readText(text).document
}

/**
 * The same, with the text that its places are of: where lines within brackets or quotes are indented less than YAML 1.2
 * asks for, it is the one in which they are indented enough.
 */
export function readText(text: string): { readonly text: string; readonly document: Document.Parsed<ParsedNode> } {
  const options = { merge: true, intAsBigInt: true, uniqueKeys: true, keepSourceTokens: true } as const
  const document = parseDocument(text, options)
  const [error] = document.errors
  if (error === undefined) return { text, document }
  const deeper = indented(text)?.text
  const other = deeper === undefined ? undefined : parseDocument(deeper, options)
  if (deeper !== undefined && other?.errors.length === 0) return { text: deeper, document: other }
  throw new FaucetError('invalid', `the file is not YAML: ${error.message}`, { cause: error })
}

/**
 * The configuration in a document: whole numbers are `number` up to 2^53 and `bigint` beyond, keys are text. An empty
 * document is an empty configuration. Throws `FaucetError` `invalid` when it is not a mapping.
 */
export function documentValue(document: Document): ConfigMapping {
  const value = narrow(document.toJS({ maxAliasCount: 1000 }))
  return value === null ? {} : mappingOf(value, 'the file')
}

/** Whether a document has what a change in one place may show in another: anchors, aliases, merge keys. */
export function hasAliases(document: Document): boolean {
  const look = (node: unknown): boolean => {
    if (isAlias(node)) return true
    if (isMap(node)) return node.items.some((pair) => isMergeKey(pair) || look(pair.value))
    return isSeq(node) && node.items.some(look)
  }
  return look(document.contents)
}

/** Whether a pair is a merge key (`<<`, not quoted), which the parser gives as a symbol. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === 'symbol'
}

function narrow(value: unknown): ConfigValue {
  if (typeof value === 'bigint') {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
  }
  if (Array.isArray(value)) return value.map(narrow)
  if (typeof value !== 'object' || value === null) return value as ConfigValue
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, narrow(item)]))
}
