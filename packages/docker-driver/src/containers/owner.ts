import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** The label that says which process made a container or network; the alias of a link has the same text. */
export const OWNER_LABEL = 'streambed.owner'
/** The label that says which testbed of that process it belongs to. */
export const TESTBED_LABEL = 'streambed.testbed'

/** A process, told from every other one on every machine. */
export interface Owner {
  /** /etc/machine-id, or the host's name where there is none. */
  readonly machine: string
  /** /proc/sys/kernel/random/boot_id. */
  readonly boot: string
  /** Inode of its pid namespace: numbers of processes mean something only within. */
  readonly pidNamespace: string
  readonly pid: number
  /** Clock ticks from the machine's start to the process's: a number that was given again is noticed. */
  readonly started: string
}

/** The label's text. */
export function formatOwner({ machine, boot, pidNamespace, pid, started }: Owner): string {
  return `${machine}/${boot}/${pidNamespace}/${pid}/${started}`
}

/** Undoes {@link formatOwner}; undefined for what is none. */
export function parseOwner(text: string): Owner | undefined {
  const match = /^([^/]+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)$/.exec(text)
  if (match === null) return undefined
  const [, machine = '', boot = '', pidNamespace = '', pid = '', started = ''] = match
  return { machine, boot, pidNamespace, pid: Number(pid), started }
}

/** What has to be known of this machine to judge. A test gives its own. */
export interface Surroundings {
  readonly self: Owner
  /** Start time of the process of this number; undefined when there is none. */
  readonly startOf: (pid: number) => string | undefined
  /** Whether there is a process in this pid namespace; undefined when that cannot be seen from here. */
  readonly inhabited: (pidNamespace: string) => boolean | undefined
}

/**
 * Whether the process is there: `unknown` for another machine's, and for one of a pid namespace that cannot be looked into from here. What
 * belongs to an unknown one is left alone.
 */
export function judge(owner: Owner, { self, startOf, inhabited }: Surroundings): 'alive' | 'dead' | 'unknown' {
  if (owner.machine !== self.machine) return 'unknown'
  if (owner.boot !== self.boot) return 'dead'
  if (owner.pidNamespace === self.pidNamespace) return startOf(owner.pid) === owner.started ? 'alive' : 'dead'
  // A process could be one of a namespace below; its number here is another one.
  const there = inhabited(owner.pidNamespace)
  return there === false ? 'dead' : there === true ? 'alive' : 'unknown'
}

/** Inode of the first pid namespace of every Linux (PROC_PID_INIT_INO): all processes are seen from there. */
const FIRST_PID_NAMESPACE = '4026531836'

/** This process and this machine. */
export function surroundings(): Surroundings {
  const self: Owner = {
    machine: machineId(),
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: namespaceInode('self') ?? '0',
    pid: process.pid,
    started: startOf(process.pid) ?? '0',
  }
  return { self, startOf, inhabited: (inode) => (self.pidNamespace === FIRST_PID_NAMESPACE && process.getuid?.() === 0 ? inhabited(inode) : undefined) }
}

function machineId(): string {
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim()
    if (/^[0-9a-f]+$/.test(id)) return id
  } catch {
    // A container's image often has none.
  }
  return hostname().replaceAll('/', '_')
}

function namespaceInode(pid: number | 'self'): string | undefined {
  try {
    return /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[1]
  } catch {
    return undefined
  }
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may have spaces and brackets. A zombie is as good as gone. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function inhabited(inode: string): boolean {
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && namespaceInode(Number(name)) === inode)
}
