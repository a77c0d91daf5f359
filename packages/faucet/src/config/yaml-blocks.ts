import type { ConfigEntry, ConfigMap, ConfigValue, Place } from './value.js'

/** A top-level key of a text with all that belongs to it. */
export interface YamlBlock {
  readonly text: string
  /** How many lines come before it. */
  readonly line: number
}

/**
 * Takes a long text apart at its top-level keys, so that each part can be read for itself. `undefined` where it cannot
 * be said without reading: anchors, markers of documents, or whatever else begins a line and is no plain key.
 */
export function yamlBlocks(text: string): readonly YamlBlock[] | undefined {
  if (/[&*\t\r\uFEFF\u0085\u2028\u2029]/.test(text)) return undefined
  const blocks: YamlBlock[] = []
  let lines: string[] = []
  let start = 0
  let hasKey = false
  for (const [index, line] of text.split('\n').entries()) {
    if (/^[A-Za-z_][\w-]*:(?: |$)/.test(line)) {
      // What stands before the first key is part of its block.
      if (hasKey) {
        blocks.push({ text: `${lines.join('\n')}\n`, line: start })
        lines = []
        start = index
      }
      hasKey = true
    } else if (line !== '' && line[0] !== '#' && (line[0] !== ' ' || (!hasKey && line.trim() !== ''))) return undefined
    lines.push(line)
  }
  return hasKey ? [...blocks, { text: lines.join('\n'), line: start }] : undefined
}

/** The same value so many lines further down. */
export function movedDown(value: ConfigValue, lines: number): ConfigValue {
  if (lines === 0) return value
  const place = moved(value.place, lines)
  if (value.kind === 'list') return { ...value, place, items: value.items.map((item) => movedDown(item, lines)) }
  if (value.kind === 'map') {
    const entries = value.entries.map((entry): ConfigEntry => ({ key: movedDown(entry.key, lines), value: movedDown(entry.value, lines) }))
    return { ...value, place, entries } satisfies ConfigMap
  }
  return { ...value, place }
}

function moved(place: Place, lines: number): Place {
  return place.line === undefined ? place : { ...place, line: place.line + lines }
}
