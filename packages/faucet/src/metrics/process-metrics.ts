import { readdirSync, readFileSync } from 'node:fs'
import type { MetricFamily } from './family.js'

const pageSize = 4096
const ticksPerSecond = 100

/** What Prometheus is used to hear of every process on Linux. What the system does not tell is left out. */
export function processFamilies(): readonly MetricFamily[] {
  const one = (name: string, help: string, type: 'gauge' | 'counter', value: number | undefined): readonly MetricFamily[] => {
    return value === undefined ? [] : [{ name: `process_${name}`, help, type, samples: [{ labels: {}, value }] }]
  }
  const { user, system } = process.cpuUsage()
  // What follows the name of the program, which may have any character.
  const stat = text('/proc/self/stat')?.split(') ').at(-1)?.split(' ')
  const boot = Number(/^btime (\d+)$/m.exec(text('/proc/stat') ?? '')?.[1] ?? NaN)
  const started = boot + Number(stat?.[19] ?? NaN) / ticksPerSecond
  const limit = Number(/^Max open files\s+(\d+)/m.exec(text('/proc/self/limits') ?? '')?.[1] ?? NaN)
  return [
    ...one('virtual_memory_bytes', 'virtual memory', 'gauge', known(Number(stat?.[20] ?? NaN))),
    ...one('resident_memory_bytes', 'memory in use', 'gauge', known(Number(stat?.[21] ?? NaN) * pageSize)),
    ...one('start_time_seconds', 'when the process began, in seconds since 1970', 'gauge', known(started)),
    ...one('cpu_seconds_total', 'time that processors worked', 'counter', (user + system) / 1e6),
    ...one('open_fds', 'open files', 'gauge', openFiles()),
    ...one('max_fds', 'files that may be open', 'gauge', known(limit)),
  ]
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
