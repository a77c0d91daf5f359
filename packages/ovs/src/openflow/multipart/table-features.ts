import { OvsError } from '../../errors.js'
import type { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec } from '../header.js'
import { decodeMaskableHeader, encodeFieldHeader, type MaskableFieldRef } from '../oxm/header.js'
import { beginProperty, decodeProperties, endProperty } from '../property.js'
import type { Multipart, MultipartInput } from './multipart.js'

/**
 * The number of an instruction or action that a table offers, with the bytes behind its header if there are any: the
 * experimenter's number, for example (`ofp_instruction_id`, `ofp_action_id`, OpenFlow 1.3.5 §7.3.5.5.2).
 */
export interface CapabilityId {
  /** `ofp_instruction_type` or `ofp_action_type`. */
  readonly id: number
  /** Empty but for experimenters. */
  readonly data: Uint8Array
}

/** Properties of a table that list instructions. */
export type InstructionsPropertyType = 'instructions' | 'instructions_miss'
/** Properties of a table that list tables to go to. */
export type TablesPropertyType = 'next_tables' | 'next_tables_miss'
/** Properties of a table that list actions. */
export type ActionsPropertyType = 'write_actions' | 'write_actions_miss' | 'apply_actions' | 'apply_actions_miss'
/** Properties of a table that list fields. */
export type FieldsPropertyType =
  'match' | 'wildcards' | 'write_setfield' | 'write_setfield_miss' | 'apply_setfield' | 'apply_setfield_miss'

/**
 * A property of a table (`ofp_table_feature_prop_type`, OpenFlow 1.3.5 §7.3.5.5.2). Those with `_miss` are about the
 * table-miss flow, and are left out when they equal the ones for other flows.
 */
export type TableFeatureProperty =
  | { readonly type: InstructionsPropertyType; readonly instructions: readonly CapabilityId[] }
  | { readonly type: TablesPropertyType; readonly tableIds: readonly number[] }
  | { readonly type: ActionsPropertyType; readonly actions: readonly CapabilityId[] }
  /** `masked`: the field can be matched with any mask. */
  | { readonly type: FieldsPropertyType; readonly fields: readonly MaskableFieldRef[] }
  | {
      readonly type: 'experimenter' | 'experimenter_miss'
      readonly experimenter: number
      readonly expType: number
      readonly data: Uint8Array
    }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** What a table can do (`ofp_table_features`, OpenFlow 1.3.5 §7.3.5.5). */
export interface TableFeatures {
  readonly tableId: number
  /** Up to 32 bytes. */
  readonly name: string
  /** Bits of the metadata that the table can match. */
  readonly metadataMatch: bigint
  /** Bits of the metadata that the table can write. */
  readonly metadataWrite: bigint
  /** Bits of {@link OFPTC}. */
  readonly config: number
  readonly maxEntries: number
  readonly properties: readonly TableFeatureProperty[]
}

/** Asks for the features of all tables, or sets them (`OFPMP_TABLE_FEATURES`, OpenFlow 1.3.5 §7.3.5.5). */
export interface TableFeaturesRequest extends Multipart {
  readonly type: 'table_features_request'
  /** The tables to be set up; none only asks. */
  readonly tables: readonly TableFeatures[]
}

/** The features of all tables (`OFPMP_TABLE_FEATURES`, OpenFlow 1.3.5 §7.3.5.5). */
export interface TableFeaturesReply extends Multipart {
  readonly type: 'table_features_reply'
  readonly tables: readonly TableFeatures[]
}

/** A {@link TableFeaturesRequest} to encode. Default: no tables. */
export type TableFeaturesRequestInput = MultipartInput<TableFeaturesRequest, 'tables'>
/** A {@link TableFeaturesReply} to encode. */
export type TableFeaturesReplyInput = MultipartInput<TableFeaturesReply>

/** The numbers of the properties (`ofp_table_feature_prop_type`, OpenFlow 1.3.5 §7.3.5.5.2). */
const OFPTFPT = {
  instructions: 0,
  instructions_miss: 1,
  next_tables: 2,
  next_tables_miss: 3,
  write_actions: 4,
  write_actions_miss: 5,
  apply_actions: 6,
  apply_actions_miss: 7,
  match: 8,
  wildcards: 10,
  write_setfield: 12,
  write_setfield_miss: 13,
  apply_setfield: 14,
  apply_setfield_miss: 15,
  experimenter: 0xfffe,
  experimenter_miss: 0xffff,
} as const

const names = new Map<number, keyof typeof OFPTFPT>(
  Object.entries(OFPTFPT).map(([name, number]) => [number, name as keyof typeof OFPTFPT]),
)

