import { describe, expect, it } from 'vitest'
import { flags, parseFlags, usage, type FlagValues } from './flags.js'

function values(args: readonly string[], env: Record<string, string> = {}): FlagValues {
  const parsed = parseFlags(args, env)
  if (parsed.help) throw new Error('help')
  return parsed.values
}

describe('parseFlags', () => {
  it('has the defaults of dovesnap', () => {
    expect(values([])).toMatchObject({ trace: false, debug: false, status_port: '9401', status_auth_ips: '127.0.0.0/8,::1/128', stacking_interfaces: '', name: 'streambed' })
  })

  it.each([
    [['-name', 'dovesnap']],
    [['--name', 'dovesnap']],
    [['-name=dovesnap']],
    [['--name=dovesnap']],
    [['--name=x', '-name', 'dovesnap']],
  ])('takes %j as Go does', (args) => expect(values(args).name).toBe('dovesnap'))

  it.each([
    [['-debug'], true],
    [['--debug=true'], true],
    [['-debug=0'], false],
  ])('takes the switch %j', (args, debug) => expect(values(args).debug).toBe(debug))

  it('takes an empty value, and one with an equals sign', () => {
    expect(values(['--mirror_bridge_in='])).toMatchObject({ mirror_bridge_in: '' })
    expect(values(['--mirror_bridge_in', ''])).toMatchObject({ mirror_bridge_in: '' })
    expect(values(['--docker=tcp://a=b'])).toMatchObject({ docker: 'tcp://a=b' })
  })

  it('reads the environment of dovesnap, and lets flags win', () => {
    expect(values([], { MIRROR_BRIDGE_OUT: 'eth9', STACK_OFCONTROLLERS: 'tcp:1.2.3.4:6653' })).toMatchObject({ mirror_bridge_out: 'eth9', default_ofcontrollers: 'tcp:1.2.3.4:6653' })
    expect(values(['--mirror_bridge_out=eth1'], { MIRROR_BRIDGE_OUT: 'eth9' }).mirror_bridge_out).toBe('eth1')
    expect(values([], { MIRROR_BRIDGE_OUT: '' }).mirror_bridge_out).toBe('')
  })

  it('stops at what is no flag', () => {
    expect(parseFlags(['--debug', 'install', '--name', 'x'])).toMatchObject({ rest: ['install', '--name', 'x'] })
    expect(parseFlags(['--', '--name'])).toMatchObject({ rest: ['--name'] })
  })

  it.each([
    [['--nonesuch'], 'there is no flag --nonesuch: there are --trace'],
    [['--constructor'], 'there is no flag --constructor'],
    [['--name'], "--name needs a value: the driver's name"],
    [['--debug=maybe'], '--debug: "maybe" is no truth value; write true or false'],
    [['--status_port=x'], '--status_port must be a whole number (got "x")'],
    [['--faucetconfrpc_addr', 'localhost'], 'a FaucetConfRPC server cannot be used yet'],
  ])('refuses %j', (args, message) => expect(() => parseFlags(args)).toThrow(message))

  it('says what there is', () => {
    expect(parseFlags(['-h'])).toEqual({ help: true })
    expect(parseFlags(['--debug', '--help'])).toEqual({ help: true })
    for (const [name, flag] of Object.entries(flags)) if (!('instead' in flag)) expect(usage()).toContain(`--${name}`)
  })
})
