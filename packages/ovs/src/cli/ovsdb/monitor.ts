import { OvsError } from '../../errors.js'
import { stringifyJson } from '../../jsonrpc/json.js'
import type { OvsdbClient } from '../../ovsdb/client.js'
import type { DatabaseSchema } from '../../ovsdb/schema.js'
import type { RowChange } from '../../ovsdb/update.js'
import { rowCells, rowJson } from './row-text.js'
import type { CommandEnvironment } from './run.js'
import type { TableColumns } from './selection.js'
import { textTable } from './text-table.js'

/** What is printed of a change: `initial` for the rows that are there at first. */
type Printed = { readonly uuid: string; readonly action: string; readonly old?: object; readonly new?: object }

/**
 * Prints the rows of tables, then each change, until the signal fires.
 * @throws OvsError `closed` when the connection ends.
 */
export async function monitorRows(
  client: OvsdbClient,
  format: 'table' | 'json',
  schema: DatabaseSchema,
  tables: readonly TableColumns[],
  { print, signal }: CommandEnvironment,
): Promise<void> {
  const choices = new Map(
    tables.map(({ table, columns }) => [table, { table, columns: columns.filter((column) => column !== '_uuid') }]),
  )
  const requests = Object.fromEntries([...choices].map(([table, { columns }]) => [table, columns]))
  const queue: (readonly [table: string, rows: readonly Printed[]])[] = []
  let wake = () => {}
  const monitor = await client.monitor(schema.name as string, requests, { signal })
  for (const table of choices.keys()) {
    const rows = [...monitor.rows(table)]
    queue.push([table, rows.map(([uuid, row]) => ({ uuid, action: 'initial', new: row as object }))])
  }
  monitor.onChange((changes) => {
    for (const change of changes as readonly RowChange[]) queue.push([change.table, [printed(change)]])
    wake()
  })
  const ended = Promise.race([client.closed, new Promise((resolve) => signal.addEventListener('abort', resolve))])
  let over = signal.aborted
  void ended.then(() => {
    over = true
    wake()
  })
  for (;;) {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const [table, rows] = item
      const choice = choices.get(table) as TableColumns
      if (format === 'table' || rows.length > 0) await print(text(format, schema, choice, rows))
    }
    if (over) break
    await new Promise<void>((resolve) => (wake = resolve))
  }
  if (!signal.aborted) throw (await client.closed) ?? new OvsError('closed', 'the connection was closed')
}

function printed(change: RowChange): Printed {
  const { type: action, uuid } = change
  switch (change.type) {
    case 'insert':
      return { uuid, action, new: change.new }
    case 'delete':
      return { uuid, action, old: change.old }
    case 'modify':
      return { uuid, action, old: change.old, new: change.new }
  }
}

function text(
  format: 'table' | 'json',
  schema: DatabaseSchema,
  choice: TableColumns,
  rows: readonly Printed[],
): string {
  const { table, columns } = choice
  if (format === 'json') {
    return rows
      .map(({ uuid, action, old, new: now }) => {
        const members = { ...(old && { old: rowJson(old as never) }), ...(now && { new: rowJson(now as never) }) }
        return stringifyJson({ table, uuid, action, ...members })
      })
      .join('\n')
  }
  const cells = rows.flatMap(({ uuid, action, old, new: now }) => {
    const line = (name: string, row: object) => [uuid, name, ...rowCells(schema, choice, row as never)]
    if (old && now) return [line('old', old), line('new', now)]
    return [line(action, (now ?? old) as object)]
  })
  return `${textTable(undefined, [table, 'action', ...columns], cells)}\n`
}
