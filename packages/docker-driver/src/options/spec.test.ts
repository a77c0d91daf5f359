import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { aclsOfAddedPort, parseAddedPorts } from './added-ports.js'
import { aclsFor, aclsOfSpec, formatSpec, parseBoolSpec, parseMacPrefixSpec, parseSpec, specFor } from './spec.js'

describe('specifications', () => {
  it('give a network the last item that fits', () => {
    const spec = parseSpec('denyall/lab:a,b/office:/lab:c, d')
    expect(aclsFor(spec, 'lab')).toEqual(['c', 'd'])
    expect(aclsFor(spec, 'office')).toEqual([])
    expect(aclsFor(spec, 'home')).toEqual(['denyall'])
    expect(aclsFor(parseSpec('lab:a/b'), 'lab')).toEqual(['b'])
    expect(specFor(parseSpec('lab:a'), 'home')).toBeUndefined()
    expect(aclsOfSpec(spec)).toEqual(['denyall', 'a', 'b', 'c', 'd'])
  })

  it('have truth values for mirroring', () => {
    expect(specFor(parseBoolSpec('true'), 'x')).toBe(true)
    expect(specFor(parseBoolSpec('true/lab:false'), 'lab')).toBe(false)
    expect(() => parseBoolSpec('lab:yes')).toThrow('"yes" is no truth value')
  })

  it('have prefixes of MAC addresses with an equals sign for one network', () => {
    const spec = parseMacPrefixSpec('0E99/be=02:aa/lab=0e')
    expect(['home', 'be', 'lab'].map((name) => specFor(spec, name))).toEqual(['0e:99', '02:aa', '0e'])
    expect(() => parseMacPrefixSpec('lab:0e:99')).toThrow('for one network write lab=0e:99')
    for (const bad of ['0e:99:00:00:00:01', '0e:9', 'xx', '01:00', '0e::99', 'lab=', '=0e', ':0e']) {
      expect(() => parseMacPrefixSpec(bad), bad).toThrow(DockerDriverError)
    }
  })

  it('belong to added ports, too', () => {
    const [all, lab] = parseAddedPorts('eth0/1/deny,eth1/2/lab:deny')
    expect([all, lab].map((port) => port && aclsOfAddedPort(port, 'lab'))).toEqual([['deny'], ['deny']])
    expect([all, lab].map((port) => port && aclsOfAddedPort(port, 'home'))).toEqual([['deny'], []])
  })

  it('come back as they were written', () => {
    const name = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/)
    const item = fc.record({ network: fc.option(name, { nil: undefined }), value: name })
    fc.assert(
      fc.property(fc.array(item), (spec) => {
        expect(parseSpec(formatSpec(spec))).toEqual(spec)
      }),
    )
  })

  it('are parsed or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:/=,tru]{0,20}$/)), (text) => {
        for (const parse of [parseSpec, parseBoolSpec, parseMacPrefixSpec, parseAddedPorts]) {
          try {
            parse(text)
          } catch (error) {
            if (!(error instanceof DockerDriverError)) throw error
          }
        }
      }),
    )
  })
})
