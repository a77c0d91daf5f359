import { mkdirSync, writeFileSync } from 'node:fs'
import { AGENT_DIRECTORY } from './paths.js'
import type { HostNames } from './protocol.js'

/** Where the agent keeps a host's own version of a file. */
export function hostFile(id: string, name: 'hosts' | 'resolv.conf'): string {
  return `${AGENT_DIRECTORY}/hosts/${encodeURIComponent(id)}/${name}`
}

/**
 * The files that hosts see as /etc/hosts and /etc/resolv.conf. They are written when a host's first process starts, since
 * most hosts of a large testbed never run one, and rewritten in place, so that the bind mounts of running hosts show the change.
 */
export class HostFiles {
  #names: HostNames = { hosts: '127.0.0.1 localhost\n::1 localhost\n', resolv: {} }
  readonly #written = new Set<string>()

  /** Sets the names, also for hosts whose files are in use. */
  set(names: HostNames): void {
    this.#names = names
    for (const id of this.#written) this.#write(id)
  }

  /** Makes the files of a host. */
  furnish(id: string): void {
    mkdirSync(`${AGENT_DIRECTORY}/hosts/${encodeURIComponent(id)}`, { recursive: true })
    this.#written.add(id)
    this.#write(id)
  }

  forget(id: string): void {
    this.#written.delete(id)
  }

  #write(id: string): void {
    writeFileSync(hostFile(id, 'hosts'), this.#names.own?.[id] ?? this.#names.hosts)
    writeFileSync(hostFile(id, 'resolv.conf'), this.#names.resolv[id] ?? '')
  }
}
