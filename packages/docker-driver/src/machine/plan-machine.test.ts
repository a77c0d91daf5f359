import { describe, expect, it } from 'vitest'
import { machineBridgeIds, machineInterfaceIds, purposeOf, readEngine, readFormerContext } from './machine-ids.js'
import { bridge, driver, engine, mirrorFlags, planOf, port, stackFlags } from './machine.test-support.js'
import type { MachinePlan } from './plan-machine.js'

describe('planMachine', () => {
  it('has nothing without flags', () => expect(planOf({})).toBeUndefined())

  it('has a mirror bridge', () => {
    const interfaces = [{ name: 'eth1', direction: 'out', ofport: 1 }, { name: 'eth2', direction: 'in', ofport: 2 }]
    expect(planOf(mirrorFlags)).toEqual({ engine, bridges: [{ purpose: 'mirror', name: 'odsmir0A1B2C', dpid: undefined, interfaces, mirrorTo: undefined }], config: {} })
    expect(planOf({ mirrorBridgeOut: 'eth1' })?.bridges[0]?.interfaces).toEqual([{ name: 'eth1', direction: 'out', ofport: 1 }])
  })

  it('has a stacking bridge, and a loopback bridge where mirrors go through the stack', () => {
    const plan = planOf({ ...stackFlags, stackingInterfaces: 'odsrootsw:7:eth9,other:1:eth8' })
    expect(plan?.bridges).toEqual([
      {
        purpose: 'stack', name: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, mirrorTo: undefined,
        interfaces: [{ name: 'eth9', remote: { dp: 'odsrootsw', port: 7 }, ofport: 1 }, { name: 'eth8', remote: { dp: 'other', port: 1 }, ofport: 2 }],
      },
      { purpose: 'loopback', name: 'odslb0A1B2C', dpid: undefined, interfaces: [], mirrorTo: { dp: 'odsrootsw', port: 88 } },
    ])
    expect(plan?.config).toEqual({
      stack: {
        bridge: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, host: 'host1', priority1: 'odsrootsw',
        links: [{ dp: 'odsrootsw', port: 7, ofport: 1 }, { dp: 'other', port: 1, ofport: 2 }],
      },
      mirrorTo: { dp: 'odsrootsw', port: 88 },
    })
    expect(planOf({ stackingInterfaces: 'odsrootsw:7:eth9' })?.bridges.map(({ purpose }) => purpose)).toEqual(['stack'])
    expect(planOf({ stackingInterfaces: 'odsrootsw:7:eth9' })?.config).toEqual({
      stack: { bridge: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, host: 'host1', links: [{ dp: 'odsrootsw', port: 7, ofport: 1 }] },
    })
  })

  it('leaves interfaces their numbers, and others theirs', () => {
    const there = bridge('dovesnap0A1B2C', {}, [port('eth9', 3, machineInterfaceIds), port('odspatch', 1)])
    const links = planOf({ stackingInterfaces: 'b:1:eth8,odsrootsw:7:eth9' }, [there])?.config.stack?.links
    expect(links).toEqual([{ dp: 'b', port: 1, ofport: 2 }, { dp: 'odsrootsw', port: 7, ofport: 3 }])
  })
})

describe('what the database remembers', () => {
  const ids = (flags: typeof stackFlags, at: number) => {
    const plan = planOf(flags) as MachinePlan
    const planned = plan.bridges[at]
    return planned ? bridge(planned.name, machineBridgeIds(driver, engine, planned)) : bridge('', {})
  }
  it('is what a bridge is for, whose it is, and the engine', () => {
    expect([ids(mirrorFlags, 0), ids(stackFlags, 0), ids(stackFlags, 1)].map((one) => purposeOf(one, driver))).toEqual(['mirror', 'stack', 'loopback'])
    expect(purposeOf(ids(mirrorFlags, 0), 'other')).toBeUndefined()
    expect(purposeOf(bridge('br0', { 'streambed-driver': driver, 'streambed-machine': 'odd' }), driver)).toBeUndefined()
    expect(readEngine([bridge('br0', {}), ids(mirrorFlags, 0)], driver)).toBe(engine)
    expect(readEngine([ids(mirrorFlags, 0)], 'other')).toBeUndefined()
  })

  it('is enough to take a stack out of a configuration', () => {
    const stack = { bridge: 'dovesnap0A1B2C', dpid: 0xffn, host: '', links: [] }
    expect(readFormerContext([ids(stackFlags, 0), ids(stackFlags, 1)], driver)).toEqual({ stack, mirrorTo: { dp: 'odsrootsw', port: 88 } })
    expect(readFormerContext([ids(mirrorFlags, 0)], driver)).toEqual({})
  })
})
