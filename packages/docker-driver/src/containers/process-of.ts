import { readFileSync } from 'node:fs'

/**
 * Whether a process of this machine is one of the container, and has not ended: only then its number, as Docker tells it, means the same here; a remote engine's
 * numbers name other processes. The control group has the container's id in its name. Rootless engines on a machine with control groups of version 1
 * have none: there the program that looks after the container (containerd's shim, conmon) is its parent, and has the id among its arguments.
 */
export function isProcessOf(pid: number, containerId: string, proc = '/proc'): boolean {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8')
    // The name in field 2 may have spaces and brackets.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that has ended and was not collected yet has both still.
    if (state === 'Z' || state === 'X') return false
    if (readFileSync(`${proc}/${pid}/cgroup`, 'utf8').includes(containerId)) return true
    return readFileSync(`${proc}/${parent}/cmdline`, 'utf8').split('\0').includes(containerId)
  } catch {
    return false
  }
}

/** Whether this process may signal that one. */
export function maySignal(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
