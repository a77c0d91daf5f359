import { readFileSync } from 'node:fs'

/**
 * Whether a process of this machine is one of the container: only then its number, as Docker tells it, means the same here. The control group
 * has the container's id in its name; a remote engine's numbers name other processes.
 */
export function isProcessOf(pid: number, containerId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)
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