/** How the body of a {@link TableFeaturesRequest} is written and read. */
export const tableFeaturesRequestCodec: Codec<TableFeaturesRequest, TableFeaturesRequestInput> = {
  encode(w, { tables = [] }) {
    for (const table of tables) encodeTable(w, table)
  },
  decode: (r, { version, xid, flags }) => ({
    type: 'table_features_request',
    version,
    xid,
    flags,
    tables: decodeTables(r),
  }),
}

/** How the body of a {@link TableFeaturesReply} is written and read. */
export const tableFeaturesReplyCodec: Codec<TableFeaturesReply, TableFeaturesReplyInput> = {
  encode(w, { tables }) {
    for (const table of tables) encodeTable(w, table)
  },
  decode: (r, { version, xid, flags }) => ({
    type: 'table_features_reply',
    version,
    xid,
    flags,
    tables: decodeTables(r),
  }),
}

function encodeTable(w: ByteWriter, table: TableFeatures): void {
  const start = w.offset
  w.u16(0)
  w.u8(table.tableId, 'tableId')
  w.zeros(5)
  w.text(table.name, 32, 'name')
  w.u64(table.metadataMatch, 'metadataMatch')
  w.u64(table.metadataWrite, 'metadataWrite')
  w.u32(table.config, 'config')
  w.u32(table.maxEntries, 'maxEntries')
  for (const property of table.properties) {
    const number = property.type === 'unknown' ? property.propertyType : OFPTFPT[property.type]
    const propertyStart = beginProperty(w, number)
    encodeProperty(w, property)
    endProperty(w, propertyStart)
  }
  w.setU16(start, w.offset - start, 'the length of the table')
}

function decodeTables(r: ByteReader): TableFeatures[] {
  const tables: TableFeatures[] = []
  while (r.remaining > 0) {
    const length = r.u16()
    if (length < 64) throw r.malformed(`a table must be at least 64 bytes long, not ${length}`)
    const entry = r.sub(length - 2)
    const tableId = entry.u8()
    entry.skip(5)
    tables.push({
      tableId,
      name: entry.text(32),
      metadataMatch: entry.u64(),
      metadataWrite: entry.u64(),
      config: entry.u32(),
      maxEntries: entry.u32(),
      properties: decodeProperties(entry, decodeProperty),
    })
  }
  return tables
}

function encodeProperty(w: ByteWriter, property: TableFeatureProperty): void {
  if ('instructions' in property) encodeIds(w, property.instructions)
  else if ('actions' in property) encodeIds(w, property.actions)
  else if ('tableIds' in property) for (const tableId of property.tableIds) w.u8(tableId, 'tableIds')
  else if ('fields' in property) for (const field of property.fields) encodeField(w, field)
  else {
    if (property.type !== 'unknown') {
      w.u32(property.experimenter, 'experimenter')
      w.u32(property.expType, 'expType')
    }
    w.bytes(property.data)
  }
}

function decodeProperty(propertyType: number, body: ByteReader): TableFeatureProperty {
  const type = names.get(propertyType)
  switch (type) {
    case undefined:
      return { type: 'unknown', propertyType, data: body.bytes() }
    case 'instructions':
    case 'instructions_miss':
      return { type, instructions: decodeIds(body) }
    case 'next_tables':
    case 'next_tables_miss':
      return { type, tableIds: [...body.view()] }
    case 'write_actions':
    case 'write_actions_miss':
    case 'apply_actions':
    case 'apply_actions_miss':
      return { type, actions: decodeIds(body) }
    case 'experimenter':
    case 'experimenter_miss':
      return { type, experimenter: body.u32(), expType: body.u32(), data: body.bytes() }
    default:
      return { type, fields: decodeFields(body) }
  }
}

function encodeIds(w: ByteWriter, ids: readonly CapabilityId[]): void {
  for (const { id, data } of ids) {
    w.u16(id, 'id')
    w.u16(4 + data.length, 'the length of the id')
    w.bytes(data)
  }
}

function decodeIds(r: ByteReader): CapabilityId[] {
  const ids: CapabilityId[] = []
  while (r.remaining > 0) {
    const id = r.u16()
    const length = r.u16()
    if (length < 4) throw r.malformed(`the length of an id must be at least 4, not ${length}`)
    ids.push({ id, data: r.bytes(length - 4) })
  }
  return ids
}

function encodeField(w: ByteWriter, { field, masked }: MaskableFieldRef): void {
  if (typeof field === 'object' && field.hasMask !== masked) {
    throw new OvsError('invalid', `masked must be ${field.hasMask}, as hasMask of its field, not ${masked}`)
  }
  encodeFieldHeader(w, field, masked)
}

function decodeFields(r: ByteReader): MaskableFieldRef[] {
  const fields: MaskableFieldRef[] = []
  while (r.remaining > 0) fields.push(decodeMaskableHeader(r))
  return fields
}
