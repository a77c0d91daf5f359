import type { Files } from './faucet-oracle.js'

/** A configuration with something in it that goes into frames which Faucet sends. */
export interface FrameCase {
  readonly name: string
  readonly files: Files
  /** Whether it fits into them. */
  readonly fits: boolean
}

/** Of each limit the last value that fits and the first that does not; and what goes into no frame, whatever it is. */
export const frameCases: readonly FrameCase[] = [
  lag(true, 'lacp: 65535'),
  lag(true, 'lacp: 0, lacp_port_id: 65536'),
  lag(false, 'lacp: 65536'),
  lag(false, 'lacp: -1'),
  lag(false, 'lacp: 65536, lacp_active: true'),
  lag(true, 'lacp: 65536, enabled: false'),
  lag(true, 'lacp: 1, lacp_port_id: 0'),
  lag(true, 'lacp: 1, lacp_port_id: 65535'),
  lag(false, 'lacp: 1, lacp_port_id: 65536'),
  lag(false, 'lacp: 1, lacp_port_id: -2'),
  lag(true, 'lacp: 1, lacp_port_id: -1'),
  lag(false, 'lacp: 1', 70000),
  lag(true, 'lacp: 1, lacp_port_id: 7', 70000),
  lag(true, 'lacp: 1, lacp_passthrough: [2]'),
  lag(true, 'lacp: 1, lacp_passthrough: [true, 2.0]'),
  lag(false, 'lacp: 1, lacp_passthrough: [9]'),
  lag(false, 'lacp: 1, lacp_passthrough: [2, 9]'),
  lag(false, 'lacp: 1, lacp_passthrough: [two]'),
  lag(false, 'lacp: 1, lacp_passthrough: ["2"]'),
  lag(false, 'lacp: 1, lacp_passthrough: [null]'),
  lag(true, 'lacp: 1, lacp_passthrough: []'),
  // Port 3 has no LACP: nothing is sent.
  lag(true, 'lacp: 1, lacp_passthrough: [3, 9]'),
  lag(true, 'lacp: 65536, lacp_passthrough: [3]'),
  lag(true, 'lacp_passthrough: [two]'),
  one('a port in no VLAN, passive', true, '', '2: {lacp: 65536}'),
  one('a port in no VLAN, active', false, '', '2: {lacp: 65536, lacp_active: true}'),
  one('a port in no VLAN, active, whose link is not noticed', true, '', '2: {lacp: 65536, lacp_active: true, opstatus_reconf: false}'),
  one('a port in no VLAN, active, without time', true, 'fast_advertise_interval: 0', '2: {lacp: 65536, lacp_active: true}'),
  ...[true, false].flatMap((beacons) => [
    tlv(beacons, true, 'subtype: 0'),
    tlv(beacons, true, 'subtype: 255'),
    tlv(beacons, false, 'subtype: 256'),
    tlv(beacons, false, 'subtype: -1'),
    tlv(beacons, false, 'subtype: null'),
    tlv(beacons, true, `subtype: 1, info: "${'00'.repeat(507)}"`),
    tlv(beacons, false, `subtype: 1, info: "${'00'.repeat(508)}"`),
    tlv(beacons, true, `subtype: 1, info: ${'x'.repeat(507)}`),
    tlv(beacons, false, `subtype: 1, info: ${'x'.repeat(508)}`),
    tlv(beacons, false, `subtype: 1, info: ${'é'.repeat(254)}`),
    tlv(beacons, true, `subtype: 1, info: "${'0 0 '.repeat(126)}"`),
    tlv(beacons, false, `subtype: 1, info: "${'0 0 '.repeat(128)}"`),
  ]),
  beacon('port_descr', true, 'enable: true, port_descr: ', 255),
  beacon('port_descr', false, 'enable: true, port_descr: ', 256),
  beacon('port_descr that is not sent', true, 'enable: false, port_descr: ', 256),
  beacon('the system_name of a port', true, 'enable: true, system_name: ', 255),
  beacon('the system_name of a port', false, 'enable: true, system_name: ', 256),
  one('a description', true, 'lldp_beacon: {send_interval: 5}', `2: {lldp_beacon: {enable: true}, description: ${'d'.repeat(255)}}`),
  one('a description', false, 'lldp_beacon: {send_interval: 5}', `2: {lldp_beacon: {enable: true}, description: ${'d'.repeat(256)}}`),
  one('a description with port_descr', true, 'lldp_beacon: {send_interval: 5}', `2: {lldp_beacon: {enable: true, port_descr: p}, description: ${'d'.repeat(256)}}`),
  one('the name of a port', false, 'lldp_beacon: {send_interval: 5}', `2: {lldp_beacon: {enable: true}, name: ${'d'.repeat(256)}}`),
  one('the system_name of the dataplane', true, `lldp_beacon: {system_name: ${'s'.repeat(255)}}`, '2: {lldp_beacon: {enable: true}}'),
  one('the system_name of the dataplane', false, `lldp_beacon: {system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}'),
  one('the system_name of both', true, `lldp_beacon: {system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true, system_name: s}}'),
  one('a system_name, no port with beacons', true, `lldp_beacon: {system_name: ${'s'.repeat(256)}}`, '2: {}'),
  one('a system_name, none in an interval', true, `lldp_beacon: {max_per_interval: 0, system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}'),
  one('a system_name, all but one', true, `lldp_beacon: {max_per_interval: -1, system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}'),
  one('a system_name, all but one of two', false, `lldp_beacon: {max_per_interval: -1, system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}, 3: {lldp_beacon: {enable: true}}'),
  one('a system_name, no limit', false, `lldp_beacon: {max_per_interval: null, system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}'),
  one('a system_name, no time', true, `fast_advertise_interval: 0, lldp_beacon: {system_name: ${'s'.repeat(256)}}`, '2: {lldp_beacon: {enable: true}}'),
  stack('the name of a dataplane', true, 's'.repeat(255), ''),
  stack('the name of a dataplane', false, 's'.repeat(256), ''),
  stack('the name of a dataplane with a system_name', true, 's'.repeat(256), 'lldp_beacon: {system_name: s}'),
  stack('the name of a dataplane, beacons switched off', true, 's'.repeat(256), 'fast_advertise_interval: 0'),
]

function one(name: string, fits: boolean, dp: string, ports: string): FrameCase {
  const text = `vlans: {office: {vid: 100}}
dps:
  sw1: {dp_id: 1, hardware: Open vSwitch, ${dp ? `${dp}, ` : ''}interfaces: {1: {native_vlan: office}, ${ports}}}
`
  return { name, fits, files: { 'faucet.yaml': text } }
}

function lag(fits: boolean, options: string, number = 5): FrameCase {
  const others = `2: {name: two, native_vlan: office, lacp: 1}, 3: {native_vlan: office}, ${String(number)}: {native_vlan: office, ${options}}`
  return one(`a port ${String(number)} with ${options}`, fits, '', others)
}

function tlv(beacons: boolean, fits: boolean, rest: string): FrameCase {
  const info = rest.includes('info') ? '' : ', info: "00"'
  const port = `2: {lldp_beacon: {enable: true, org_tlvs: [{oui: 1, ${rest}${info}}]}}`
  const name = `an element with ${rest.slice(0, 40)}${beacons ? '' : ', no beacons'}`
  return one(name, fits || !beacons, beacons ? 'lldp_beacon: {send_interval: 5}' : '', port)
}

function beacon(name: string, fits: boolean, options: string, octets: number): FrameCase {
  const text = `é${'x'.repeat(octets - 2)}`
  return one(`${name} of ${String(octets)} octets`, fits, 'lldp_beacon: {send_interval: 5}', `2: {lldp_beacon: {${options}${text}}}`)
}

function stack(name: string, fits: boolean, dp: string, options: string): FrameCase {
  const text = `vlans: {office: {vid: 100}}
dps:
  ? ${dp}
  : {dp_id: 1, hardware: Open vSwitch, ${options ? `${options}, ` : ''}stack: {priority: 1}, interfaces: {1: {native_vlan: office}, 2: {stack: {dp: sw2, port: 2}}}}
  sw2: {dp_id: 2, hardware: Open vSwitch, interfaces: {1: {native_vlan: office}, 2: {stack: {dp: ${dp}, port: 2}}}}
`
  return { name: `${name} of ${String(dp.length)} octets`, fits, files: { 'faucet.yaml': text } }
}
