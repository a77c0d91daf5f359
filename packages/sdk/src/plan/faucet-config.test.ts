import { allow, deny, resolveFaucetConfig, validateFaucetConfig } from '@streambed/faucet'
import { expect, it } from 'vitest'
import { buildModel } from '../topology/build.js'
import type { Topology } from '../topology/spec.js'
import { planPartition, partitionVlan } from './partition.js'
import { faucetConfigOf, knownHosts } from './faucet-config.js'

const topology: Topology = {
  acls: { 'no-telnet': [deny({ tcp: { dst: 23 } }), allow({}, { meter: 'slow' })], all: [allow()] },
  meters: { slow: { kbps: 1000, burst: 100 } },
  networks: { office: { subnet: '10.1.0.0/24', acl: 'no-telnet', gateway: true }, dmz: { vlan: 200, gateway: '10.2.0.254', subnet: '10.2.0.0/24', gatewayRoutes: [{ to: '10.9.0.0/16', via: '10.2.0.9' }] }, '7': {} },
  switches: { s1: {}, s2: {} },
  links: [['s1', 's2']],
  hosts: {
    laptop: { networks: { office: { acl: ['all'] } } },
    web: { networks: ['dmz', '7'], switch: 's2' },
    probe: { trunks: { up: { networks: ['office', 'dmz'] } } },
    ids: { taps: { tap: ['laptop', { host: 'probe', interface: 'up' }] } },
  },
}

function configOf(spec: Topology, groups?: readonly (readonly string[])[]) {
  const model = buildModel(spec)
  const plan = groups && planPartition(model, groups)
  const vlanOf = (network: string, host: string): number => partitionVlan(model, plan, network, host)
  return { model, config: faucetConfigOf(model, vlanOf), known: knownHosts(model, vlanOf) }
}

it('makes a configuration that Faucet takes, with everything that the topology says', () => {
  const { config, known } = configOf(topology)
  expect(validateFaucetConfig(config)).toEqual([])
  const [s1, s2] = resolveFaucetConfig(config).dps
  const ports = [...(s1?.ports.values() ?? [])].map(({ number, name, native_vlan, tagged_vlans, acls_in, mirror, stack, output_only }) => ({ number, name, native_vlan, tagged_vlans, acls_in, mirror, stack: stack?.dp, output_only }))
  expect(ports).toEqual([
    { number: 1, name: 'l1-1', native_vlan: undefined, tagged_vlans: [], acls_in: [], mirror: [], stack: 's2', output_only: false },
    { number: 3, name: 'laptop-eth0', native_vlan: 101, tagged_vlans: [], acls_in: ['all'], mirror: [7], stack: undefined, output_only: false },
    { number: 6, name: 'probe-up', native_vlan: undefined, tagged_vlans: [101, 200], acls_in: [], mirror: [7], stack: undefined, output_only: false },
    { number: 7, name: 'ids-tap', native_vlan: undefined, tagged_vlans: [], acls_in: [], mirror: [], stack: undefined, output_only: true },
  ])
  expect([...(s2?.vlans.values() ?? [])].map(({ name, vid, acls_in, faucet_vips, routes, max_hosts }) => ({ name, vid, acls_in, vips: faucet_vips.map(({ address }) => address), routes: routes.map(({ ip_dst }) => ip_dst), max_hosts }))).toEqual([
    { name: 'network-7', vid: 100, acls_in: [], vips: [], routes: [], max_hosts: 0 },
    { name: 'office', vid: 101, acls_in: ['no-telnet'], vips: ['10.1.0.1'], routes: [], max_hosts: 0 },
    { name: 'dmz', vid: 200, acls_in: [], vips: ['10.2.0.254'], routes: ['10.9.0.0/16'], max_hosts: 0 },
  ])
  expect(known.filter(({ dpId }) => dpId === 1n).map(({ port, vid }) => [port, vid])).toEqual([[3, 101], [6, 101], [6, 200]])
})

it('gives the part of a network that a partition cuts off a VLAN with the same rules', () => {
  const { config } = configOf({ acls: { a: [allow()] }, networks: { lan: { acl: 'a' } }, hosts: { x: { networks: ['lan'] }, y: { networks: ['lan'] } } }, [['x'], ['y']])
  expect(config.vlans).toMatchObject({ lan: { vid: 100, acls_in: ['a'] }, 'lan~4094': { vid: 4094, acls_in: ['a'] } })
  expect(validateFaucetConfig(config)).toEqual([])
})

it('makes a configuration of a testbed without anything', () => {
  expect(validateFaucetConfig(configOf({ networks: {}, hosts: {} }).config)).toEqual([])
  expect(validateFaucetConfig(configOf({ networks: {}, switches: { a: {}, b: {} }, links: [['a', 'b']], hosts: {} }).config)).toEqual([])
})
