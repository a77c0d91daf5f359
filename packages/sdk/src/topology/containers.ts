import type { TopologyIssue } from '../errors.js'
import { MAKING_OPTIONS, type MountSpec } from './container-spec.js'
import { formatPath } from './schema.js'
import type { HostSpec } from './spec.js'
import { checkSysctl, isIpcSysctl } from './sysctls.js'

/** Docker refuses less. */
const LEAST_MEMORY = 6 * 1024 * 1024
/** Complains about what cannot be of a container, or is for containers only. `joined` has the hosts of the containers that are joined already. */
export function checkContainer(name: string, spec: HostSpec, joined: Map<string, string>, issues: TopologyIssue[]): void {
  const complain = (where: readonly PropertyKey[], value: unknown, message: string): void => void issues.push({ path: formatPath(['hosts', name, ...where]), value, message })
  checkKind(name, spec, joined, complain)
  for (const key of Object.keys(spec.sysctls ?? {})) {
    if (spec.image !== undefined && isIpcSysctl(key)) continue
    const message = checkSysctl(key)
    if (message !== undefined) complain(['sysctls', key], key, spec.image === undefined ? message : `${message}, and to a container those of its IPC namespace, such as "kernel.shmmax"`)
  }
  for (const option of ['command', 'entrypoint'] as const) {
    const words = spec[option]
    if (words?.some((word) => word.includes('\0')) === true) complain([option], words, 'an argument has no zero byte')
  }
  if (spec.command?.length === 0) complain(['command'], [], 'a command has at least the name of a program; leave it out for that of the image')
  for (const [index, mount] of (spec.mounts ?? []).entries()) checkMount(mount, (key, message) => complain(['mounts', index, key], mount[key as 'target'], message))
  checkCapabilities(spec, complain)
  checkResources(spec, complain)
  for (const [index, device] of (spec.devices ?? []).entries()) {
    if (!device.startsWith('/dev/')) complain(['devices', index], device, 'must be the path of a device such as "/dev/net/tun"')
  }
  checkReady(spec, complain)
}

type Complain = (where: readonly PropertyKey[], value: unknown, message: string) => void

function checkKind(name: string, spec: HostSpec, joined: Map<string, string>, complain: Complain): void {
  const { image, container } = spec
  if (image !== undefined && container !== undefined) complain(['container'], container, 'a host is a new container (image) or one that exists (container): give one of the two')
  if (image !== undefined && !/^\S+$/.test(image)) complain(['image'], image, 'must be the name of an image such as "nginx:1.27"')
  if (container !== undefined) {
    if (!/^[\w.-]+$/.test(container)) complain(['container'], container, 'must be the name or id of a container such as "web-1"')
    const other = joined.get(container)
    if (other !== undefined) complain(['container'], container, `is host "${other}" already`)
    joined.set(container, name)
  }
  const refused = image !== undefined ? [] : container !== undefined ? MAKING_OPTIONS : ([...MAKING_OPTIONS, 'ready'] as const)
  for (const option of refused) {
    if (spec[option] === undefined) continue
    complain([option], spec[option], container === undefined ? 'is for containers: give the host an image' : 'is decided when a container is made, and this one exists already')
  }
}

function checkMount(mount: MountSpec, complain: (key: string, message: string) => void): void {
  if (!mount.target.startsWith('/') || mount.target === '/') complain('target', 'must be an absolute path in the container')
  if (mount.type === 'bind' && !mount.source.startsWith('/')) complain('source', 'must be an absolute path of the machine')
  if (mount.type === 'volume' && mount.source?.includes('/') === true) complain('source', 'must be the name of a volume; for a folder of the machine say type: "bind"')
  // They are how hosts know each other, and are written while they run.
  if (mount.target === '/etc/hosts' || mount.target === '/etc/resolv.conf') complain('target', `is made by the testbed: give ${mount.target === '/etc/hosts' ? 'hosts addresses' : 'dns'} in the topology instead`)
}

function checkCapabilities({ capabilities }: HostSpec, complain: Complain): void {
  const lists = Array.isArray(capabilities) ? { '': capabilities as readonly string[] } : ((capabilities ?? {}) as Readonly<Record<string, readonly string[]>>)
  for (const [list, names] of Object.entries(lists)) {
    for (const [index, name] of names.entries()) {
      if (!/^(CAP_)?[A-Z][A-Z_]+$/.test(name)) complain(['capabilities', ...(list === '' ? [] : [list]), index], name, 'must be the name of a capability such as "NET_ADMIN", or "ALL"')
    }
  }
}

function checkResources({ resources = {} }: HostSpec, complain: Complain): void {
  const { cpus, memory, pids, shmSize } = resources
  const at = (key: string, value: unknown, message: string): void => complain(['resources', key], value, message)
  if (cpus !== undefined && !(cpus >= 0.01 && Number.isFinite(cpus))) at('cpus', cpus, 'must be a number of cores from 0.01 on')
  if (memory !== undefined && !(Number.isInteger(memory) && memory >= LEAST_MEMORY)) at('memory', memory, `must be a whole number of bytes, at least ${LEAST_MEMORY} (6 MiB)`)
  if (pids !== undefined && !(Number.isInteger(pids) && pids > 0)) at('pids', pids, 'must be a whole number above 0')
  if (shmSize !== undefined && !(Number.isInteger(shmSize) && shmSize > 0)) at('shmSize', shmSize, 'must be a whole number of bytes')
}

function checkReady({ ready = {} }: HostSpec, complain: Complain): void {
  for (const port of [ready.port ?? [], ready.http?.port ?? []].flat()) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) complain(['ready', 'port'], port, 'must be a port: a whole number from 1 to 65535')
  }
  if (ready.log === '') complain(['ready', 'log'], '', 'every line has the empty text: give a text that the log has when the container is ready')
  if (ready.command?.length === 0) complain(['ready', 'command'], [], 'a command has at least the name of a program')
  if (ready.http?.path?.startsWith('/') === false) complain(['ready', 'http', 'path'], ready.http.path, 'must begin with "/"')
  if (ready.timeout !== undefined && !(ready.timeout > 0)) complain(['ready', 'timeout'], ready.timeout, 'must be a number of milliseconds above 0')
}
