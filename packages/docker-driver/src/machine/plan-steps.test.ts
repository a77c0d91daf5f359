import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BridgeState } from '../driver/switch-database.js'
import { patchNames } from '../options/index.js'
import { machineInterfaceIds, patchIds } from './machine-ids.js'
import { bridge, carriedOut, driver, mirrorFlags, networkAt, networkBridge, planOf, port, stackFlags } from './machine.test-support.js'
import { withPatches } from './plan-patches.js'
import { countSteps, planMachineSteps, type MachineObserved } from './plan-steps.js'

const targets = ['unix:/run/c.sock']
const machineWith = (flags: typeof mirrorFlags, numbers: readonly number[], bridges: readonly BridgeState[] = [], links: readonly string[] = ['eth1', 'eth2', 'eth9']): MachineObserved => {
  const found = bridges.length > 0 ? bridges : numbers.map((number) => networkBridge(networkAt(number)))
  const plan = planOf(flags, found)
  return { driver, plan, networks: withPatches(numbers.map((number) => networkAt(number)), plan, found), bridges: found, links: new Set(links), controllers: targets }
}
const settled = (observed: MachineObserved): MachineObserved => carriedOut(observed, planMachineSteps(observed))
const nothing = { removePorts: [], removeBridges: [], removeLinks: [], makeLinks: [], addBridges: [], setControllers: [], addPorts: [], touchPorts: [], problems: [] }

