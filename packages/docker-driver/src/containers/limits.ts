import { DockerDriverError } from '../errors.js'
import type { ContainerSpec } from './spec.js'

/** A resource of a container that an engine can limit. */
export type Limit = 'cpus' | 'cpuset' | 'memory' | 'pids'

/** The part of `GET /info` that is about limits. */
export interface LimitsInfo {
  readonly CpuCfsQuota?: boolean
  readonly CPUSet?: boolean
  readonly MemoryLimit?: boolean
  readonly PidsLimit?: boolean
  readonly CgroupVersion?: string
}

/**
 * What an engine can limit, as it says itself. A rootless podman says what the machine can, though without rights over control groups of version 1 it leaves limits out with nothing
 * but a line in its own log.
 */
export function limitsOf({ CpuCfsQuota, CPUSet, MemoryLimit, PidsLimit, CgroupVersion }: LimitsInfo, rootless: boolean): readonly Limit[] {
  if (rootless && CgroupVersion === '1') return []
  // One that does not say so is taken to be able.
  return Object.entries({ cpus: CpuCfsQuota, cpuset: CPUSet, memory: MemoryLimit, pids: PidsLimit }).flatMap(([limit, able]) => (able === false ? [] : [limit as Limit]))
}

/** Engines make containers without the limits that they cannot keep, and say nothing. @throws DockerDriverError `missing`, naming the fields */
export function checkLimits(resources: ContainerSpec['resources'] = {}, { limits, rootless, endpoint }: { readonly limits: readonly Limit[]; readonly rootless: boolean; readonly endpoint: string }): void {
  const { memorySwap, ...others } = resources
  const wanted: Partial<Record<Limit, number | string | undefined>> = { ...others, memory: resources.memory ?? memorySwap }
  const missing = (['cpus', 'cpuset', 'memory', 'pids'] as const).filter((limit) => wanted[limit] !== undefined && !limits.includes(limit))
  if (missing.length === 0) return
  const fields = missing.map((limit) => `resources.${limit}`).join(', ')
  const help = rootless
    ? 'leave them out, use an engine that runs as root, or boot the machine with control groups of version 2 ("systemd.unified_cgroup_hierarchy=1") and give the user a share of them'
    : 'leave them out, or let the kernel have these control groups ("cgroup_enable=memory" among its parameters for memory)'
  throw new DockerDriverError('missing', `${fields} cannot be kept: the ${rootless ? 'rootless ' : ''}engine at ${endpoint} has no rights over, or no, control groups for that, and would leave the limits out without a word: ${help}`)
}
