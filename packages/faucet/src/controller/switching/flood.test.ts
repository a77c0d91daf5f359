import { describe, expect, it } from 'vitest'
import { oneDp, tableWith } from './switching.test-support.js'

const broadcast = (yaml: string, options = {}) => tableWith('flood', yaml, options).filter((line) => line.includes('dl_dst=ff:ff:ff:ff:ff:ff'))
const unicast = (yaml: string) => tableWith('flood', yaml).filter((line) => /priority=819[23],.*dl_vlan=\d+ /.test(line))

describe('a flood', () => {
  it('reaches tagged ports, then untagged ones; reserved addresses go nowhere', () => {
    expect(tableWith('flood', oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100', 3: 'tagged_vlans: [v100]' }))).toEqual([
      'priority=0 actions=drop',
      'priority=8192,dl_vlan=100 actions=output:3,pop_vlan,output:1,output:2',
      'priority=8208,dl_vlan=100,dl_dst=33:33:00:00:00:00/ff:ff:00:00:00:00 actions=output:3,pop_vlan,output:1,output:2',
      'priority=8216,dl_vlan=100,dl_dst=01:00:5e:00:00:00/ff:ff:ff:00:00:00 actions=output:3,pop_vlan,output:1,output:2',
      'priority=8216,dl_vlan=100,dl_dst=01:80:c2:00:00:00/ff:ff:ff:00:00:00 actions=output:3,pop_vlan,output:1,output:2',
      'priority=8236,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop',
      'priority=8240,dl_dst=01:00:0c:cc:cc:cc actions=drop',
      'priority=8240,dl_dst=01:00:0c:cc:cc:cd actions=drop',
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:3,pop_vlan,output:1,output:2',
    ])
  })

  it('has no flows for a VLAN without ports, and none for unknown hosts in a VLAN that says so', () => {
    const vlans = '  v100: {vid: 100, unicast_flood: False}\n  v200: {vid: 200}'
    const flows = tableWith('flood', oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100' }, '', vlans))
    expect(flows.some((line) => line.includes('dl_vlan=200'))).toBe(false)
    expect(unicast(oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100' }, '', vlans))).toEqual([])
    expect(flows).toContain('priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2')
  })

  it('leaves ports out for unknown hosts that do not want it', () => {
    const yaml = oneDp({ 1: 'native_vlan: v100, unicast_flood: False', 2: 'native_vlan: v100', 3: 'native_vlan: v200, unicast_flood: False' })
    expect(unicast(yaml)).toEqual(['priority=8192,dl_vlan=100 actions=pop_vlan,output:2'])
    expect(broadcast(yaml)).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
      'priority=8240,dl_vlan=200,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:3',
    ])
  })

  it('goes back where it came from with hairpin', () => {
    expect(broadcast(oneDp({ 1: 'native_vlan: v100, hairpin: True', 2: 'native_vlan: v100, hairpin_unicast: True' }))).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
      'priority=8241,in_port=1,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:2,IN_PORT',
    ])
  })

  it('is copied to the mirrors of the ports that it reaches, once when they are those of the port where it came in', () => {
    expect(broadcast(oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100', 3: 'tagged_vlans: [v100]', 4: 'mirror: [1, 3]' }))).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:3,output:4,pop_vlan,output:1,output:2,output:4',
      'priority=8241,in_port=1,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:3,pop_vlan,output:2',
      'priority=8241,in_port=3,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
    ])
  })

  it('reaches restricted ports from others, and between them only what hosts cannot do without', () => {
    const restricted = 'native_vlan: v100, restricted_bcast_arpnd: True'
    const flows = tableWith('flood', oneDp({ 1: restricted, 2: restricted, 3: 'native_vlan: v100' })).filter((line) => line.includes('dl_vlan'))
    expect(flows).toEqual([
      'priority=10294,arp,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:3',
      'priority=10295,arp,in_port=1,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:2,output:3',
      'priority=10295,arp,in_port=2,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:3',
      'priority=10295,arp,in_port=3,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
      'priority=42741,ipv6,dl_vlan=100,dl_dst=33:33:ff:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:3',
      'priority=42742,ipv6,in_port=1,dl_vlan=100,dl_dst=33:33:ff:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:2,output:3',
      'priority=42742,ipv6,in_port=2,dl_vlan=100,dl_dst=33:33:ff:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:1,output:3',
      'priority=42742,ipv6,in_port=3,dl_vlan=100,dl_dst=33:33:ff:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:1,output:2',
      ...['01', '02'].map((last) => `priority=42765,ipv6,dl_vlan=100,dl_dst=33:33:00:00:00:${last} actions=pop_vlan,output:3`),
      ...[[1, '2,output:3'], [2, '1,output:3'], [3, '1,output:2']].flatMap(([port, to]) =>
        ['01', '02'].map((last) => `priority=42766,ipv6,in_port=${String(port)},dl_vlan=100,dl_dst=33:33:00:00:00:${last} actions=pop_vlan,output:${String(to)}`),
      ),
      'priority=8192,dl_vlan=100 actions=pop_vlan,output:3',
      'priority=8193,in_port=3,dl_vlan=100 actions=pop_vlan,output:1,output:2',
      'priority=8208,dl_vlan=100,dl_dst=33:33:00:00:00:00/ff:ff:00:00:00:00 actions=pop_vlan,output:3',
      'priority=8209,in_port=3,dl_vlan=100,dl_dst=33:33:00:00:00:00/ff:ff:00:00:00:00 actions=pop_vlan,output:1,output:2',
      'priority=8216,dl_vlan=100,dl_dst=01:00:5e:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:3',
      'priority=8216,dl_vlan=100,dl_dst=01:80:c2:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:3',
      'priority=8217,in_port=3,dl_vlan=100,dl_dst=01:00:5e:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:1,output:2',
      'priority=8217,in_port=3,dl_vlan=100,dl_dst=01:80:c2:00:00:00/ff:ff:ff:00:00:00 actions=pop_vlan,output:1,output:2',
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:3',
      'priority=8241,in_port=3,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
    ])
  })

  it('goes to one port of those to the outside that are up, and not from one to the other', () => {
    const external = 'native_vlan: v100, loop_protect_external: True'
    const yaml = oneDp({ 1: external, 2: external, 3: 'tagged_vlans: [v100]' })
    expect(broadcast(yaml)).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=set_field:2->vlan_pcp,output:3,pop_vlan,output:1',
      'priority=8241,in_port=2,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=set_field:2->vlan_pcp,output:3',
    ])
    expect(broadcast(yaml, { down: [1] })).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=set_field:2->vlan_pcp,output:3,pop_vlan,output:1,output:2',
    ])
  })

  it('has a flow for each port with combinatorial_port_flood', () => {
    expect(broadcast(oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100', 3: 'tagged_vlans: [v100]' }, 'combinatorial_port_flood: True'))).toEqual([
      'priority=8241,in_port=1,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:3,pop_vlan,output:2',
      'priority=8241,in_port=2,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=output:3,pop_vlan,output:1',
      'priority=8241,in_port=3,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:2',
    ])
  })

  it('leaves out links of an aggregate that nobody has joined', () => {
    expect(broadcast(oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v100, lacp: 1', 3: 'native_vlan: v100' }))).toEqual([
      'priority=8240,dl_vlan=100,dl_dst=ff:ff:ff:ff:ff:ff actions=pop_vlan,output:1,output:3',
    ])
  })
})
