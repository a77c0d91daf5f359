import { describe, expect, it } from 'vitest'
import { oneDp, tableWith } from './switching.test-support.js'

describe('the table of sources', () => {
  it('drops impossible sources, and shows unknown ones to the controller', () => {
    expect(tableWith('eth_src', oneDp({ 1: 'native_vlan: v100', 2: 'native_vlan: v200' }))).toEqual([
      'priority=0 actions=goto_table:2',
      'priority=20480,dl_src=0e:00:00:00:00:01 actions=drop',
      'priority=20480,dl_src=ff:ff:ff:ff:ff:ff actions=drop',
      'priority=20490,dl_type=0x9000 actions=drop',
      'priority=4096,dl_vlan=100 actions=CONTROLLER:96,goto_table:2',
      'priority=4096,dl_vlan=200 actions=CONTROLLER:96,goto_table:2',
    ])
  })

  it('does not when told so, and leaves reserved VLANs alone', () => {
    const yaml = oneDp(
      { 1: 'native_vlan: v100, hairpin: True' },
      'drop_broadcast_source_address: False\ndrop_spoofed_faucet_mac: False',
      '  v100: {vid: 100}\n  v200: {vid: 200, reserved_internal_vlan: True}',
    )
    expect(tableWith('eth_src', yaml)).toEqual([
      'priority=0 actions=goto_table:3',
      'priority=20490,dl_type=0x9000 actions=drop',
      'priority=4096,dl_vlan=100 actions=CONTROLLER:96,goto_table:2',
    ])
  })

  it('drops the address of each router', () => {
    const vlans = '  v100: {vid: 100, faucet_mac: "0e:00:00:00:00:07"}\n  v200: {vid: 200}'
    const flows = tableWith('eth_src', oneDp({ 1: 'native_vlan: v100' }, '', vlans))
    expect(flows).toContain('priority=20480,dl_src=0e:00:00:00:00:01 actions=drop')
    expect(flows).toContain('priority=20480,dl_src=0e:00:00:00:00:07 actions=drop')
  })
})
