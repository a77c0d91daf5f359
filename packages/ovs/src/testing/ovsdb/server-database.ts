import type { JsonValue } from '../../jsonrpc/json.js'

const optionalUuid = { key: 'uuid', min: 0 }

/** The schema of the database in which a server describes its databases (ovsdb-server(5), `_Server`). */
export const serverSchema: JsonValue = {
  name: '_Server',
  version: '1.2.0',
  tables: {
    Database: {
      columns: {
        name: { type: 'string' },
        model: { type: { key: { type: 'string', enum: ['set', ['clustered', 'relay', 'standalone']] } } },
        connected: { type: 'boolean' },
        leader: { type: 'boolean' },
        schema: { type: { key: 'string', min: 0 } },
        cid: { type: optionalUuid },
        sid: { type: optionalUuid },
        index: { type: { key: 'integer', min: 0 } },
      },
    },
  },
}

/** What the table `Database` of `_Server` says about a database. */
export interface DatabaseState {
  readonly model?: 'standalone' | 'clustered' | 'relay'
  readonly connected?: boolean
  readonly leader?: boolean
  /** Identifies the cluster. */
  readonly cid?: string
  /** Identifies the server in its cluster. */
  readonly sid?: string
  readonly index?: number
}

/** The columns of a row of `Database`. */
export function stateRow({ cid, sid, ...others }: DatabaseState): { readonly [column: string]: JsonValue } {
  return {
    ...others,
    ...(cid === undefined ? {} : { cid: ['uuid', cid] }),
    ...(sid === undefined ? {} : { sid: ['uuid', sid] }),
  }
}
