import type { ContainerSpec, Readiness } from '@streambed/docker-driver'
import type { HostModel } from '../topology/model.js'
import type { ReadySpec } from '../topology/container-spec.js'
import { isIpcSysctl } from '../topology/sysctls.js'

/** The label by which somebody who looks at Docker sees which host a container is. */
export const HOST_LABEL = 'streambed.host'

/** What Docker is asked for, so that a container can become a host. Its networks are not among it: its interfaces come when it runs. Pure. */
export function containerSpecOf({ name, spec }: HostModel): ContainerSpec {
  const { image = '', command, entrypoint, env, mounts, capabilities, privileged, resources, devices, user, workdir, pull } = spec
  const sysctls = Object.entries(spec.sysctls ?? {}).filter(([key]) => isIpcSysctl(key))
  const { add, drop } = Array.isArray(capabilities) ? { add: capabilities as readonly string[], drop: undefined } : ((capabilities ?? {}) as { readonly add?: readonly string[]; readonly drop?: readonly string[] })
  return {
    image,
    hostname: name,
    network: 'none',
    bareNetwork: true,
    labels: { [HOST_LABEL]: name },
    readiness: readinessOf(spec.ready),
    ...(command !== undefined && { command }),
    ...(entrypoint !== undefined && { entrypoint }),
    ...(env !== undefined && { environment: env }),
    ...(mounts !== undefined && { mounts }),
    ...((add !== undefined || drop !== undefined) && { capabilities: { add: add?.map(bare), drop: drop?.map(bare) } }),
    ...(privileged !== undefined && { privileged }),
    ...(resources !== undefined && { resources }),
    ...(devices !== undefined && { devices }),
    ...(user !== undefined && { user }),
    ...(workdir !== undefined && { workdir }),
    ...(pull !== undefined && { pull }),
    ...(sysctls.length > 0 && { sysctls: Object.fromEntries(sysctls.map(([key, value]) => [key.replaceAll('/', '.'), value])) }),
  }
}

/** When a container counts as ready; without a word about it: when it runs and has not ended right after its start. */
export function readinessOf(ready: ReadySpec = {}): Readiness {
  const { timeout, ...rest } = ready
  return { ...rest, ...(timeout !== undefined && { timeoutMs: timeout }) }
}

function bare(capability: string): string {
  return capability.replace(/^CAP_/, '')
}
