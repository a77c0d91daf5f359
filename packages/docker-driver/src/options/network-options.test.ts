import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { networkOptionNames, parseNetworkOptions, type NetworkContext } from './network-options.js'

const context: NetworkContext = {
  networkId: '31df3'.padEnd(64, '0'),
  internal: true,
  ipv4: [{ AddressSpace: 'LocalDefault', Pool: '10.9.0.0/24', Gateway: '10.9.0.1/24' }],
  ipv6: [],
}
const noAddresses: NetworkContext = { ...context, ipv4: [{ AddressSpace: '', Pool: '0.0.0.0/0' }] }
const parse = (options: Record<string, string>, given = context) =>
  parseNetworkOptions(Object.fromEntries(Object.entries(options).map(([name, value]) => [`ovs.bridge.${name}`, value])), given)

describe('parseNetworkOptions', () => {
  it('has the defaults of dovesnap, also for empty values', () => {
    const defaults = {
      dpid: undefined, controllers: [], mode: 'flat', bridgeName: undefined, mtu: 1500, vlan: 100, addPorts: [], addCoproPorts: [],
      dhcp: false, userspace: false, ovsLocalMac: undefined, natAcl: [], defaultAcl: [], vlanOutAcl: [], preallocatePorts: 0,
      lbPort: 99, mirrorTunnelVid: 356, bindInterface: undefined,
    }
    expect(parse({})).toEqual(defaults)
    expect(parse(Object.fromEntries(networkOptionNames.map((name) => [name, ''])))).toEqual(defaults)
  })

  it('reads every option', () => {
    const all = {
      dpid: '0x0E0F000A1B2C', controller: 'tcp:127.0.0.1:6653,ssl:[::1]:6654,tcp:127.0.0.1:6653,unix:/run/x.sock', mode: 'nat', name: 'lab-0.br',
      mtu: '9000', vlan: '110', add_ports: 'eno123/8,eno124/9/denyall,eno125/10//20,eno126///30,eno127//acl,eno128/0', add_copro_ports: 'eno200/7//5',
      dhcp: 'F', userspace: 'T', ovs_local_mac: '0E:01:00:00:00:23', nat_acl: 'allowall', default_acl: 'a,b/lab:c/other:', vlan_out_acl: 'x',
      preallocate_ports: '010', lbport: '98', mirror_tunnel_vid: '77', bind_interface: 'eth9',
    }
    const port = (name: string, ofport?: number, acls: string[] = [], vlan?: number) => ({ name, ofport, acls, vlan })
    expect(parse(all)).toEqual({
      dpid: 15457587960620n, controllers: ['tcp:127.0.0.1:6653', 'ssl:[::1]:6654', 'unix:/run/x.sock'], mode: 'nat', bridgeName: 'lab-0.br',
      mtu: 9000, vlan: 110, dhcp: false, userspace: true, ovsLocalMac: '0e:01:00:00:00:23',
      addPorts: [
        port('eno123', 8), port('eno124', 9, ['denyall']), port('eno125', 10, [], 20), port('eno126', undefined, [], 30),
        port('eno127', undefined, ['acl']), port('eno128'),
      ],
      addCoproPorts: [port('eno200', 7)],
      natAcl: [{ network: undefined, value: 'allowall' }],
      defaultAcl: [{ network: undefined, value: 'a,b' }, { network: 'lab', value: 'c' }, { network: 'other', value: '' }],
      vlanOutAcl: [{ network: undefined, value: 'x' }], preallocatePorts: 10, lbPort: 98, mirrorTunnelVid: 77, bindInterface: 'eth9',
    })
  })

  it.each([
    ['dpid', '1'], ['dpid', 'ff01'], ['dpid', '0x'], ['dpid', '0x0'], ['dpid', '0x10000000000000000'], ['dpid', '0xg'], ['dpid', '-0x1'],
    ['controller', '127.0.0.1:6653'], ['controller', 'tcp:127.0.0.1:0'], ['controller', 'tcp:127.0.0.1:65536'],
    ['controller', 'tcp:127.0.0.1:6653,'], ['controller', 'tcp:::1:6653'], ['controller', 'tcp:1.2.3:6653'], ['controller', 'udp:1.2.3.4:1'],
    ['mode', 'bridge'], ['mode', 'NAT'], ['name', 'a-name-too-long-'], ['name', 'a/b'], ['name', 'a b'], ['name', 'a:b'], ['name', '.'], ['name', 'brücke'],
    ['mtu', '67'], ['mtu', '65536'], ['mtu', '1500.0'], ['mtu', '+1500'], ['mtu', ' 1500'], ['mtu', '0x5dc'],
    ['vlan', '0'], ['vlan', '4095'], ['vlan', 'office'], ['dhcp', 'yes'], ['userspace', 'on'], ['userspace', 'tRUE'],
    ['add_ports', 'eth0/65280'], ['add_ports', 'eth0/x'], ['add_ports', 'eth0/1/acl/0'], ['add_ports', 'eth0/1/acl/4095'], ['add_ports', 'eth0/1/acl/2/3'],
    ['add_ports', '/1'], ['add_ports', 'eth0,'], ['add_ports', 'eth0,eth0'], ['add_ports', 'eth0/1,eth1/1'], ['add_ports', 'interface-with-long-name'],
    ['add_copro_ports', 'eth0/1,eth1/1'], ['add_copro_ports', 'eth0/1//5000'],
    ['ovs_local_mac', '0e:01:00:00:00'], ['ovs_local_mac', '01:00:00:00:00:01'], ['ovs_local_mac', '00:00:00:00:00:00'], ['ovs_local_mac', '0e-01-00-00-00-23'],
    ['nat_acl', 'a//b'], ['default_acl', 'a/'], ['vlan_out_acl', ':a'], ['default_acl', 'a,,b'],
    ['preallocate_ports', '-1'], ['preallocate_ports', '65280'], ['lbport', '0'], ['lbport', '65280'], ['mirror_tunnel_vid', '4095'],
  ])('refuses %s=%s, naming both', (name, value) => {
    let thrown: unknown
    try {
      parse({ [name]: value })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(DockerDriverError)
    const { code, message } = thrown as DockerDriverError
    expect(code).toBe('invalid')
    expect(message).toContain(`ovs.bridge.${name}`)
    expect(message).toMatch(/write|give|make|name each/)
  })

  it('names all that is wrong in one error', () => {
    expect(() => parse({ vlan: '5000', mode: 'x', mtu: 'big' })).toThrow(
      '3 options are wrong:\n- ovs.bridge.vlan: "5000" is no such number; write a whole number from 1 to 4094\n' +
        '- ovs.bridge.mode: "x" is not a valid mode; write flat, nat or routed\n- ovs.bridge.mtu: "big" is no such number',
    )
  })

  it('refuses unknown options of Open vSwitch with the nearest one, and ignores those of Docker', () => {
    expect(() => parse({ vlna: '5' })).toThrow('"ovs.bridge.vlna": there is no such option; did you mean ovs.bridge.vlan?')
    expect(() => parse({ add_port: 'eth0' })).toThrow('did you mean ovs.bridge.add_ports?')
    expect(() => parseNetworkOptions({ 'ovs.brige.mode': 'nat' }, context)).toThrow('did you mean ovs.bridge.mode?')
    expect(() => parse({ frobnication_level: '1' })).toThrow('there are ovs.bridge.dpid, ')
    expect(parseNetworkOptions({ 'com.docker.network.driver.mtu': 'x', parent: 'eth0', mode: 'y' }, context).mode).toBe('flat')
  })

  it('wants a flat, internal network without addresses for DHCP', () => {
    expect(parse({ dhcp: 'true' }, noAddresses).dhcp).toBe(true)
    expect(parse({ dhcp: 'true' }, { ...noAddresses, ipv4: [] }).dhcp).toBe(true)
    expect(() => parse({ dhcp: 'true' })).toThrow('must not have addresses of Docker when DHCP is in use, and it has 10.9.0.0/24; add --ipam-driver null')
    expect(() => parse({ dhcp: 'true' }, { ...noAddresses, internal: false })).toThrow('add --internal')
    expect(() => parse({ dhcp: 'true', mode: 'nat' }, noAddresses)).toThrow('must be flat')
  })

  it('wants an address for a gateway, of either family', () => {
    expect(() => parse({ mode: 'routed' }, noAddresses)).toThrow('"routed" needs an address for the bridge')
    const ipv6 = [{ AddressSpace: '', Pool: 'fd00:9::/64', Gateway: 'fd00:9::1/64' }]
    expect(parse({ mode: 'nat' }, { ...noAddresses, ipv6 }).mode).toBe('nat')
    expect(() => parse({ mtu: '1279' }, { ...context, ipv6 })).toThrow('ovs.bridge.mtu: "1279" is too small for IPv6')
    expect(() => parse({}, { ...context, ipv4: [{ AddressSpace: '', Pool: '10.9.0.0/24', Gateway: '10.9.0.1' }] })).toThrow('IPv4Data[0].Gateway')
  })

  it('keeps ports apart', () => {
    expect(() => parse({ add_ports: 'eth0/1', add_copro_ports: 'eth0/2' })).toThrow('interface eth0 is named twice')
    expect(() => parse({ add_ports: 'eth0/1', add_copro_ports: 'eth1/1' })).toThrow('eth0 and eth1 both want port 1')
    expect(() => parse({ add_ports: 'eth0/7', lbport: '7' })).toThrow('"7" is also the port of eth0')
    expect(parse({ add_ports: 'eth0/99' }).lbPort).toBe(99)
    expect(() => parse({ add_ports: 'br0', name: 'br0' })).toThrow('has the name of the bridge')
  })

  it('never throws anything but its own error', () => {
    const name = fc.oneof(fc.constantFrom(...networkOptionNames).map((one) => `ovs.bridge.${one}`), fc.string().map((one) => `ovs.${one}`), fc.string())
    const value = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9/:,.x-]{0,24}$/), fc.string({ unit: 'binary' }))
    const ipam = fc.array(fc.record({ AddressSpace: fc.string(), Pool: value, Gateway: value }), { maxLength: 2 })
    const given = fc.record({ networkId: fc.string(), internal: fc.boolean(), ipv4: ipam, ipv6: ipam })
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.oneof(fc.constant(context), given), (raw, where) => {
        try {
          const options = parseNetworkOptions(raw, where)
          expect(options.vlan).toBeGreaterThan(0)
        } catch (error) {
          if (!(error instanceof DockerDriverError)) throw error
          expect(error.code).toBe('invalid')
        }
      }),
      { numRuns: 1000 },
    )
  })
})
