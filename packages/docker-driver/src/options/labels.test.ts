import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { parseLabels, portSettings } from './labels.js'
import { applyMacPrefix, parseMac, parseMacPrefix } from './mac.js'
import { parseSpec } from './spec.js'

const network = { defaultAcl: parseSpec('denyall') }
const settings = (labels: Record<string, string>, name = 'lab') => portSettings(parseLabels(labels), network, name)

describe('labels', () => {
  it('say what a port is to have', () => {
    const labels = { 'dovesnap.faucet.portacl': 'lab:a,b', 'dovesnap.faucet.mirror': 'lab:true', 'dovesnap.faucet.mac_prefix': '0e:99' }
    expect(settings(labels)).toEqual({ acls: ['a', 'b'], mirror: true, macPrefix: '0e:99' })
    expect(settings({})).toEqual({ acls: ['denyall'], mirror: false, macPrefix: undefined })
    expect(settings({ 'dovesnap.faucet.portacl': '' }).acls).toEqual(['denyall'])
  })

  it('leave a network that they do not name without ACL', () => {
    expect(settings({ 'dovesnap.faucet.portacl': 'office:a' }).acls).toEqual([])
  })

  it('have a shorter name', () => {
    expect(settings({ 'streambed.portacl': 'a', 'streambed.mirror': '1', 'streambed.mac_prefix': 'lab=02' })).toEqual({
      acls: ['a'], mirror: true, macPrefix: '02',
    })
    expect(settings({ 'streambed.portacl': 'a', 'dovesnap.faucet.portacl': 'a' }).acls).toEqual(['a'])
    expect(() => settings({ 'streambed.portacl': 'a', 'dovesnap.faucet.portacl': 'b' })).toThrow('give one of them')
  })

  it('are refused when they are wrong, all at once', () => {
    expect(() => parseLabels({ 'dovesnap.faucet.mirror': 'maybe', 'streambed.mac_prefix': '0e:99:1' })).toThrow(
      '2 labels are wrong:\n- label dovesnap.faucet.mirror: "maybe" is no truth value',
    )
    expect(() => parseLabels({ 'dovesnap.faucet.portalc': 'a' })).toThrow('did you mean dovesnap.faucet.portacl?')
    expect(() => parseLabels({ 'dovesnap.faucet.qwertzuiop': 'a' })).toThrow('there are dovesnap.faucet.portacl')
    expect(parseLabels({ 'dovesnap.namespace': 'primary', 'streambed.owner': 'x', 'com.docker.compose.project': 'y' }).portAcl).toBeUndefined()
  })

  it('are parsed or refused, nothing else', () => {
    const name = fc.oneof(fc.constantFrom('dovesnap.faucet.portacl', 'streambed.mirror', 'streambed.mac_prefix', '__proto__'), fc.string())
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (labels) => {
        try {
          settings(labels)
        } catch (error) {
          if (!(error instanceof DockerDriverError)) throw error
        }
      }),
    )
  })
})

describe('MAC prefixes', () => {
  it('replace the first bytes', () => {
    expect(applyMacPrefix('02:42:0a:00:00:02', parseMacPrefix('0E99'))).toBe('0e:99:0a:00:00:02')
    expect(applyMacPrefix('02:42:0a:00:00:02', parseMacPrefix('0e:01:02:03:04'))).toBe('0e:01:02:03:04:02')
  })

  it('make addresses that an interface can have', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'))
    const even = fc.integer({ min: 1, max: 127 }).map((value) => (value * 2).toString(16).padStart(2, '0'))
    const bytes = (min: number, max: number) => fc.tuple(even, fc.array(byte, { minLength: min, maxLength: max })).map(([first, rest]) => [first, ...rest].join(':'))
    fc.assert(
      fc.property(bytes(5, 5), bytes(0, 4), (mac, prefix) => {
        const made = applyMacPrefix(parseMac(mac), parseMacPrefix(prefix.replaceAll(':', '')))
        expect(parseMac(made)).toBe(made)
        expect(made.startsWith(prefix)).toBe(true)
        expect(made.slice(prefix.length)).toBe(mac.slice(prefix.length))
      }),
    )
  })
})
