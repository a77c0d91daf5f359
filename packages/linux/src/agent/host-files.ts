import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { hostFile } from './namespace-table.js'

/**
 * The files that hosts see as /etc/hosts and /etc/resolv.conf. They are rewritten in place, so that the
 * bind mounts of running hosts show the change.
 */
export function writeHostFiles(hosts: string, resolv: Readonly<Record<string, string>>): void {
  for (const [id, text] of Object.entries(resolv)) {
    mkdirSync(dirname(hostFile(id, 'hosts')), { recursive: true })
    writeFileSync(hostFile(id, 'hosts'), hosts)
    writeFileSync(hostFile(id, 'resolv.conf'), text)
  }
}
