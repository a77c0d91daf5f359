import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { chooseDpid, formatDpid, parseDpid, readDpid } from './dpid.js'
import { shortEngineId } from './engine-id.js'
import { bridgeName, loopbackBridgeName, mirrorBridgeName, patchNames, stackBridge, vethNames, vethOf } from './names.js'

const id = fc.stringMatching(/^[0-9a-f]{64}$/)

describe('names', () => {
  it('are those of dovesnap', () => {
    expect(bridgeName('31df3b'.padEnd(64, '0'))).toBe('odsbr31df3')
    expect(vethNames('0a1b2c'.padEnd(64, '0'))).toEqual({ host: 'odsve0a1b2', container: 'ethc0a1b2' })
    expect(mirrorBridgeName('0A1B2C')).toBe('odsmir0A1B2C')
    expect(loopbackBridgeName('0A1B2C')).toBe('odslb0A1B2C')
    expect(stackBridge('0A1B2C')).toEqual({ name: 'dovesnap0A1B2C', dpid: 15457587960620n })
  })

  it('of patch links are checksums in base 62', () => {
    // CRC-32 of "123456789" is the check value 0xCBF43926 = 3421780262 = 3·62^5 + 45·62^4 + 35·62^3 + 27·62^2 + 22·62 + 14.
    expect(patchNames('123456789', '')).toEqual({ own: 'ods3Jzrme0', peer: 'ods03Jzrme' })
    expect(() => patchNames('a', 'a')).toThrow(DockerDriverError)
    fc.assert(fc.property(fc.string({ maxLength: 15 }), (name) => name === 'x' || patchNames('x', name).own.length <= 15))
  })

  it('get longer where one is taken', () => {
    const taken = new Set<string>()
    const network = '0123456789abcdef'.repeat(4)
    for (let more = 0; more <= 5; more++) {
      const name = bridgeName(network, taken)
      expect(name).toBe(`odsbr${network.slice(0, 5 + more)}`)
      taken.add(name)
    }
    expect(() => bridgeName(network, taken)).toThrow('every interface name that can be made of the id 0123456789ab is taken')
    expect(vethNames(network, new Set(['ethc01234']))).toEqual({ host: 'odsve012345', container: 'ethc012345' })
    expect(vethOf('odsve012345')).toEqual({ host: 'odsve012345', container: 'ethc012345' })
  })

  it('fit the kernel, and are not taken', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 20 }), (ids) => {
        const taken = new Set<string>()
        for (const one of new Set(ids)) {
          const { host, container } = vethNames(one, taken)
          expect(taken.has(host) || taken.has(container)).toBe(false)
          expect(host.length).toBeLessThanOrEqual(15)
          taken.add(host).add(container)
        }
      }),
    )
  })
})

describe('shortEngineId', () => {
  it('is that of dovesnap for the ids of old engines', () => {
    const old = 'REKV:JGSE:SMNP:2WDW:TSSI:7AQI:BPI6:QLBB:3QZC:KBTI:XEZ6:BSPY'
    // R 27, E 14, K 20, V 31 in base 36.
    expect(shortEngineId(old)).toBe((27 * 36 ** 3 + 14 * 36 ** 2 + 20 * 36 + 31).toString(16).toUpperCase().padStart(6, '0'))
    expect(shortEngineId(old.replace('REKV', 'AAAA'))).toMatch(/^0[0-9A-F]{5}$/)
  })

  it('differs for UUIDs, and is never 000000', () => {
    expect(shortEngineId('d2f5f9a6-4e0f-4d53-a3bb-2d2b1d7f8a11')).not.toBe(shortEngineId('d2f5f9a6-4e0f-4d53-a3bb-2d2b1d7f8a12'))
    expect(() => shortEngineId('')).toThrow(DockerDriverError)
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.string({ minLength: 1 })), (engine) => {
        expect(shortEngineId(engine)).toMatch(/^[0-9A-F]{6}$/)
        expect(shortEngineId(engine)).not.toBe('000000')
      }),
    )
  })
})

describe('datapath ids', () => {
  it('are chosen from the id of the network, and free', () => {
    expect(chooseDpid('31df30000001'.padEnd(64, 'a'), new Set())).toBe(0x31df30000001n)
    expect(chooseDpid('31df30000001'.padEnd(64, 'a'), new Set([0x31df30000001n]))).toBe(0x1df30000001an)
    expect(chooseDpid('0'.repeat(64), new Set([1n]))).toBe(2n)
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const taken = new Set<bigint>()
        for (const one of ids) {
          const dpid = chooseDpid(one, taken)
          expect(dpid > 0n && dpid < 1n << 64n && !taken.has(dpid)).toBe(true)
          taken.add(dpid)
        }
      }),
    )
  })

  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }), (dpid) => {
        expect(parseDpid(`0x${dpid.toString(16)}`)).toBe(dpid)
        expect(parseDpid(`0X${formatDpid(dpid).toUpperCase()}`)).toBe(dpid)
      }),
    )
  })
})

it.each([
  ['0000000000000077', 0x77n],
  ['0x77', 0x77n],
  ['0xFFFFFFFFFFFFFFFF', 0xffffffffffffffffn],
  ['0000000000000000', undefined],
  ['0x0', undefined],
  ['77', undefined],
  ['0x0x77', undefined],
  ['0x12345678901234567', undefined],
  ['lab', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads the datapath id of a bridge of somebody else: %j', (text, dpid) => {
  expect(readDpid(text)).toBe(dpid)
})
