import { describe, expect, it } from 'vitest'
import { formatConfigIssue } from './issue.js'
import { parseFaucetConfig } from './parse.js'
import { validateFaucetConfig } from './resolve.js'

// What the real Faucet 1.10.12 accepts, and what then ends its controller when it makes a frame of it: tried with it
// (e2e/config-frames.ts).

const errors = (dp: string, ports: string) => {
  const text = `vlans: {office: {vid: 100}}
dps:
  sw1:
    dp_id: 1
    hardware: Open vSwitch
    ${dp}
    interfaces:
      1: {native_vlan: office, lacp: 2}
      ${ports.replaceAll('\n', '\n      ')}
`
  return validateFaucetConfig(parseFaucetConfig(text)).map((issue) => formatConfigIssue(issue).replace(/^[\d:]*:? ?.*?dps\.sw1\./, ''))
}
const beacons = 'lldp_beacon: {send_interval: 5}'
const long = 'é'.repeat(128)

describe('what goes into no LACP frame', () => {
  it.each([
    ['lacp: 65536', 'interfaces.2.lacp: lacp is 65536: no LACP frame can have it (expected 1 to 65535)'],
    ['lacp: -1', 'interfaces.2.lacp: lacp is -1: no LACP frame can have it (expected 1 to 65535)'],
    ['lacp: 1, lacp_port_id: 65536', 'interfaces.2.lacp_port_id: lacp_port_id is 65536: no LACP frame can have it (expected 0 to 65535)'],
    ['lacp: 1, lacp_passthrough: [1, uplink]', 'interfaces.2.lacp_passthrough.1: lacp_passthrough is "uplink": sw1 has no port with that number (expected the number of a port of sw1)'],
    ['lacp: 1, lacp_passthrough: [9]', 'interfaces.2.lacp_passthrough.0: lacp_passthrough is 9: sw1 has no port with that number (expected the number of a port of sw1)'],
  ])('is refused: %s', (options, expected) => {
    expect(errors('', `2: {native_vlan: office, ${options}}`)).toEqual([expected])
  })

  it('is refused where it follows from the number of the port', () => {
    expect(errors('', '70000: {native_vlan: office, lacp: 1}')).toEqual([
      'interfaces.70000.lacp_port_id: lacp_port_id follows from the dataplane and the port: 70000, no LACP frame can have it (expected 0 to 65535)',
    ])
  })

  it.each([
    '2: {native_vlan: office, lacp: 65535, lacp_port_id: 65535, lacp_passthrough: [1]}',
    '2: {native_vlan: office, lacp: 65536, enabled: false}',
    '2: {native_vlan: office, lacp: 0, lacp_port_id: 65536, lacp_passthrough: [uplink]}',
    '2: {lacp: 65536}',
    '70000: {native_vlan: office, lacp: 1, lacp_port_id: 1}',
    // Port 3 has no LACP, so nothing is ever sent.
    '2: {native_vlan: office, lacp: 65536, lacp_passthrough: [3, 9]}\n3: {native_vlan: office}',
  ])('is accepted where there is no frame, or where it fits: %s', (port) => {
    expect(errors('', port)).toEqual([])
  })
})

describe('what goes into no LLDP frame', () => {
  const tlv = (rest: string) => `2: {native_vlan: office, lldp_beacon: {enable: true, org_tlvs: [{oui: 1, ${rest}}]}}`
  const at = 'interfaces.2.lldp_beacon.org_tlvs.0'

  it.each([
    ['subtype: 256, info: "00"', `${at}.subtype: subtype is 256: no LLDP frame can have it (expected 0 to 255)`],
    ['subtype: null, info: "00"', `${at}.subtype: subtype is null: no LLDP frame can have it (expected 0 to 255)`],
    [`subtype: 1, info: "${'0f '.repeat(508)}"`, `${at}.info: info has 508 octets: no LLDP frame can have it (expected 507 octets at most)`],
    [`subtype: 1, info: ${'é'.repeat(254)}`, `${at}.info: info has 508 octets: no LLDP frame can have it (expected 507 octets at most)`],
  ])('is refused in an element: %s', (rest, expected) => {
    expect(errors(beacons, tlv(rest))).toEqual([expected])
    expect(errors('', tlv(rest))).toEqual([])
  })

  it.each(['subtype: 255, info: "00"', `subtype: 0, info: "${'0f '.repeat(507)}"`])('is accepted where it fits: %s', (rest) => {
    expect(errors(beacons, tlv(rest))).toEqual([])
  })

  it.each([
    ['a port_descr', beacons, `lldp_beacon: {enable: true, port_descr: ${long}}`, 'interfaces.2.lldp_beacon.port_descr: port_descr'],
    ['a description', beacons, `lldp_beacon: {enable: true}, description: ${long}`, 'interfaces.2.description: description'],
    ['a system_name', beacons, `lldp_beacon: {enable: true, system_name: ${long}}`, 'interfaces.2.lldp_beacon.system_name: system_name'],
    ['a system_name of the dataplane', `lldp_beacon: {system_name: ${long}}`, 'lldp_beacon: {enable: true}', 'lldp_beacon.system_name: system_name'],
  ])('is refused when it has more than 255 octets: %s', (_, dp, port, expected) => {
    expect(errors(dp, `2: {native_vlan: office, ${port}}`)).toEqual([
      `${expected} has 256 octets in UTF-8: no LLDP frame can have it (expected 255 octets at most)`,
    ])
  })

  it.each([
    ['the port has another', `lldp_beacon: {system_name: ${long}}`, 'lldp_beacon: {enable: true, system_name: s}'],
    ['there are no beacons in an interval', `lldp_beacon: {system_name: ${long}, max_per_interval: 0}`, 'lldp_beacon: {enable: true}'],
    ['there is no time for them', `fast_advertise_interval: 0\n    lldp_beacon: {system_name: ${long}}`, 'lldp_beacon: {enable: true}'],
    ['the port has none', beacons, `lldp_beacon: {enable: false, port_descr: ${long}}`],
  ])('is accepted where %s', (_, dp, port) => {
    expect(errors(dp, `2: {native_vlan: office, ${port}}`)).toEqual([])
  })
})
