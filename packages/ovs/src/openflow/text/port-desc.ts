import type { PortMod } from '../message/port-mod.js'
import type { PortStatus } from '../message/port-status.js'
import type { Port } from '../port.js'
import { type BitNames, printBits } from './bits.js'
import { printPort } from './port.js'

const config: BitNames = [
  [1 << 0, 'PORT_DOWN'],
  [1 << 2, 'NO_RECV'],
  [1 << 5, 'NO_FWD'],
  [1 << 6, 'NO_PACKET_IN'],
]
const state: BitNames = [
  [1 << 0, 'LINK_DOWN'],
  [1 << 1, 'BLOCKED'],
  [1 << 2, 'LIVE'],
]
const features: BitNames = [
  '10MB-HD',
  '10MB-FD',
  '100MB-HD',
  '100MB-FD',
  '1GB-HD',
  '1GB-FD',
  '10GB-FD',
  '40GB-FD',
  '100GB-FD',
  '1TB-FD',
  'OTHER',
  'COPPER',
  'FIBER',
  'AUTO_NEG',
  'AUTO_PAUSE',
  'AUTO_PAUSE_ASYM',
].map((name, bit) => [1 << bit, name])

/** Open vSwitch leaves out bits that it has no name for. */
function known(value: number, names: BitNames): string {
  return printBits(
    names.reduce((bits, [bit]) => bits | (value & bit), 0),
    names,
  )
}

/** A port with its address, state and speeds, in several lines, as `ovs-ofctl show` prints it. */
export function printPortDesc(port: Port): string {
  const capabilities = (
    [
      ['current:    ', port.curr],
      ['advertised: ', port.advertised],
      ['supported:  ', port.supported],
      ['peer:       ', port.peer],
    ] as const
  ).filter(([, bits]) => known(bits, features) !== '0')
  return [
    `${printPort(port.portNo)}(${printName(port.name)}): addr:${port.hwAddr}`,
    `     config:     ${known(port.config, config)}`,
    `     state:      ${known(port.state, state)}`,
    ...capabilities.map(([what, bits]) => `     ${what}${known(bits, features)}`),
    `     speed: ${mbps(port.currSpeed)} now, ${mbps(port.maxSpeed)} max`,
    '',
  ].join('\n')
}

/** Open vSwitch prints at most 15 characters, and stops at the first that is not printable ASCII. */
function printName(name: string): string {
  return /^[\x20-\x7e]{0,15}/.exec(name)?.[0] ?? ''
}

function mbps(kbps: number): string {
  return `${Math.trunc(kbps / 1000)} Mbps`
}

const reasons: Readonly<Record<string, string>> = { add: 'ADD', delete: 'DEL', modify: 'MOD' }

/** The body of a port-status. */
export function printPortStatus({ reason, desc }: PortStatus): string {
  return ` ${reasons[reason] ?? reason}: ${printPortDesc(desc)}`
}

/** The body of a port-mod. */
export function printPortMod({ portNo, hwAddr, config: bits, mask, advertise }: PortMod): string {
  const advertised = known(advertise, features)
  return [
    ` port: ${printPort(portNo)}: addr:${hwAddr}`,
    // Only bits that are to change count.
    `     config: ${known(bits & mask, config)}`,
    `     mask:   ${known(mask, config)}`,
    `     advertise: ${advertised === '0' ? 'UNCHANGED' : advertised}`,
    '',
  ].join('\n')
}
