import {
  connectOpenFlow,
  type Datapath,
  type FlowInput,
  match,
  OFPBF,
  OFPFF,
  OFPMF,
  OFPP,
  OFPPC,
  OpenFlowListener,
} from '@streambed/ovs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DummyOvs } from './dummy-ovs.js'

let ovs: DummyOvs
let datapath: Datapath
beforeAll(async () => {
  ovs = await DummyOvs.start()
})
afterAll(() => ovs?.stop())
beforeEach(async () => {
  datapath = await connectOpenFlow(ovs.management())
})
afterEach(async () => {
  await datapath.deleteFlows()
  await datapath.groups.delete()
  await datapath.meters.delete()
  await datapath.close()
})

const output = (port: number) => ({ type: 'output', port }) as const
const apply = (...actions: { readonly type: 'output'; readonly port: number; readonly maxLen?: number }[]) =>
  [{ type: 'apply_actions', actions }] as const

/** 10.x.y.z for a number below 2^24. */
const address = (index: number) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
const route = (index: number, port = 1): FlowInput => ({
  tableId: 5,
  match: match({ eth_type: 0x800, ipv4_dst: address(index) }),
  instructions: apply(output(port)),
})
const routes = (count: number) => Array.from({ length: count }, (_, index) => route(index))

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const frame = '020000000001' + '020000000002' + '0800' + '45000014000000004011000001020304' + '05060708'

describe('flows', () => {
  it('are added, changed and deleted, as ovs-ofctl sees them', async () => {
    await datapath.addFlow({ match: match({ in_port: 1 }), priority: 7, cookie: 0x2an, instructions: apply(output(2)) })
    await datapath.addFlow({ tableId: 3, match: match({ eth_type: 0x806 }), idleTimeout: 60, instructions: [] })
    expect(await ovs.dumpFlows()).toEqual([
      'cookie=0x2a, priority=7,in_port=1 actions=output:2',
      'table=3, idle_timeout=60, arp actions=drop',
    ])
    await datapath.modifyFlows({ match: match({ in_port: 1 }), instructions: apply(output(3)) })
    expect((await ovs.dumpFlows())[0]).toBe('cookie=0x2a, priority=7,in_port=1 actions=output:3')
    expect((await datapath.aggregate({ tableId: 0 })).flowCount).toBe(1)
    const [flow] = await collect(datapath.flows({ tableId: 0 }))
    expect(flow).toMatchObject({ tableId: 0, priority: 7, cookie: 0x2an, match: [{ field: 'in_port', value: 1 }] })
    await datapath.deleteFlows({ cookie: 0x2an, cookieMask: 0xffffffffffffffffn })
    expect(await ovs.dumpFlows()).toEqual(['table=3, idle_timeout=60, arp actions=drop'])
  })

  it('are 10,000 at a time', async () => {
    expect(await datapath.addFlows(routes(10_000))).toBe(10_000)
    expect(await ovs.dumpFlows('table=5')).toHaveLength(10_000)
    const numbers = new Set<string>()
    for await (const flow of datapath.flows({ tableId: 5 })) numbers.add(JSON.stringify(flow.match))
    expect(numbers.size).toBe(10_000)
  })

  it('that the switch refuses are told apart from those that it takes', async () => {
    const flows = routes(3000)
    // The table that Open vSwitch keeps for itself.
    const bad = new Set([7, 1500, 2999])
    const refused: number[] = []
    const taken = await datapath.addFlows(
      flows.map((flow, index) => (bad.has(index) ? { ...flow, tableId: 254 } : flow)),
      { onError: (error, index) => refused.push(index) },
    )
    expect(taken).toBe(2997)
    expect(refused).toEqual([...bad])
    await expect(datapath.addFlow({ tableId: 254 })).rejects.toMatchObject({
      code: 'peer',
      detail: { type: 'openflow', errorType: 'bad_request', code: 'eperm', request: { type: 'flow_mod', tableId: 254 } },
    })
  })

  it('tell when they are gone', async () => {
    const removed = datapath.flowsRemoved()
    await datapath.ports()
    await datapath.addFlow({ match: match({ in_port: 3 }), cookie: 9n, flags: OFPFF.SEND_FLOW_REM })
    await datapath.deleteFlows()
    expect((await removed.next()).value).toMatchObject({ type: 'flow_removed', reason: 'delete', cookie: 9n })
    await removed.return()
  })
})

