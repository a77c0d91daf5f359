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

/** Processes except kernel threads and those that are children of this very process's own helpers. */
function processes(): Map<number, string> {
  const found = new Map<number, string>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const state = /\) (\S)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]
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

/** What is there now and was not before, one line each; empty when nothing was left. */
export function leftovers(before: MachineSnapshot, ignore: (line: string) => boolean = () => false): string[] {
  const now = snapshotMachine()
  const news: string[] = []
  for (const [pid, command] of now.processes) if (!before.processes.has(pid)) news.push(`process ${pid}: ${command}`)
  for (const kind of ['namespaces', 'links', 'mounts', 'temporaryFiles'] as const) {
    for (const name of now[kind]) if (!before[kind].has(name)) news.push(`${kind}: ${name}`)
  }
  return news.filter((line) => !ignore(line))
}
