import { createHash, randomUUID } from 'node:crypto'
import { type JsonValue, parseJson } from '../jsonrpc/json.js'
import type { InsertOperation } from '../ovsdb/operation.js'
import { encodeRow } from '../ovsdb/row.js'
import { openVSwitchSchemaText } from '../ovsdb/schema/open-vswitch-schema.gen.js'
import type { OpenVSwitchRow } from '../ovsdb/schema/open-vswitch.gen.js'
import { type DatabaseSchema, parseSchema, tableSchema } from '../ovsdb/schema.js'
import type { Uuid, ValueInput } from '../ovsdb/value.js'
import { addBridge, type BridgeSpec } from '../vswitch/bridge.js'
import type { StringMap } from '../vswitch/operation.js'

/** What a fresh database holds. */
export interface InitialDatabaseOptions {
  /**
   * The JSON text of the schema. Best is that of the Open vSwitch that will run on it,
   * `/usr/share/openvswitch/vswitch.ovsschema`. Defaults to that of Open vSwitch 3.1.
   */
  readonly schemaText?: string
  /** Bridges that are there when ovs-vswitchd starts. */
  readonly bridges?: readonly BridgeSpec[]
  /** `other_config` of the row in Open_vSwitch, such as `n-handler-threads`. */
  readonly other_config?: StringMap
  /** `external_ids` of the row in Open_vSwitch, such as `system-id`. */
  readonly external_ids?: StringMap
  /** The time of the first transaction. Defaults to now. */
  readonly date?: Date
}

/**
 * The bytes of a fresh standalone database file for ovsdb-server (ovsdb(5), "Standalone database format"): no
 * `ovsdb-tool create`, no `ovs-vsctl init`. Its Open_vSwitch row has `next_cfg` 1, so that `cur_cfg` 1 tells that
 * ovs-vswitchd has set up what is in the file.
 * @throws OvsError `malformed` for a text that is no schema, `schema` when it does not have what is asked for.
 */
export function initialDatabase(options: InitialDatabaseOptions = {}): Uint8Array {
  const json = parseJson(options.schemaText ?? openVSwitchSchemaText)
  const transaction = firstTransaction(parseSchema(json), options)
  return Buffer.concat([record(JSON.stringify(json)), record(JSON.stringify(transaction))])
}

/** ovsdb(5): `OVSDB JSON <length> <sha1>`, a newline, and that many bytes of which the last is a newline. */
function record(json: string): Buffer {
  const body = Buffer.from(`${json}\n`)
  return Buffer.concat([
    Buffer.from(`OVSDB JSON ${body.length} ${createHash('sha1').update(body).digest('hex')}\n`),
    body,
  ])
}

/** ovsdb(5), "Transaction record": rows by table and uuid, columns with default values left out. */
function firstTransaction(schema: DatabaseSchema, options: InitialDatabaseOptions): JsonValue {
  const { bridges = [], other_config, external_ids, date = new Date() } = options
  const rows: Inserted[] = bridges
    .flatMap(addBridge)
    .flatMap((operation) => (operation.op === 'insert' ? [insertion(operation)] : []))
  const root: Partial<OpenVSwitchRow> = {
    next_cfg: 1n,
    bridges: rows.flatMap(({ table, uuid }) => (table === 'Bridge' ? [uuid] : [])),
    ...(other_config && { other_config }),
    ...(external_ids && { external_ids }),
  }
  rows.push({
    table: 'Open_vSwitch',
    name: undefined,
    uuid: randomUUID() as string as Uuid,
    row: root as Inserted['row'],
  })
  const uuids = new Map(rows.map(({ name, uuid }) => [name, uuid]))
  const tables: Record<string, Record<string, JsonValue>> = {}
  for (const { table, uuid, row } of rows) {
    tables[table] = { ...tables[table], [uuid]: withRealUuids(encodeRow(tableSchema(schema, table), row), uuids) }
  }
  return { _date: date.getTime(), _comment: 'streambed: initial database', ...tables }
}

interface Inserted {
  readonly table: string
  readonly name: string | undefined
  readonly uuid: Uuid
  readonly row: Readonly<Record<string, ValueInput>>
}

function insertion(operation: Pick<InsertOperation<string, object>, 'table' | 'uuid-name' | 'row'>): Inserted {
  return {
    table: operation.table,
    name: operation['uuid-name'],
    uuid: randomUUID() as string as Uuid,
    row: operation.row as Inserted['row'],
  }
}

/** A file has no named uuids: each becomes the uuid of its row. */
function withRealUuids(value: JsonValue, uuids: ReadonlyMap<string | undefined, Uuid>): JsonValue {
  if (Array.isArray(value)) {
    const [tag, name] = value
    if (tag === 'named-uuid') return ['uuid', uuids.get(name) as Uuid]
    return value.map((item) => withRealUuids(item, uuids))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withRealUuids(item, uuids)]))
}
