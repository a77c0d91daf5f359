import { OvsError } from '../../errors.js'
import { type JsonValue, parseJson, stringifyJson } from '../../jsonrpc/json.js'
import type { OvsdbClient } from '../../ovsdb/client.js'
import { generateTypes } from '../../ovsdb/generate-types.js'
import { type DatabaseSchema, parseSchema } from '../../ovsdb/schema.js'
import { describeType } from '../../ovsdb/column-type.js'
import type { Arguments } from './arguments.js'
import { connectClient } from './connect.js'
import { monitorRows } from './monitor.js'
import { rowCells, rowJson } from './row-text.js'
import { chooseColumns, chooseDatabase, type TableColumns } from './selection.js'
import { textTable } from './text-table.js'

/** Where a command writes, and what it reads and heeds. */
export interface CommandEnvironment {
  /** Writes a line, or several; resolves when more may be written. */
  readonly print: (text: string) => Promise<void>
  /** The whole of standard input. */
  readonly readInput: () => Promise<string>
  /** Ends the command. */
  readonly signal: AbortSignal
}

/**
 * Runs a command.
 * @throws OvsError whatever goes wrong, for the user to read.
 */
export async function runOvsdb(run: Arguments, environment: CommandEnvironment): Promise<void> {
  await using client = await connectClient(run, environment.signal)
  const { command, rest } = run
  if (command === 'transact') return await transact(client, run, environment)
  const chosen = chooseDatabase(await client.listDbs(), rest)
  const answer = await client.request('get_schema', [chosen.db], { signal: environment.signal })
  const schema = parseSchema(answer)
  switch (command) {
    case 'dump':
      return await dump(client, run, schema, chooseColumns(schema, chosen.rest), environment)
    case 'monitor': {
      if (chosen.rest.length === 0) throw new OvsError('invalid', 'monitor needs a table')
      return await monitorRows(client, run.format, schema, chooseColumns(schema, chosen.rest), environment)
    }
    case 'schema':
      return await environment.print(run.format === 'json' ? stringifyJson(answer) : schemaText(schema))
    case 'types':
      return await environment.print(generateTypes(schema, run.from).trimEnd())
  }
}

async function dump(
  client: OvsdbClient,
  { format }: Arguments,
  schema: DatabaseSchema,
  tables: readonly TableColumns[],
  { print, signal }: CommandEnvironment,
): Promise<void> {
  // One transaction, so that the tables fit one another.
  const selects = tables.map(({ table, columns }) => ({ op: 'select', table, where: [], columns }) as const)
  const results = await client.transact(schema.name as string, selects, { signal })
  const rows = tables.map((_, at) => (results[at] as { readonly rows: readonly object[] }).rows)
  if (format === 'json') {
    const json = tables.map(({ table, columns }, at) => [table, rows[at]?.map((row) => rowJson(row as never, columns))])
    return await print(stringifyJson(Object.fromEntries(json)))
  }
  for (const [at, choice] of tables.entries()) {
    const cells = (rows[at] ?? []).map((row) => rowCells(schema, choice, row as never)).sort(byCells)
    await print(`${at === 0 ? '' : '\n'}${textTable(`${choice.table} table`, choice.columns, cells)}`)
  }
}

async function transact(
  client: OvsdbClient,
  { rest, format }: Arguments,
  { print, readInput, signal }: CommandEnvironment,
): Promise<void> {
  const [text, ...more] = rest
  if (text === undefined || more.length > 0)
    throw new OvsError('invalid', 'transact needs one argument: ["DATABASE", OPERATION...], or - for standard input')
  const params = parseTransaction(text === '-' ? await readInput() : text)
  const results = await client.request('transact', params, { signal })
  await print(format === 'json' ? stringifyJson(results) : resultText(results))
  const failed = Array.isArray(results) ? results.find((result) => isError(result)) : undefined
  if (failed) throw new OvsError('transaction', `nothing was changed: ${stringifyJson(failed)}`)
}

function parseTransaction(text: string): readonly JsonValue[] {
  try {
    const params = parseJson(text.trim())
    if (Array.isArray(params) && typeof params[0] === 'string') return params
  } catch (cause) {
    throw new OvsError('invalid', 'the transaction is not JSON', { cause })
  }
  throw new OvsError('invalid', 'a transaction is an array, first the name of the database, then the operations')
}

function isError(result: JsonValue): boolean {
  return typeof result === 'object' && result !== null && 'error' in result && result.error !== null
}

/** One result in each line. */
function resultText(results: JsonValue): string {
  return Array.isArray(results) ? results.map((result) => stringifyJson(result)).join('\n') : stringifyJson(results)
}

function schemaText(schema: DatabaseSchema): string {
  const rows = [...schema.tables.values()].flatMap((table) =>
    [...table.columns.values()]
      .filter(({ name }) => !name.startsWith('_'))
      .map(({ name, type }) => [table.name, name, describeType(type)]),
  )
  return textTable(`${schema.name} ${schema.version}`, ['Table', 'Column', 'Type'], rows)
}

function byCells(a: readonly string[], b: readonly string[]): number {
  for (const [at, cell] of a.entries()) {
    const other = b[at] ?? ''
    if (cell !== other) return cell < other ? -1 : 1
  }
  return 0
}
