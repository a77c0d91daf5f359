import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Machine } from './machine.js'
import type { NamespaceTable } from './namespace-table.js'
import type { HostNames } from './protocol.js'

const BEGIN = '# Hosts of a testbed of Streambed'
const END = '# End of the hosts of the testbed'

/**
 * /etc/hosts and /etc/resolv.conf in the root folders of processes whose network namespace was adopted. They are rewritten in place: Docker and others mount
 * them into a container one by one.
 */
export class AdoptedFiles {
  readonly #blocks = new Set<string>()

  constructor(
    private readonly namespaces: NamespaceTable,
    private readonly machine: Machine | undefined,
  ) {}

  /** Writes the files that are asked for. What is not there (the process has ended) is passed over. */
  set(names: HostNames): void {
    for (const [id, mode] of Object.entries(names.adopted ?? {})) {
      const hosts = names.own?.[id] ?? names.hosts
      if (mode === 'whole') {
        this.#rewrite(id, 'hosts', () => hosts)
        const resolv = names.resolv[id]
        if (resolv !== undefined) this.#rewrite(id, 'resolv.conf', () => resolv)
      } else {
        this.#blocks.add(id)
        this.#rewrite(id, 'hosts', (before) => withBlock(before, hosts))
      }
    }
  }

  /** Takes out of the files of a namespace what was put between marks. */
  restore(id: string): void {
    if (this.#blocks.delete(id)) this.#rewrite(id, 'hosts', withoutBlock)
  }

  /** {@link restore} for all of them. */
  restoreAll(): void {
    for (const id of this.#blocks) this.restore(id)
  }

  #rewrite(id: string, name: string, change: (before: string) => string): void {
    const process = this.namespaces.adopted(id)?.process
    const root = process === undefined ? undefined : this.machine?.rootOf(process, this.namespaces.netLink(id))
    if (root === undefined) return
    let folder: number | undefined
    let file: number | undefined
    try {
      // Step by step without following links: those of another root folder would lead elsewhere in this one.
      folder = openSync(`${root}/etc`, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
      file = openSync(`/proc/self/fd/${folder}/${name}`, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      const before = readFileSync(file, 'utf8')
      const after = change(before)
      if (after === before) return
      ftruncateSync(file)
      writeSync(file, after, 0)
    } catch {
      // The process has ended meanwhile, or its image has no such file.
    } finally {
      for (const fd of [folder, file]) if (fd !== undefined) closeSync(fd)
    }
  }
}

/** A text with the lines between the marks, at its end, instead of those that stood there. */
export function withBlock(text: string, lines: string): string {
  const rest = withoutBlock(text)
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${BEGIN}\n${lines}${lines.endsWith('\n') ? '' : '\n'}${END}\n`
}

/** A text without the lines between the marks. */
export function withoutBlock(text: string): string {
  const start = text.indexOf(`${BEGIN}\n`)
  const end = text.indexOf(`${END}\n`, start)
  return start < 0 || end < 0 ? text : text.slice(0, start) + text.slice(end + END.length + 1)
}
