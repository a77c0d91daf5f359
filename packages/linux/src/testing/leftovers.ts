import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'

/** What a test can leave behind, as seen by this process: everything visible, so that nothing is looked for by a name pattern. */
export interface MachineSnapshot {
  /** Process ids with their command lines. */
  readonly processes: ReadonlyMap<number, string>
  /** Namespaces that some process is in or that are mounted. */
  readonly namespaces: ReadonlySet<string>
  /** Links of the namespace that this process is in. */
  readonly links: ReadonlySet<string>
  readonly mounts: ReadonlySet<string>
  readonly temporaryFiles: ReadonlySet<string>
}

const KINDS = ['net', 'mnt', 'pid', 'user', 'uts', 'ipc']

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

/** Processes except kernel threads. */
function processes(): Map<number, string> {
  const found = new Map<number, string>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
      // A dead process that only waits for the machine's own init to notice has given everything back already.
      if (state === 'Z' && parent === '1') continue
      if (command !== '' || state === 'Z') found.set(Number(name), command === '' ? `zombie ${readFileSync(`/proc/${name}/comm`, 'utf8').trim()}` : command)
    } catch {
      // Gone since the listing.
    }
  }
  return found
}

function namespaces(pids: Iterable<number>): Set<string> {
  const found = new Set<string>()
  for (const pid of pids) {
    for (const kind of KINDS) {
      try {
        found.add(readlinkSync(`/proc/${pid}/ns/${kind}`))
      } catch {
        // Gone, or somebody else's.
      }
    }
  }
  return found
}

/** Takes down what the machine shows now. */
export function snapshotMachine(): MachineSnapshot {
  const running = processes()
  return {
    processes: running,
    namespaces: namespaces(running.keys()),
    links: new Set([...Object.keys(networkInterfaces()), ...lines('/proc/net/dev').map((line) => line.split(':')[0]?.trim() ?? '')]),
    mounts: new Set(lines('/proc/self/mountinfo').map((line) => line.split(' ').slice(3, 5).join(' '))),
    temporaryFiles: new Set(readdirSync(tmpdir())),
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Whether a new process is a child of somebody who was there before and has nothing to do with this process: a test elsewhere on the machine. */
function isForeign(pid: number, before: MachineSnapshot, own: ReadonlySet<number>): boolean {
  for (let at = pid; at > 1; at = parentOf(at)) {
    // Orphans go to the init process, or to one of our ancestors that collects them.
    if (own.has(at)) return false
    if (at !== pid && before.processes.has(at)) return true
  }
  return false
}

function ancestors(): Set<number> {
  const found = new Set<number>()
  for (let at = process.pid; at > 0; at = parentOf(at)) found.add(at)
  return found
}

/**
 * What is there now and was not before, one line each; empty when nothing was left. Processes (and their namespaces) that others,
 * who were running before, have started meanwhile are not counted.
 */
export function leftovers(before: MachineSnapshot, ignore: (line: string) => boolean = () => false): string[] {
  const now = snapshotMachine()
  const news: string[] = []
  const own = ancestors()
  const added = [...now.processes].filter(([pid]) => !before.processes.has(pid) && !isForeign(pid, before, own))
  for (const [pid, command] of added) news.push(`process ${pid}: ${command}`)
  for (const name of namespaces(added.map(([pid]) => pid))) if (!before.namespaces.has(name)) news.push(`namespaces: ${name}`)
  for (const kind of ['links', 'mounts', 'temporaryFiles'] as const) {
    for (const name of now[kind]) if (!before[kind].has(name)) news.push(`${kind}: ${name}`)
  }
  return news.filter((line) => !ignore(line))
}
