import { isContainer, isIpv4Only, type HostModel, type TestbedModel } from './model.js'

/** Kernel settings beside those of the network that Docker lets a container have: they belong to its IPC namespace. */
const IPC_SYSCTL = /^(kernel[./](shm\w+|msg\w+|sem)|fs[./]mqueue[./]\w+)$/

/** Whether Docker makes a kernel setting; those of the network are made by the testbed, as in every host. */
export function isIpcSysctl(key: string): boolean {
  return IPC_SYSCTL.test(key)
}

/** What is wrong with the name of a setting, as a sentence; undefined when nothing is. */
export function checkSysctl(key: string): string | undefined {
  if (!/^net[./]/.test(key)) return 'must begin with "net.": only the network settings belong to a host'
  const parts = splitSysctl(key)
  const fine = parts.length > 2 && parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[/\s\0]/.test(part))
  return fine ? undefined : 'must be the name of a kernel setting such as "net.ipv4.tcp_syncookies"'
}

/**
 * The parts of a name, as sysctl(8) reads it: the first separator counts, and the other one of "." and "/" then stands for a
 * dot inside a part (`net.ipv4.conf.up0/100.rp_filter` is that of interface `up0.100`).
 */
function splitSysctl(key: string): string[] {
  return key.startsWith('net/') ? key.split('/') : key.split('.').map((part) => part.replaceAll('/', '.'))
}

/** The settings that a host asks for, as paths below /proc/sys: those that can be made at once, and those of interfaces, which must be there first. */
export function hostSysctls(model: Pick<TestbedModel, 'networks'>, host: HostModel): { readonly general: [path: string, value: string][]; readonly ofInterfaces: [path: string, value: string][] } {
  // No duplicate-address detection for link-local addresses either: the first packet of a test must get through.
  const speaksIpv6 = host.interfaces.some((item) => !isIpv4Only(model, item))
  const general: [string, string][] = speaksIpv6 ? [['net/ipv6/conf/default/accept_dad', '0']] : []
  // Docker switches IPv6 off in a container that has no network of Docker's with IPv6.
  if (host.spec.image !== undefined) general.push(['net/ipv6/conf/all/disable_ipv6', '0'])
  if (isContainer(host)) general.push(['net/ipv6/conf/default/disable_ipv6', '0'])
  if (host.spec.forwarding === true) general.push(['net/ipv4/ip_forward', '1'], ['net/ipv6/conf/all/forwarding', '1'], ['net/ipv6/conf/default/forwarding', '1'])
  const ofInterfaces: [string, string][] = []
  const devices = new Map(host.interfaces.flatMap((item) => [item, ...item.subinterfaces]).map(({ name, device }) => [name, device]))
  for (const [key, value] of Object.entries(host.spec.sysctls ?? {})) {
    if (isIpcSysctl(key)) continue
    const [net = '', family = '', table = '', name = '', ...rest] = splitSysctl(key)
    const own = (table === 'conf' || table === 'neigh') && rest.length > 0 && name !== 'all' && name !== 'default'
    const path = [net, family, table, ...(name === '' ? [] : [own ? (devices.get(name) ?? name) : name]), ...rest].join('/')
    ;(own && name !== 'lo' ? ofInterfaces : general).push([path, String(value)])
  }
  return { general, ofInterfaces }
}
