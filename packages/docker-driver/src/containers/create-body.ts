import { DockerDriverError } from '../errors.js'
import { NAME_FILES } from './name-files.js'
import type { ContainerMount, ContainerNetwork, ContainerPort, ContainerSpec } from './spec.js'

const NETWORK_MODES = new Set(['none', 'host', 'bridge', 'default'])
const VARIABLE = /^[^=\0]+$/

/** The networks of a specification, in order; none for `none` and `host`. */
export function networksOf({ network = 'none' }: Pick<ContainerSpec, 'network'>): readonly ContainerNetwork[] {
  if (typeof network === 'string') return network === 'none' || network === 'host' ? [] : [{ name: network }]
  return Array.isArray(network) ? (network as readonly ContainerNetwork[]) : [network as ContainerNetwork]
}

/**
 * The body of `POST /containers/create`. The first network is in it; the others are to be connected before the start.
 * @param nameFiles of a container with a bare network: the folder of what it mounts as /etc/hosts and /etc/resolv.conf
 * @throws DockerDriverError `invalid`, naming the field
 */
export function createBody(spec: ContainerSpec, labels: Readonly<Record<string, string>>, nameFiles?: string): object {
  check(spec)
  const { capabilities = {}, resources = {}, stopTimeout = 10_000 } = spec
  const [first] = networksOf(spec)
  const ports = spec.ports ?? []
  const published = ports.filter(({ hostPort }) => hostPort !== undefined)
  return {
    Image: spec.image,
    Cmd: spec.command,
    Entrypoint: spec.entrypoint === undefined ? undefined : spec.entrypoint.length === 0 ? [''] : spec.entrypoint,
    Env: environmentList(spec.environment),
    User: spec.user,
    WorkingDir: spec.workdir,
    Hostname: spec.hostname,
    Domainname: spec.domainname,
    Labels: { ...spec.labels, ...labels },
    Tty: false,
    StopSignal: spec.stopSignal,
    // With a sandbox of Docker's own, two programs are started for each container, and its end takes longer too.
    NetworkDisabled: nameFiles === undefined ? undefined : true,
    StopTimeout: Math.ceil(stopTimeout / 1000),
    // Where the API is older than 1.44 a container has one address of that kind, for its first network.
    MacAddress: first?.mac,
    ExposedPorts: Object.fromEntries(ports.map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: first?.name ?? (typeof spec.network === 'string' ? spec.network : 'none'),
      Mounts: [...(spec.mounts ?? []), ...(nameFiles === undefined ? [] : NAME_FILES.map((name) => ({ type: 'bind' as const, source: `${nameFiles}/${name}`, target: `/etc/${name}` })))].map(mountOf),
      CapAdd: capabilities.add,
      CapDrop: capabilities.drop,
      Privileged: spec.privileged,
      Sysctls: spec.sysctls === undefined ? undefined : Object.fromEntries(Object.entries(spec.sysctls).map(([key, value]) => [key, String(value)])),
      NanoCpus: resources.cpus === undefined ? undefined : Math.round(resources.cpus * 1e9),
      CpusetCpus: resources.cpuset,
      Memory: resources.memory,
      MemorySwap: resources.memorySwap,
      PidsLimit: resources.pids,
      ShmSize: resources.shmSize,
      ExtraHosts: (spec.extraHosts ?? []).map(({ name, address }) => `${name}:${address}`),
      Dns: spec.dns,
      DnsSearch: spec.dnsSearch,
      DnsOptions: spec.dnsOptions,
      Devices: (spec.devices ?? []).map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
      Init: spec.init,
      ReadonlyRootfs: spec.readOnlyRoot,
      SecurityOpt: spec.securityOptions,
      PortBindings: Object.fromEntries(published.map((port) => [portKey(port), published.filter((other) => portKey(other) === portKey(port)).map(({ hostAddress, hostPort }) => ({ HostIp: hostAddress ?? '', HostPort: String(hostPort) }))])),
    },
    NetworkingConfig: first === undefined || NETWORK_MODES.has(first.name) ? undefined : { EndpointsConfig: { [first.name]: endpointOf(first) } },
  }
}

