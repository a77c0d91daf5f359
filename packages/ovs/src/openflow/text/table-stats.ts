import type { TableStats } from '../multipart/table-stats.js'

/** The body of a table statistics reply. Tables with the statistics of the one before are put together. */
export function printTableStats(stats: readonly TableStats[]): string {
  const blocks: string[] = []
  for (let at = 0; at < stats.length; ) {
    const table = stats[at] as TableStats
    blocks.push(
      `  table ${table.tableId}:\n` +
        `    active=${table.activeCount}, lookup=${table.lookupCount}, matched=${table.matchedCount}\n`,
    )
    let end = at + 1
    while (end < stats.length && same(stats[end] as TableStats, table)) end++
    const first = stats[at + 1]?.tableId
    const last = stats[end - 1]?.tableId
    if (end === at + 2) blocks.push(`  table ${first}: ditto\n`)
    else if (end > at + 2) blocks.push(`  tables ${first}...${last}: ditto\n`)
    at = end
  }
  return `\n${blocks.join('\n')}`
}

function same(a: TableStats, b: TableStats): boolean {
  return a.activeCount === b.activeCount && a.lookupCount === b.lookupCount && a.matchedCount === b.matchedCount
}
