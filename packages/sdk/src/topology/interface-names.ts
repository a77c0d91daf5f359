import type { TopologyIssue } from '../errors.js'
import { formatPath } from './schema.js'

/** `IFNAMSIZ` less the terminating zero. */
const LONGEST_DEVICE_NAME = 15
/** `ALTIFNAMSIZ` less the terminating zero. */
const LONGEST_NAME = 127
/** Devices that Open vSwitch makes for itself. */
const OVS_DEVICES = new Set(['ovs-netdev', 'ovs-system'])
const encoder = new TextEncoder()

/** An interface to be named. */
export interface Nameless {
  /** The name that was given. */
  readonly name: string | undefined
  /** Where it was given. */
  readonly path: readonly PropertyKey[]
  /** VIDs of its VLAN interfaces. */
  readonly vlans: readonly number[]
}

/** A name as the user knows it, and as the kernel has it. */
export interface DeviceName {
  readonly name: string
  readonly device: string
}

/** The names of an interface and of its VLAN interfaces, by VID. */
export interface InterfaceNames extends DeviceName {
  readonly vlans: ReadonlyMap<number, DeviceName>
}

/** Complains about given names of one host's interfaces. */
export function checkInterfaceNames(interfaces: readonly Nameless[], issues: TopologyIssue[]): void {
  const names = new Set<string>()
  for (const { name, path, vlans } of interfaces) {
    if (name === undefined) continue
    const complain = (message: string): void => void issues.push({ path: formatPath(path), value: name, message })
    const vlanNames = vlans.map((vlan) => `${name}.${vlan}`)
    if (name === '' || encoder.encode(name).length > LONGEST_NAME) complain(`an interface name has 1 to ${LONGEST_NAME} bytes`)
    else if (/[\s/:%\p{Cc}\p{Cs}]/u.test(name) || name === '.' || name === '..') complain('an interface name has no white space, control character, "/", ":" or "%", and is not "." or ".."')
    else if (name === 'lo') complain('"lo" is the loopback interface, which every host has')
    else if (name === 'all' || name === 'default') complain(`"${name}" stands for all interfaces in the kernel's settings (net.ipv4.conf.${name}): it takes no interface of that name`)
    else if (vlanNames.some((own) => encoder.encode(own).length > LONGEST_NAME)) complain(`the names of its VLAN interfaces would have more than ${LONGEST_NAME} bytes`)
    for (const own of [name, ...vlanNames]) {
      if (names.has(own)) complain(own === name ? 'two interfaces of the host have this name' : `its VLAN interface would be called "${own}", as another interface of the host is`)
      names.add(own)
    }
  }
}

/**
 * Names the interfaces of one host. The n-th one is `ethN` when no name was given, or when the kernel cannot have the given one; where that name was
 * given to another interface, the next free number behind all of them.
 */
export function nameInterfaces(interfaces: readonly Nameless[]): InterfaceNames[] {
  const used = new Set(interfaces.flatMap(({ name }) => name ?? []))
  const automatic = new Map<number, string>()
  const nameless = [...interfaces.keys()].filter((index) => !isDeviceName(interfaces[index]?.name))
  for (const index of nameless) if (!used.has(`eth${index}`)) automatic.set(index, `eth${index}`)
  for (const index of nameless) {
    for (let number = interfaces.length; !automatic.has(index); number++) if (!used.has(`eth${number}`)) automatic.set(index, `eth${number}`)
    used.add(automatic.get(index) ?? '')
  }
  return interfaces.map(({ name, vlans }, index) => {
    const device = automatic.get(index) ?? name ?? ''
    const shown = name ?? device
    return { name: shown, device, vlans: new Map(vlans.map((vlan) => [vlan, { name: `${shown}.${vlan}`, device: vlanDevice(device, vlan, used) }])) }
  })
}

function vlanDevice(lower: string, vlan: number, used: Set<string>): string {
  let device = `${lower}.${vlan}`
  for (let number = 0; used.has(device) || !isDeviceName(device); number++) device = number === 0 ? `vlan${vlan}` : `vlan${vlan}.${number}`
  used.add(device)
  return device
}

/** Whether the kernel takes the name (`dev_valid_name`): it looks for white space byte by byte, and takes the byte A0 of UTF-8 for some. */
function isDeviceName(name: string | undefined): boolean {
  if (name === undefined) return false
  const bytes = encoder.encode(name)
  return bytes.length <= LONGEST_DEVICE_NAME && !bytes.includes(0xa0)
}

/** The name of the switch's end: readable (`web-eth0`) where it fits into a device name and is free, `pN` where not; `used` gets it. */
export function portName(host: string, device: string, ofport: number, used: Set<string>): string {
  const readable = `${host}-${device}`
  const fits = readable.length <= LONGEST_DEVICE_NAME && /^[\w-]+$/.test(readable) && !OVS_DEVICES.has(readable) && !used.has(readable)
  const name = fits ? readable : `p${ofport}`
  used.add(name)
  return name
}
