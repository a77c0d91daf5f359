import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { parseMachineOptions, type MachineFlags } from './machine-options.js'

const embedded = { embedded: true, defaultControllers: [] }
const parse = (flags: MachineFlags) => parseMachineOptions(flags, embedded)
const refusal = (flags: MachineFlags, around = embedded as Parameters<typeof parseMachineOptions>[1]): string => {
  try {
    parseMachineOptions(flags, around)
  } catch (error) {
    if (error instanceof DockerDriverError && error.code === 'invalid') return error.message
  }
  return 'was taken'
}

describe('the flags about the machine', () => {
  it('may be left out, or be empty as compose files give them', () => {
    const nothing = { mirror: undefined, stack: undefined }
    expect(parse({})).toEqual(nothing)
    expect(parse({ stackingInterfaces: '', stackPriority1: '', stackMirrorInterface: '', mirrorBridgeIn: '', mirrorBridgeOut: '' })).toEqual(nothing)
  })

  it('name the interfaces of a mirror bridge', () => {
    expect(parse({ mirrorBridgeOut: 'eth1' }).mirror).toEqual({ out: 'eth1', in: undefined })
    expect(parse({ mirrorBridgeOut: 'eth1', mirrorBridgeIn: 'eth2' }).mirror).toEqual({ out: 'eth1', in: 'eth2' })
  })

  it('name the links of a stack', () => {
    expect(parse({ stackingInterfaces: 'odsrootsw:7:odsrootswextp1, sw-2:4294967040:eth9', stackPriority1: 'odsrootsw', stackMirrorInterface: 'odsrootsw:88' }).stack).toEqual({
      links: [
        { dp: 'odsrootsw', port: 7, interface: 'odsrootswextp1' },
        { dp: 'sw-2', port: 4294967040, interface: 'eth9' },
      ],
      priority1: 'odsrootsw',
      mirrorTo: { dp: 'odsrootsw', port: 88 },
    })
  })

  it.each<[MachineFlags, string]>([
    [{ stackingInterfaces: 'rootsw:7' }, '--stacking_interfaces: "rootsw:7" is no stacking interface; write REMOTEDP:REMOTEPORT:LOCALINTERFACE'],
    [{ stackingInterfaces: 'rootsw::eth1' }, '--stacking_interfaces: "rootsw::eth1" is no stacking interface'],
    [{ stackingInterfaces: 'rootsw:7:eth1,' }, '--stacking_interfaces: "" is no stacking interface'],
    [{ stackingInterfaces: 'rootsw:seven:eth1' }, '--stacking_interfaces: in "rootsw:seven:eth1" "seven" is no such number; write a whole number from 1'],
    [{ stackingInterfaces: 'rootsw:0:eth1' }, '--stacking_interfaces: in "rootsw:0:eth1" "0" is no such number'],
    [{ stackingInterfaces: 'rootsw:7:an_interface_name' }, '--stacking_interfaces: in "rootsw:7:an_interface_name" "an_interface_name" is 17 characters long'],
    [{ stackingInterfaces: 'rootsw:7:eth1,rootsw:8:eth1' }, 'interface eth1 is named twice'],
    [{ stackingInterfaces: 'rootsw:7:eth1,rootsw:7:eth2' }, 'port 7 of rootsw is named twice'],
    [{ stackMirrorInterface: 'rootsw' , stackingInterfaces: 'rootsw:7:eth1' }, '--stack_mirror_interface: "rootsw" is no port of a dataplane; write DP:PORT'],
    [{ stackMirrorInterface: 'rootsw:7', stackingInterfaces: 'rootsw:7:eth1' }, '--stack_mirror_interface: "rootsw:7" is the stack link at eth1'],
    [{ stackMirrorInterface: 'rootsw:88' }, '--stack_mirror_interface: "rootsw:88" has no effect without --stacking_interfaces; give both, or none'],
    [{ stackPriority1: 'rootsw' }, '--stack_priority1: "rootsw" has no effect without --stacking_interfaces'],
    [{ stackPriority1: 'root sw', stackingInterfaces: 'rootsw:7:eth1' }, '--stack_priority1: "root sw" is no name of a dataplane'],
    [{ mirrorBridgeIn: 'eth1' }, '--mirror_bridge_in: "eth1" has no effect without --mirror_bridge_out'],
    [{ mirrorBridgeIn: 'eth1', mirrorBridgeOut: 'eth1' }, '--mirror_bridge_in: "eth1" is also --mirror_bridge_out'],
    [{ mirrorBridgeOut: 'eth/1' }, '--mirror_bridge_out: "eth/1" is no name that an interface can have'],
    [{ mirrorBridgeOut: 'eth1', stackingInterfaces: 'rootsw:7:eth2' }, '--mirror_bridge_out: "eth1" cannot be had with --stacking_interfaces; for mirroring through a stack give --stack_mirror_interface'],
  ])('are refused with what would be right: %o', (flags, message) => {
    expect(refusal(flags)).toContain(message)
  })

  it('are refused all at once', () => {
    expect(refusal({ mirrorBridgeIn: 'eth/1', stackPriority1: 'x' })).toMatch(/^3 flags are wrong:\n- --mirror_bridge_in: .*\n- --mirror_bridge_in: .*\n- --stack_priority1: /)
  })

  it('need a controller for a stack, unless it is in the process', () => {
    const flags = { stackingInterfaces: 'rootsw:7:eth1' }
    expect(refusal(flags, { embedded: false, defaultControllers: [] })).toContain('--stacking_interfaces: "rootsw:7:eth1" needs controllers, and none is in this process; name the controllers that the stacking bridge is to have in --default_ofcontrollers')
    expect(refusal(flags, { embedded: false, defaultControllers: ['tcp:127.0.0.1:6653'] })).toBe('was taken')
  })
})
