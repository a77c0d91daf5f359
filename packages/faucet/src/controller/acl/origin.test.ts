import { decodeMessage, encodeMessage, parseFlow } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import type { DpContext } from '../core/state.js'
import { contextFor, contextOf, stackFor } from './acl.test-support.js'
import { aclOrigin, type AclOrigin } from './origin.js'

/** The origin of a flow as the switch tells it. */
function originOf(context: DpContext, text: string): AclOrigin | undefined {
  const message = decodeMessage(encodeMessage(parseFlow(`cookie=0x5adc15c0,${text},actions=drop`, { command: 'add' })))
  if (message.type !== 'flow_mod') throw new Error(`not a flow-mod: ${message.type}`)
  return aclOrigin(context, message)
}

describe('the origin of a flow', () => {
  it('is a rule of an ACL in its place', () => {
    const context = contextFor(`
vlans: {v: {vid: 100, acls_in: [vlan], acls_out: [vlan]}}
acls:
  port: [{eth_type: 0x800, ipv4_src: 10.0.0.0/8, actions: {allow: 0}}, {actions: {allow: 1}}]
  second: [{actions: {allow: 1}}]
  vlan: [{actions: {allow: 1}}]
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [port, second]}, 2: {native_vlan: v}}}}`)
    const place = { type: 'port', port: 1 }
    expect(originOf(context, 'priority=20480,ip,in_port=1,nw_src=10.0.0.0/8')).toEqual({ acl: 'port', rule: 0, place })
    expect(originOf(context, 'priority=20479,in_port=1')).toEqual({ acl: 'port', rule: 1, place })
    expect(originOf(context, 'priority=20478,in_port=1')).toEqual({ acl: 'second', rule: 0, place })
    expect(originOf(context, 'table=2,priority=20480,dl_vlan=100')).toEqual({ acl: 'vlan', rule: 0, place: { type: 'vlan', vid: 100, direction: 'in' } })
    expect(originOf(context, 'table=5,priority=20480,dl_vlan=100')).toEqual({ acl: 'vlan', rule: 0, place: { type: 'vlan', vid: 100, direction: 'out' } })
  })

  it('is none for other flows', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
acls: {a: [{actions: {allow: 1}}]}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [a]}, 2: {native_vlan: v}}}}`)
    expect(originOf(context, 'priority=20480,in_port=2')).toBeUndefined()
    expect(originOf(context, 'table=1,priority=20480,in_port=1')).toBeUndefined()
    expect(originOf(context, 'priority=0')).toBeUndefined()
  })

  it('is the dataplane, or the last rule of equal ones', () => {
    const context = contextFor(`
vlans: {v: {vid: 100}}
acls: {a: [{cookie: 5, actions: {allow: 1}}, {eth_type: 0x806, actions: {allow: 1}}]}
dps: {sw1: {dp_id: 1, dp_acls: [a], interfaces: {1: {native_vlan: v}}}}`)
    expect(originOf(context, 'priority=20479,arp')).toEqual({ acl: 'a', rule: 1, place: { type: 'dataplane' } })
    expect(originOf(context, 'priority=20480')).toBeUndefined()
    const exact = contextFor(`
vlans: {v: {vid: 100}}
acls: {a: {exact_match: True, rules: [{eth_type: 0x806, actions: {allow: 1}}, {eth_type: 0x806, actions: {allow: 0}}]}}
dps: {sw1: {dp_id: 1, interfaces: {1: {native_vlan: v, acls_in: [a]}}}}`)
    expect(originOf(exact, 'priority=20480,arp,in_port=1')?.rule).toBe(1)
  })

  it('is the tunnel that a packet is in', () => {
    const network = stackFor(`
vlans: {v: {vid: 100}}
acls: {a: [{eth_type: 0x806, actions: {allow: 1}}, {actions: {output: {tunnel: {tunnel_id: 300, dp: sw2, port: 1}}}}]}
dps:
  sw1: {dp_id: 1, stack: {priority: 1}, interfaces: {1: {native_vlan: v, acls_in: [a]}, 8: {stack: {dp: sw2, port: 8}}}}
  sw2: {dp_id: 2, interfaces: {1: {native_vlan: v}, 8: {stack: {dp: sw1, port: 8}}}}`)
    const place = { type: 'tunnel', vid: 300, direction: 'forward' }
    expect(originOf(contextOf(network, 'sw2'), 'priority=20481,dl_vlan=300,dl_vlan_pcp=3')).toEqual({ acl: 'a', rule: 1, place })
  })
})