describe('planMachineSteps', () => {
  it('makes the mirror bridge with its interfaces and links', () => {
    const observed = machineWith(mirrorFlags, [1])
    const { own, peer } = patchNames('odsbr11111', 'odsmir0A1B2C')
    const steps = planMachineSteps(observed)
    expect(steps.addBridges.map(({ name }) => name)).toEqual(['odsmir0A1B2C'])
    expect(steps.makeLinks).toEqual([{ own, peer, mtu: 1500, userspace: false }])
    const ids = patchIds('mirror', '1'.repeat(64))
    expect(steps.addPorts).toEqual([
      { bridge: 'odsmir0A1B2C', name: 'eth1', ofport: 1, ids: machineInterfaceIds },
      { bridge: 'odsmir0A1B2C', name: 'eth2', ofport: 2, ids: machineInterfaceIds },
      { bridge: 'odsbr11111', name: own, ofport: 99, ids },
      { bridge: 'odsmir0A1B2C', name: peer, ofport: 3, ids },
    ])
    expect(steps.bringUp).toEqual(['eth1', 'eth2'])
    expect(countSteps(steps)).toBe(6)
  })

  it('then does nothing', () => {
    expect(planMachineSteps(settled(machineWith(mirrorFlags, [1, 2])))).toEqual({ ...nothing, bringUp: ['eth1', 'eth2'] })
    expect(planMachineSteps(machineWith({}, [1, 2]))).toEqual({ ...nothing, bringUp: [] })
  })

  it('removes everything when the flags are gone, but nothing of others', () => {
    const linked = settled(machineWith(stackFlags, [1]))
    const others = [bridge('odsmirFFFFFF', { 'streambed-driver': 'other', 'streambed-machine': 'mirror' }), bridge('br0', {}, [port('eth0', 1)])]
    const observed = { ...machineWith({}, [1], [...linked.bridges, ...others]), links: linked.links }
    const steps = planMachineSteps(observed)
    expect(steps.removeBridges).toEqual(['dovesnap0A1B2C', 'odslb0A1B2C'])
    expect(steps.removePorts).toContain('eth9')
    const after = carriedOut(observed, steps)
    expect(after.bridges.map(({ name }) => name)).toEqual(['odsbr11111', 'odsmirFFFFFF', 'br0'])
    expect(after.bridges[0]?.ports.map(({ name }) => name)).toEqual(['odsbr11111'])
    expect([...after.links]).toEqual(['eth1', 'eth2', 'eth9'])
    expect(planMachineSteps(after)).toEqual({ ...nothing, bringUp: [] })
  })

  it('removes the link of a network that is gone, whose bridge took its port along', () => {
    const linked = settled(machineWith(mirrorFlags, [1, 2]))
    const observed = { ...linked, networks: linked.networks.slice(1), bridges: linked.bridges.filter(({ name }) => name !== 'odsbr11111') }
    const { peer } = patchNames('odsbr11111', 'odsmir0A1B2C')
    expect(planMachineSteps(observed)).toMatchObject({ removePorts: [peer], removeLinks: [peer], addPorts: [] })
  })

  it('makes a link anew, and tells Open vSwitch to look for it', () => {
    const linked = settled(machineWith(mirrorFlags, [1]))
    const { own, peer } = patchNames('odsbr11111', 'odsmir0A1B2C')
    const rebooted = planMachineSteps({ ...linked, links: new Set(['eth1', 'eth2']) })
    expect(rebooted).toMatchObject({ ...nothing, makeLinks: [{ own, peer }], touchPorts: [{ name: own, ofport: 99 }, { name: peer, ofport: 3 }] })
    const half = planMachineSteps({ ...linked, links: new Set(['eth1', 'eth2', own]) })
    expect(half).toMatchObject({ removeLinks: [own], makeLinks: [{ own, peer }] })
  })

  it('gives the stacking bridge other controllers', () => {
    const linked = settled(machineWith(stackFlags, []))
    expect(planMachineSteps({ ...linked, controllers: ['tcp:127.0.0.1:6653'] })).toMatchObject({ ...nothing, setControllers: ['dovesnap0A1B2C'] })
  })

  it('changes the interfaces of a bridge', () => {
    const linked = settled(machineWith(mirrorFlags, []))
    const observed = { ...linked, plan: planOf({ mirrorBridgeOut: 'eth3' }, linked.bridges), links: new Set(['eth3']) }
    expect(planMachineSteps(observed)).toMatchObject({ removePorts: ['eth1', 'eth2'], addPorts: [{ name: 'eth3', ofport: 3 }], removeLinks: [], bringUp: ['eth3'] })
  })

  it('says what is in the way', () => {
    expect(planMachineSteps(machineWith(mirrorFlags, [], [bridge('br0', {}, [port('eth2', 1)])], [])).problems).toEqual([
      { code: 'not-found', message: '--mirror_bridge_out: there is no interface eth1 on this machine ("ip link" shows those that there are)' },
      { code: 'conflict', message: '--mirror_bridge_in: interface eth2 is a port of bridge br0 already; remove it there first ("ovs-vsctl del-port eth2")' },
    ])
    const foreign = planMachineSteps(machineWith(stackFlags, [], [bridge('dovesnap0A1B2C', {})]))
    expect(foreign.problems).toMatchObject([{ code: 'conflict', message: expect.stringContaining('there is a bridge dovesnap0A1B2C that is not of this driver') as string }])
    expect(foreign.addBridges.map(({ name }) => name)).toEqual(['odslb0A1B2C'])
  })

  it('reaches what is wanted in one go, from whatever was before', () => {
    const flags = fc.constantFrom({}, mirrorFlags, { mirrorBridgeOut: 'eth2' }, stackFlags, { stackingInterfaces: 'a:1:eth1,b:2:eth9' })
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 5 }))
    fc.assert(
      fc.property(flags, numbers, flags, numbers, (flagsBefore, before, flagsAfter, after) => {
        const was = settled(machineWith(flagsBefore, before))
        // Networks come and go with their bridges; a bridge takes its ports along.
        const kept = was.bridges.filter(({ externalIds, name }) => externalIds['streambed-network'] === undefined || after.some((number) => networkAt(number).bridge === name))
        const come = after.filter((number) => !before.includes(number)).map((number) => networkBridge(networkAt(number)))
        const found = [...kept, ...come]
        const observed = { ...machineWith(flagsAfter, after, found), bridges: found, links: was.links }
        const reached = settled(observed)
        expect(planMachineSteps(reached)).toMatchObject(nothing)
        const expected = settled(machineWith(flagsAfter, after))
        expect([...reached.links].sort()).toEqual([...expected.links].sort())
        expect(reached.bridges.map(({ name }) => name).sort()).toEqual(expected.bridges.map(({ name }) => name).sort())
      }),
    )
  })
})