/** Whether a container can do without anything of Docker's about its network. */
export function mayBeBare({ bareNetwork, network = 'none', mounts = [], extraHosts = [], dns = [], dnsSearch = [], dnsOptions = [] }: ContainerSpec): boolean {
  return bareNetwork === true && network === 'none' && [extraHosts, dns, dnsSearch, dnsOptions].every(({ length }) => length === 0) && mounts.every(({ target }) => !/^\/+etc\/*(hosts|resolv\.conf)?\/*$/.test(target))
}

/** What Docker wants to know of a container on a network. */
export function endpointOf({ ipv4, ipv6, mac, aliases, driverOptions }: ContainerNetwork): object {
  return { IPAMConfig: ipv4 === undefined && ipv6 === undefined ? undefined : { IPv4Address: ipv4, IPv6Address: ipv6 }, MacAddress: mac, Aliases: aliases, DriverOpts: driverOptions }
}

/** Docker's form: a name alone takes a variable of the image away. */
export function environmentList(environment: Readonly<Record<string, string | undefined>> = {}): string[] {
  return Object.entries(environment).map(([name, value]) => {
    if (!VARIABLE.test(name) || value?.includes('\0') === true) throw new DockerDriverError('invalid', `environment has a variable that is none: ${JSON.stringify(name)}`)
    return value === undefined ? name : `${name}=${value}`
  })
}

function portKey({ port, protocol = 'tcp' }: ContainerPort): string {
  return `${port}/${protocol}`
}

function mountOf(mount: ContainerMount): object {
  switch (mount.type) {
    case 'bind':
      return { Type: 'bind', Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly }
    case 'volume':
      return { Type: 'volume', Source: mount.source, Target: mount.target, ReadOnly: mount.readOnly }
    case 'tmpfs':
      return { Type: 'tmpfs', Target: mount.target, TmpfsOptions: { SizeBytes: mount.size, Mode: mount.mode } }
  }
}

function check(spec: ContainerSpec): void {
  const no = (message: string): never => {
    throw new DockerDriverError('invalid', message)
  }
  if (typeof spec.image !== 'string' || spec.image.trim() === '') no(`image must be the name of an image, such as "debian:12" (got ${JSON.stringify(spec.image)})`)
  if (spec.name !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(spec.name)) no(`name must be two or more letters, digits, "_", "." or "-", the first a letter or digit (got "${spec.name}")`)
  for (const [field, words] of Object.entries({ command: spec.command, entrypoint: spec.entrypoint })) {
    if (words !== undefined && (!Array.isArray(words) || words.some((word) => typeof word !== 'string'))) no(`${field} must be an array of strings, such as ["nginx", "-g", "daemon off;"] (got ${JSON.stringify(words)})`)
  }
  for (const mount of spec.mounts ?? []) {
    if (!mount.target.startsWith('/')) no(`mounts: target must be an absolute path (got "${mount.target}")`)
    if (mount.type === 'bind' && !mount.source.startsWith('/')) no(`mounts: source of the bind mount on ${mount.target} must be an absolute path (got "${mount.source}")`)
  }
  for (const { port, hostPort } of spec.ports ?? []) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) no(`ports: port must be 1 to 65535 (got ${port})`)
    if (hostPort !== undefined && (!Number.isInteger(hostPort) || hostPort < 0 || hostPort > 65535)) no(`ports: hostPort must be 0 to 65535 (got ${hostPort})`)
  }
  const { cpus, memory, pids } = spec.resources ?? {}
  if (cpus !== undefined && !(cpus > 0)) no(`resources.cpus must be more than 0 (got ${cpus})`)
  // Docker's own least is 6 MiB.
  if (memory !== undefined && !(memory >= 6 * 1024 * 1024)) no(`resources.memory must be 6291456 bytes (6 MiB) or more (got ${memory})`)
  if (pids !== undefined && !(Number.isInteger(pids) && pids > 0)) no(`resources.pids must be a whole number from 1 (got ${pids})`)
}
