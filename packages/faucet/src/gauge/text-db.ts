import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { stringifyJson, type JsonValue } from '@streambed/ovs'
import type { FlowStats } from '@streambed/ovs/openflow'
import type { GaugeDb } from './gauge-config.js'
import { flowTableJson } from './flow-json.js'

type TextDb = Extract<GaugeDb, { readonly type: 'text' }>

/** Appends lines to the file of a `text` database; to none when it has no file. */
export async function appendLines(db: TextDb, lines: string): Promise<void> {
  if (db.file !== undefined && lines !== '') await appendFile(db.file, lines)
}

/**
 * Writes a dump of flows into a file of its own, such as `sw1--flowtable--2026-11-21T14:50:24.json`; when there is one
 * of that second already, with a number. Compressed files have the same name, as in the original.
 * @param seconds since 1970
 * @returns the path of the file
 */
export async function writeFlowTable(db: TextDb, dpName: string, seconds: number, flows: readonly FlowStats[]): Promise<string> {
  const json = stringifyJson(flowTableJson(flows) as unknown as JsonValue)
  const content = db.compress ? await promisify(gzip)(json) : json
  const name = `${dpName}--flowtable--${new Date(seconds * 1000).toISOString().slice(0, 19)}`
  for (let number = 0; ; number++) {
    const path = join(db.path ?? '.', `${name}${number > 0 ? `--${String(number)}` : ''}.json`)
    try {
      await writeFile(path, content, { flag: 'wx' })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
