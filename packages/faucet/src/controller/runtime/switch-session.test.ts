import type { BundleMessage, Message } from '@streambed/ovs/openflow'
import { match, parseFlow, type OnfFlowUpdate } from '@streambed/ovs/openflow'
import { describe, expect, it } from 'vitest'
import type { ChangeFlows } from '../core/effect.js'
import { SwitchSession } from './switch-session.js'
import { session, SwitchUnderTest, TestOwner } from './switch-session.test-support.js'

const one = 'priority=5,in_port=1 actions=goto_table:1'
const two = 'table=1, priority=5,in_port=2 actions=output:1'
const three = 'table=1, priority=5,in_port=3 actions=drop'
const four = 'table=1, priority=5,in_port=4 actions=drop'

function change(atomic: boolean, ...messages: readonly BundleMessage[]): ChangeFlows {
  return { type: 'change', dpId: 1n, messages, atomic }
}

function add(text: string): BundleMessage {
  return parseFlow(text, { command: 'add' })
}

describe('SwitchSession', () => {
  it('installs what is wanted in one bundle, and then counts as up', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.flows = [one, two]
    const datapath = await sw.connect()
    const session = new SwitchSession(datapath, owner)
    expect(session.isUp).toBe(false)
    await session.start()
    expect(session.isUp).toBe(true)
    expect(sw.told).toEqual(['set_config', 'set_async', 'bundle open', '  flow_mod add', '  flow_mod add', 'bundle close', 'bundle commit'])
    expect(await sw.flows(datapath)).toEqual([one, two])
    expect(owner.comparisons).toMatchObject([{ changes: 2, unchanged: 0 }])
    expect(session.description).toMatchObject({ mfrDesc: 'Streambed' })
    await session.close('end of the test')
  })

  it('touches nothing that is right, and removes what others have left', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const first = await sw.connect()
    await first.addFlows([one, `cookie=0x77,${three}`, 'table=7,priority=1,actions=drop'])
    sw.double.receive(1, new Uint8Array(60).fill(2))
    await first.close()
    owner.flows = [one, two]
    const { datapath } = await session(sw, owner)
    expect(owner.comparisons).toMatchObject([{ changes: 3, unchanged: 1 }])
    const stats = await sw.stats(datapath)
    expect(stats.map(({ tableId, packetCount }) => [tableId, packetCount])).toEqual([[0, 1n], [1, 0n]])
    await datapath.close()
  })

  it('sends nothing to a switch that has what it is to have', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.flows = [one, two]
    owner.groups = [{ groupId: 3, groupType: 'ff', buckets: [{ watchPort: 1, actions: [{ type: 'output', port: 1 }] }] }]
    owner.meters = [{ meterId: 2, flags: 1, bands: [{ type: 'drop', rate: 10, burstSize: 0 }] }]
    const { datapath } = await session(sw, owner)
    await datapath.close()
    const again = await session(sw, owner)
    expect(owner.comparisons[1]).toMatchObject({ changes: 0, unchanged: 2 })
    await again.datapath.close()
  })

  it('keeps meters out of the bundle: those that come are before it, those that go after it', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.meters = [{ meterId: 1, bands: [{ type: 'drop', rate: 10, burstSize: 0 }] }]
    owner.flows = ['priority=1 actions=meter:1,output:1']
    const { session: own, datapath } = await session(sw, owner)
    owner.meters = [{ meterId: 2, bands: [{ type: 'drop', rate: 10, burstSize: 0 }] }]
    owner.groups = [{ groupId: 1, buckets: [] }]
    owner.flows = ['priority=1 actions=meter:2,output:2']
    own.compare()
    await owner.comparison()
    expect(sw.told).toEqual([
      'meter_mod add', 'bundle open', '  group_mod add', '  flow_mod modify_strict', 'bundle close', 'bundle commit', 'meter_mod delete',
    ])
    expect(owner.refusals).toEqual([])
    expect(await sw.flows(datapath)).toEqual(owner.flows)
    await datapath.close()
  })

  it('sends changes that need not be atomic at once, and those that come during a bundle after it', async () => {
    const sw = new SwitchUnderTest()
    const { session: own, datapath } = await session(sw, new TestOwner())
    own.change(change(false, add(one)))
    own.change(change(true, add(two), add(three)))
    own.change(change(false, add(four)))
    await own.settled()
    expect(sw.told).toEqual(['flow_mod add', 'bundle open', '  flow_mod add', '  flow_mod add', 'bundle close', 'bundle commit', 'flow_mod add'])
    expect(await sw.flows(datapath)).toHaveLength(4)
    await datapath.close()
  })

  it('sends one change without a bundle, which takes place at once by itself', async () => {
    const sw = new SwitchUnderTest()
    const { session: own, datapath } = await session(sw, new TestOwner())
    own.change(change(true, add(two)))
    await own.settled()
    expect(sw.told).toEqual(['flow_mod add'])
    expect(await sw.flows(datapath)).toEqual([two])
    await datapath.close()
  })

  it('drops changes that come before what is wanted is known, and keeps those that come after it', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const { session: own, datapath } = await session(sw, owner)
    owner.flows = [one, two]
    own.compare()
    // Part of what is wanted already.
    own.change(change(false, add('table=5,actions=drop')))
    owner.onWanted = () => {
      owner.onWanted = () => {}
      queueMicrotask(() => own.change(change(false, add(three))))
    }
    await owner.comparison()
    await own.settled()
    expect(sw.told).toEqual(['bundle open', '  flow_mod add', '  flow_mod add', 'bundle close', 'bundle commit', 'flow_mod add'])
    expect(await sw.flows(datapath)).toEqual([one, two, three])
    await datapath.close()
  })

  it('mends at once what somebody else has changed, and less often who goes on', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.flows = [one, two]
    const other = await sw.connect()
    const { datapath } = await session(sw, owner)
    const deleted: OnfFlowUpdate = { type: 'deleted', reason: 'delete', priority: 5, idleTimeout: 0, hardTimeout: 0, tableId: 0, cookie: 0n, match: match({ in_port: 1 }), instructions: [] }
    await other.deleteFlows({ tableId: 0 })
    await sw.tell([{ type: 'abbrev', xid: 9 }, deleted])
    await owner.comparison()
    expect(await sw.flows(datapath)).toEqual([one, two])
    expect(owner.logs).toEqual(['warning somebody else has changed the flows of the switch: deleted table=0,priority=5,in_port=1'])
    await other.deleteFlows({ tableId: 0 })
    await sw.tell([deleted])
    await sw.tell([deleted])
    // Whatever the switch has told is known when it answers.
    expect(await sw.flows(datapath)).toEqual([two])
    owner.clock.advance(1)
    await owner.comparison()
    expect(await sw.flows(datapath)).toEqual([one, two])
    expect(owner.logs).toHaveLength(2)
    await other.close()
    await datapath.close()
  })

  it('does not take its own changes for those of others, nor flows whose time is over', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const { datapath } = await session(sw, owner)
    const over: OnfFlowUpdate = { type: 'deleted', reason: 'hard_timeout', priority: 5, idleTimeout: 0, hardTimeout: 1, tableId: 0, cookie: 0n, match: [], instructions: [] }
    await sw.tell([{ type: 'abbrev', xid: 9 }, over])
    await datapath.barrier()
    owner.clock.advance(100)
    expect(owner.logs).toEqual([])
    expect(owner.comparisons).toHaveLength(1)
    await datapath.close()
  })

  it('installs the rest of a bundle when the switch refuses a flow, and tries that again with the next change', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.flows = [one, two, three]
    const isTwo = (message: Message): boolean => message.type === 'onf_bundle_add' && JSON.stringify(message.message, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes('"value":2')
    sw.refuses = isTwo
    const { session: own, datapath } = await session(sw, owner)
    expect(await sw.flows(datapath)).toEqual([one, three])
    expect(own.isUp).toBe(true)
    expect(owner.refusals.map(({ text, reason }) => [text, reason])).toEqual([[`add ${two}`, 'flow_mod_failed/table_full']])
    expect(own.refused).toHaveLength(1)

    // It is left out while nobody changes anything.
    owner.clock.advance(1)
    await owner.comparison()
    expect(sw.told).toEqual([])
    expect(owner.refusals).toHaveLength(1)

    sw.refuses = () => false
    own.change(change(true, add(one)))
    await owner.comparison()
    expect(await sw.flows(datapath)).toEqual([one, two, three])
    expect(own.refused).toEqual([])
    await datapath.close()
  })

  it('tells what of a single change was refused, and compares later', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const { session: own, datapath } = await session(sw, owner)
    sw.refuses = (message) => message.type === 'flow_mod'
    own.change(change(false, add(two), add(three)))
    await own.settled()
    expect(owner.refusals.map(({ text }) => text)).toEqual([`add ${two}`, `add ${three}`])
    // A flow that was refused is not there to be modified.
    sw.refuses = () => false
    sw.told.length = 0
    own.change(change(false, parseFlow(two, { command: 'modify_strict' })))
    await own.settled()
    expect(sw.told).toEqual(['flow_mod add'])
    expect(await sw.flows(datapath)).toEqual([two])
    await datapath.close()
  })

  it('leaves out what cannot be said in OpenFlow', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const { session: own, datapath } = await session(sw, owner)
    own.change(change(true, { type: 'flow_mod', command: 'add', priority: 70000 }, add(two)))
    await own.settled()
    expect(owner.refusals).toHaveLength(1)
    expect(await sw.flows(datapath)).toEqual([two])
    await datapath.close()
  })

  it('does without bundles where there are none', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    owner.flows = [one, two]
    sw.double.core.handle = withoutBundles(sw.double.core.handle.bind(sw.double.core))
    const { datapath } = await session(sw, owner)
    expect(await sw.flows(datapath)).toEqual([one, two])
    expect(owner.refusals).toEqual([])
    await datapath.close()
  })

  it('hands on what came before the switch was known, after it', async () => {
    const sw = new SwitchUnderTest()
    const owner = new TestOwner()
    const first = await sw.connect()
    await first.addFlow('table=0,priority=1,actions=controller')
    await first.close()
    owner.flows = ['table=0, priority=1 actions=CONTROLLER:65535']
    const datapath = await sw.connect()
    const own = new SwitchSession(datapath, owner)
    const started = own.start()
    sw.double.receive(2, new Uint8Array(60).fill(2))
    await started
    expect(owner.events.map(({ type }) => type)).toEqual(['tick', 'packet_in'])
    expect(owner.events[1]).toMatchObject({ dpId: 1n, inPort: 2, reason: 'action', totalLen: 60 })
    await datapath.close()
  })

  it('rejects what waits when the connection ends', async () => {
    const sw = new SwitchUnderTest()
    const { session: own } = await session(sw, new TestOwner())
    own.compare()
    const waits = own.settled()
    own.abort('end of the test')
    await expect(waits).rejects.toMatchObject({ code: 'closed' })
  })
})

type Handle = SwitchUnderTest['double']['core']['handle']

function withoutBundles(handle: Handle): Handle {
  return (from, message, now) => {
    if (message.type !== 'onf_bundle_control') return handle(from, message, now)
    const error = { type: 'error', xid: message.xid, errorType: 'bad_request', code: 'bad_experimenter', data: new Uint8Array() } as const
    return [{ type: 'message', to: from, message: error }]
  }
}
