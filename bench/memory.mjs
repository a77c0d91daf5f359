// Memory of everything that belongs to a testbed: its processes, and what the kernel keeps for it. In KiB.
import { readFileSync } from 'node:fs'

/**
 * What the kernel keeps: slabs, stacks, page tables, per-processor data, and tmpfs files. Everything else that a testbed needs
 * is in the proportional set size (PSS) of its processes.
 */
export function kernelMemory() {
  const text = readFileSync('/proc/meminfo', 'utf8')
  const value = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
  return ['Slab', 'KernelStack', 'PageTables', 'Percpu', 'Shmem'].reduce((sum, name) => sum + value(name), 0)
}

/** The sum of the proportional set sizes. */
export function processMemory(pids) {
  return pids.reduce((sum, pid) => sum + pss(pid), 0)
}

function pss(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // It has ended meanwhile, or is a zombie.
  }
}