describe('bundles', () => {
  it('take effect as a whole', async () => {
    await datapath.addFlow({ priority: 1 })
    await datapath.bundle((bundle) => {
      bundle.deleteFlows()
      for (const flow of routes(100)) bundle.addFlow(flow)
      bundle.add({ type: 'group_mod', command: 'add', groupId: 9, buckets: [{ actions: [output(1)] }] })
    })
    expect(await ovs.dumpFlows()).toHaveLength(100)
    expect(await datapath.groups.list()).toHaveLength(1)
  })

  it('change nothing when a message is refused, and say which', async () => {
    await datapath.addFlow({ priority: 1 })
    const failing = datapath.bundle((bundle) => {
      bundle.deleteFlows()
      bundle.addFlow(route(1))
      bundle.addFlow({ ...route(2), tableId: 254 })
      bundle.addFlow(route(3))
    })
    await expect(failing).rejects.toMatchObject({
      code: 'peer',
      detail: { errorType: 'bad_request', code: 'eperm', request: { type: 'onf_bundle_add', message: { type: 'flow_mod', tableId: 254 } } },
    })
    expect(await ovs.dumpFlows()).toEqual(['priority=1 actions=drop'])
  })

  it('change nothing when a message turns out to be wrong at the commit', async () => {
    await datapath.addFlow({ priority: 1 })
    const failing = datapath.bundle((bundle) => {
      bundle.addFlow(route(1))
      bundle.add({ type: 'group_mod', command: 'modify', groupId: 77, buckets: [] })
    })
    await expect(failing).rejects.toMatchObject({
      code: 'peer',
      detail: { errorType: 'group_mod_failed', code: 'unknown_group', request: { message: { groupId: 77 } } },
    })
    expect(await ovs.dumpFlows()).toEqual(['priority=1 actions=drop'])
    // The bundle is gone: its number can be used again.
    await datapath.connection.request({ type: 'onf_bundle_control', bundleId: 1, control: 'open_request', flags: OFPBF.ATOMIC })
    await datapath.connection.request({ type: 'onf_bundle_control', bundleId: 1, control: 'discard_request', flags: OFPBF.ATOMIC })
  })

  it('are not sent when the function throws', async () => {
    const failing = datapath.bundle((bundle) => {
      bundle.addFlow(route(1))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await ovs.dumpFlows()).toEqual([])
  })
})

describe('sync', () => {
  it('brings 10,000 flows to what is wanted with as few flow-mods as it takes', async () => {
    const flows = routes(10_000)
    const scope = { tableId: 5 }
    await datapath.addFlow({ tableId: 1, priority: 3 })
    expect(await datapath.sync(flows, scope)).toEqual({ added: 10_000, modified: 0, replaced: 0, removed: 0, unchanged: 0 })
    expect(await ovs.dumpFlows('table=5')).toHaveLength(10_000)
    expect(await datapath.sync(flows, scope)).toEqual({ added: 0, modified: 0, replaced: 0, removed: 0, unchanged: 10_000 })
    const wanted = [...flows.slice(10), ...[1, 2, 3].map((index) => route(20_000 + index))]
    wanted[0] = route(10, 2)
    wanted[1] = { ...route(11), cookie: 5n }
    expect(await datapath.sync(wanted, scope)).toEqual({ added: 3, modified: 1, replaced: 1, removed: 10, unchanged: 9988 })
    expect(await ovs.dumpFlows('table=5,ip,nw_dst=10.0.0.10')).toEqual(['table=5, ip,nw_dst=10.0.0.10 actions=output:2'])
    expect(await ovs.dumpFlows('table=5,ip,nw_dst=10.0.0.11')).toEqual(['cookie=0x5, table=5, ip,nw_dst=10.0.0.11 actions=output:1'])
    expect(await datapath.sync([], scope)).toMatchObject({ removed: 9993 })
    expect(await ovs.dumpFlows()).toEqual(['table=1, priority=3 actions=drop'])
  })

  it('leaves alone what has another cookie, and the counters of what stays', async () => {
    await ovs.ofctl('add-flow', 'cookie=0x99,priority=9,in_port=3,actions=drop')
    const mine = { cookie: 0x1n, cookieMask: 0xffn }
    const flow = { match: match({ in_port: 1 }), instructions: apply(output(2)) }
    expect(await datapath.sync([flow], mine)).toMatchObject({ added: 1, removed: 0 })
    await ovs.appctl('netdev-dummy/receive', 'p1', frame)
    expect(await datapath.sync([{ ...flow, instructions: apply(output(3)) }, { priority: 2 }], mine)).toMatchObject({ added: 1, modified: 1 })
    await ovs.appctl('revalidator/purge')
    expect(await ovs.dumpFlows()).toEqual([
      'cookie=0x1, in_port=1 actions=output:3',
      'cookie=0x1, priority=2 actions=drop',
      'cookie=0x99, priority=9,in_port=3 actions=drop',
    ])
    const [kept] = await collect(datapath.flows({ match: match({ in_port: 1 }) }))
    expect(kept?.packetCount).toBe(1n)
    expect(await datapath.sync([], mine)).toMatchObject({ removed: 2 })
    expect(await ovs.dumpFlows()).toHaveLength(1)
  })

  it('works without a bundle', async () => {
    expect(await datapath.sync(routes(10), { bundle: false })).toMatchObject({ added: 10 })
    expect(await ovs.dumpFlows()).toHaveLength(10)
  })

  it('has nothing to do for flows of every form that ovs-ofctl knows, as the switch sends them back', async () => {
    const lines = [
      'table=0,priority=1,tcp,nw_src=10.0.0.0/8,tp_dst=80,actions=output:1',
      'table=0,priority=2,udp6,ipv6_dst=2001:db8::/32,tp_src=0x100/0xff00,actions=output:2,output:3',
      'table=0,priority=3,dl_vlan=5,dl_vlan_pcp=3,actions=pop_vlan,goto_table:1',
      'table=0,priority=4,vlan_tci=0x1000/0x1000,actions=mod_vlan_vid:7,normal',
      'table=0,priority=5,arp,arp_op=1,arp_spa=1.2.3.4,actions=move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],load:0x2->NXM_OF_ARP_OP[],in_port',
      'table=0,priority=6,reg0=1/0xff,xreg1=0x100000002,metadata=0x5/0xf,actions=resubmit(,2)',
      'table=0,priority=7,ct_state=+trk+est,ip,ct_mark=1,actions=ct(commit,zone=5,exec(load:1->NXM_NX_CT_MARK[]))',
      'table=0,priority=8,ip,nw_tos=0xb8,nw_ecn=1,nw_ttl=5,ip_frag=first,actions=dec_ttl,controller:100',
      'table=0,priority=9,tcp,tcp_flags=+syn-ack,actions=write_metadata:0x5/0xff,goto_table:4',
      'table=0,priority=10,icmp6,icmp_type=135,nd_target=fe80::1,actions=learn(table=7,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])',
      'table=0,priority=11,tun_id=0x7,in_port=LOCAL,actions=set_field:5->tun_id,note:01.02,clone(output:1)',
      'table=0,priority=12,mpls,mpls_label=7,mpls_bos=1,actions=pop_mpls:0x800,output:1',
      'table=0,priority=13,conj_id=3,ip,actions=clear_actions,write_actions(set_field:02:00:00:00:00:01->eth_dst,output:2)',
    ]
    await ovs.ofctl('add-flows', ...[await ovs.file('flows.txt', lines.join('\n'))])
    const all = { added: 0, modified: 0, replaced: 0, removed: 0, unchanged: lines.length }
    expect(await datapath.sync(lines)).toEqual(all)
    const before = await ovs.dumpFlows()
    await datapath.deleteFlows()
    expect(await datapath.sync(lines)).toMatchObject({ added: lines.length })
    expect(await ovs.dumpFlows()).toEqual(before)
    expect(await datapath.sync(lines)).toEqual(all)
    const current = await collect(datapath.flows())
    expect(await datapath.sync(current)).toEqual(all)
    await datapath.deleteFlows()
    expect(await datapath.sync(current)).toMatchObject({ added: lines.length })
    expect(await ovs.dumpFlows()).toEqual(before)
    expect(await datapath.sync(current)).toEqual(all)
  })
})

describe('packets', () => {
  it('come in whole, and go out', async () => {
    await datapath.addFlow({ cookie: 3n, instructions: apply({ type: 'output', port: OFPP.CONTROLLER, maxLen: 0xffff }) })
    const packets = datapath.packetIns()
    await packets.ready
    await ovs.appctl('netdev-dummy/receive', 'p2', frame)
    const { value: packet } = await packets.next()
    expect(packet).toMatchObject({ inPort: 2, reason: 'action', tableId: 0, cookie: 3n, message: { type: 'packet_in' } })
    expect(Buffer.from(packet?.data ?? []).toString('hex')).toMatch(new RegExp(`^${frame}`))
    await packets.return()

    const sent = async () => (await datapath.portStats(3))[0]?.txPackets
    const before = await sent()
    await datapath.packetOut({ actions: [output(3)], data: Buffer.from(frame, 'hex') })
    expect(await sent()).toBe((before ?? 0n) + 1n)
    await expect(
      datapath.packetOut({ actions: [output(0xfffffff0)], data: Buffer.from(frame, 'hex') }),
    ).rejects.toMatchObject({ code: 'peer', detail: { errorType: 'bad_action', code: 'bad_out_port' } })
  })

  it("come in Open vSwitch's own format, with what the action carried, and go on when they were paused", async () => {
    await ovs.ofctl('add-flow', 'in_port=1,actions=controller(userdata=01.02.03,pause),output:3')
    const packets = datapath.packetIns({ format: 'nxt_packet_in2' })
    await packets.ready
    await ovs.appctl('netdev-dummy/receive', 'p1', frame)
    const { value: packet } = await packets.next()
    expect(packet).toMatchObject({ inPort: 1, userdata: Uint8Array.of(1, 2, 3), message: { type: 'nxt_packet_in2' } })
    const before = (await datapath.portStats(3))[0]?.txPackets ?? 0n
    if (packet) await datapath.resume(packet)
    expect((await datapath.portStats(3))[0]?.txPackets).toBe(before + 1n)
    await packets.return()
  })
})

describe('groups and meters', () => {
  it('are added, changed, listed and deleted', async () => {
    await datapath.groups.add({ groupType: 'select', groupId: 1, buckets: [{ weight: 3, actions: [output(1)] }, { weight: 1, actions: [output(2)] }] })
    expect(await ovs.ofctl('dump-groups')).toContain(
      'group_id=1,type=select,bucket=weight:3,actions=output:1,bucket=actions=output:2',
    )
    await expect(datapath.groups.add({ groupId: 1 })).rejects.toMatchObject({ detail: { errorType: 'group_mod_failed', code: 'group_exists' } })
    await datapath.groups.modify({ groupType: 'all', groupId: 1, buckets: [{ actions: [output(3)] }] })
    expect(await datapath.groups.list()).toMatchObject([{ groupId: 1, groupType: 'all', buckets: [{ actions: [{ type: 'output', port: 3 }] }] }])
    expect(await datapath.groups.stats(1)).toMatchObject([{ groupId: 1, refCount: 0, buckets: [{ packetCount: 0n }] }])
    expect((await datapath.groups.features()).maxGroups[0]).toBeGreaterThan(1000)
    await datapath.groups.delete(1)
    expect(await datapath.groups.list()).toEqual([])
  })

  it('limits rates', async () => {
    await datapath.meters.add({ meterId: 5, flags: OFPMF.PKTPS | OFPMF.STATS, bands: [{ type: 'drop', rate: 100, burstSize: 0 }] })
    expect(await ovs.ofctl('dump-meters')).toContain('meter=5 pktps stats bands=\ntype=drop rate=100')
    await datapath.addFlow({ instructions: [{ type: 'meter', meterId: 5 }, ...apply(output(1))] })
    await datapath.meters.modify({ meterId: 5, flags: OFPMF.KBPS, bands: [{ type: 'drop', rate: 2000, burstSize: 0 }] })
    expect(await datapath.meters.list(5)).toMatchObject([{ meterId: 5, bands: [{ type: 'drop', rate: 2000 }] }])
    expect(await datapath.meters.stats()).toMatchObject([{ meterId: 5, flowCount: 1, packetInCount: 0n }])
    expect((await datapath.meters.features()).maxMeter).toBeGreaterThan(100)
    await expect(datapath.meters.modify({ meterId: 6 })).rejects.toMatchObject({ detail: { errorType: 'meter_mod_failed', code: 'unknown_meter' } })
  })
})

describe('ports, tables and queues', () => {
  it('has the ports, and follows them', async () => {
    const ports = await datapath.ports()
    expect([...ports].map(({ name }) => name).sort()).toEqual(['br0', 'p1', 'p2', 'p3'])
    const changes = ports.changes()
    await ovs.vsctl('add-port br0 p4 -- set Interface p4 type=dummy ofport_request=4')
    expect((await changes.next()).value).toMatchObject({ reason: 'add', port: { portNo: 4, name: 'p4' }, old: undefined })
    expect(ports.get(4)?.name).toBe('p4')
    await datapath.modifyPort(4, { config: OFPPC.NO_FWD, mask: OFPPC.NO_FWD })
    expect(await ovs.ofctl('show')).toMatch(/4\(p4\).*\n +config: +NO_FWD/)
    await ovs.vsctl('del-port p4')
    for await (const change of changes) if (change.reason === 'delete') break
    expect(ports.named('p4')).toBeUndefined()
    await expect(datapath.modifyPort(99, { config: 0, mask: 0 })).rejects.toMatchObject({ detail: { errorType: 'port_mod_failed' } })
  })

  it('counts', async () => {
    await datapath.addFlow({ instructions: apply(output(2)) })
    const before = (await datapath.portStats(1))[0]?.rxPackets ?? 0n
    await ovs.appctl('netdev-dummy/receive', 'p1', frame)
    expect((await datapath.portStats(1))[0]?.rxPackets).toBe(before + 1n)
    expect((await datapath.portStats()).length).toBe(4)
    expect((await datapath.tableStats())[0]).toMatchObject({ tableId: 0, activeCount: 1 })
    expect(await datapath.tableFeatures()).toHaveLength(254)
    expect((await datapath.queueStats({ portNo: 1 }))[0]).toMatchObject({ portNo: 1, queueId: 0 })
    expect(await datapath.queues(1)).toMatchObject([{ port: 1, queueId: 0 }])
    expect(await datapath.description()).toMatchObject({ mfrDesc: 'Nicira, Inc.', hwDesc: 'Open vSwitch' })
  })

  it('maps Geneve options, and forgets connections', async () => {
    await datapath.tlvTable.add([{ optionClass: 0xffff, optionType: 0, optionLen: 4, index: 0 }])
    expect((await datapath.tlvTable.get()).maps).toEqual([{ optionClass: 0xffff, optionType: 0, optionLen: 4, index: 0 }])
    expect(await ovs.ofctl('dump-tlv-map')).toMatch(/0xffff +0 +4 +tun_metadata0/)
    await datapath.tlvTable.clear()
    await datapath.flushConntrack()
    await datapath.flushConntrack({ zone: 5 })
  })
})

describe('flow monitor', () => {
  it('tells the flows that are there, and every change', async () => {
    await datapath.addFlow({ priority: 1, cookie: 1n })
    const updates = datapath.flowMonitor({ tableId: 0 })
    expect((await updates.next()).value).toMatchObject({ type: 'added', priority: 1, cookie: 1n })
    await ovs.ofctl('add-flow', 'priority=2,in_port=1,actions=output:2')
    expect((await updates.next()).value).toMatchObject({ type: 'added', priority: 2, match: [{ field: 'in_port', value: 1 }], instructions: [{ type: 'apply_actions', actions: [{ type: 'output', port: 2 }] }] })
    await ovs.ofctl('mod-flows', 'in_port=1,actions=output:3')
    expect((await updates.next()).value).toMatchObject({ type: 'modified', priority: 2 })
    await ovs.ofctl('del-flows', '--strict', 'priority=2,in_port=1')
    expect((await updates.next()).value).toMatchObject({ type: 'deleted', reason: 'delete', priority: 2 })
    await updates.return()
    await datapath.barrier()
    expect(datapath.connection.problems).toBe(0)
  })
})

describe('roles', () => {
  it('goes from one controller to the other', async () => {
    await using listener = await OpenFlowListener.listen('ptcp:0:127.0.0.1')
    const { target } = listener
    const port = target.type === 'ptcp' ? target.port : 0
    await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${port} tcp:localhost:${port}`)
    const [one, two] = [(await listener.next()).value, (await listener.next()).value]
    if (!one || !two) throw new Error('the listener ended')
    const lost = one.roleChanges()
    expect(await one.role()).toBe('equal')
    await one.setRole('master')
    expect(await one.role()).toBe('master')
    await two.setRole('master')
    expect((await lost.next()).value).toMatchObject({ type: 'onf_role_status', role: 'slave', reason: 'master_request' })
    expect(await one.role()).toBe('slave')
    await expect(one.addFlow({})).rejects.toMatchObject({ detail: { errorType: 'bad_request', code: 'is_slave' } })
    await expect(one.setRole('master', { generationId: 0n })).rejects.toMatchObject({ detail: { errorType: 'role_request_failed', code: 'stale' } })
    await one.setAsyncConfig({ portStatusMask: [7, 0] })
    expect((await one.asyncConfig()).portStatusMask).toEqual([7, 0])
    await ovs.vsctl('del-controller br0')
  })
})
