import fc from 'fast-check'
import { formatIpv4 } from '../../address/ipv4.js'
import { formatIpv6 } from '../../address/ipv6.js'
import type { OxmField, Subfield } from '../oxm/field.js'
import { fieldNames, oxmFields, type FieldName, type FieldSpec } from '../oxm/fields.js'
import { valueOfBits } from '../oxm/bits.js'
import type { Action } from './action.js'
import { bundleAlgorithms, hashFields, multipathAlgorithms } from './hash.js'
import type { LearnSpec } from './learn.js'
import { packetInReasons } from './controller.js'
import { sampleDirections } from './sample.js'

const u8 = fc.integer({ min: 0, max: 0xff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn })
const bytesOf = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })

/** Ports of extensions with 16 bits for them. */
const port16 = u16.map((port) => (port < 0xff00 ? port : port + 0xffff0000))

/** Every field with a value that fits into it, some with masks. */
export const oxmFieldArbitrary: fc.Arbitrary<OxmField> = fc
  .constantFrom(...fieldNames)
  .chain((name) => {
    const spec: FieldSpec = oxmFields[name]
    const value = fc
      .tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(spec.bits)) - 1n }), fc.integer({ min: 1, max: spec.bytes }))
      .map(([bits, length]) =>
        spec.variable ? valueOfBits(name, bits & ((1n << BigInt(8 * length)) - 1n), length) : valueOfBits(name, bits),
      )
    return value.map((own) => ({ field: name, value: own }) as OxmField)
  })

/** Fields with headers of four bytes, without those of variable length. */
const shortNames = fieldNames.filter((name) => {
  const spec: FieldSpec = oxmFields[name]
  return spec.experimenter === undefined && !spec.variable
})

/** Some bits of a field, at most `most`. */
export function subfieldArbitrary(most = 64, names: readonly FieldName[] = shortNames): fc.Arbitrary<Subfield> {
  return fc.constantFrom(...names).chain((field) => {
    const width = oxmFields[field].bits
    return fc.integer({ min: 1, max: Math.min(width, most) }).chain((bits) =>
      fc.integer({ min: 0, max: width - bits }).map((offset) => ({ field, offset, bits })),
    )
  })
}

/** Two subfields with the same number of bits. */
const pairArbitrary = fc
  .tuple(subfieldArbitrary(4096, fieldNames), subfieldArbitrary(4096, fieldNames))
  .map(([src, dst]) => {
    const bits = Math.min(src.bits, dst.bits)
    return { src: { ...src, bits }, dst: { ...dst, bits } }
  })

const bit = subfieldArbitrary(1, fieldNames)
const longSubfield = subfieldArbitrary(64, fieldNames)

const loadArbitrary = subfieldArbitrary().chain((dst) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(dst.bits)) - 1n }).map((value) => ({ dst, value })),
)

const learnSpecArbitrary: fc.Arbitrary<LearnSpec> = fc.oneof(
  subfieldArbitrary().map((src) => ({ type: 'output' as const, src })),
  fc
    .tuple(fc.constantFrom('match' as const, 'load' as const), subfieldArbitrary(128), subfieldArbitrary(128))
    .map(([type, src, dst]) => {
      const bits = Math.min(src.bits, dst.bits)
      return { type, src: { ...src, bits }, dst: { ...dst, bits } }
    }),
  fc
    .tuple(fc.constantFrom('match' as const, 'load' as const), subfieldArbitrary(128))
    .chain(([type, dst]) =>
      fc.bigInt({ min: 0n, max: (1n << BigInt(dst.bits)) - 1n }).map((src) => ({ type, src, dst })),
    ),
)

const learnArbitrary = fc.record({
  idleTimeout: u16,
  hardTimeout: u16,
  priority: u16,
  cookie: u64,
  flags: fc.integer({ min: 0, max: 3 }),
  tableId: fc.integer({ min: 0, max: 254 }),
  finIdleTimeout: u16,
  finHardTimeout: u16,
  specs: fc.array(learnSpecArbitrary, { maxLength: 4 }),
})

const controllerArbitrary = fc.record({
  maxLen: u16,
  controllerId: u16,
  reason: fc.constantFrom(...(Object.keys(packetInReasons.numbers) as (keyof typeof packetInReasons.numbers)[])),
})

const hashFieldsArbitrary = fc.constantFrom(...(Object.keys(hashFields.numbers) as (keyof typeof hashFields.numbers)[]))

const bundleArbitrary = fc.record({
  algorithm: fc.constantFrom(
    ...(Object.keys(bundleAlgorithms.numbers) as (keyof typeof bundleAlgorithms.numbers)[]),
  ),
  fields: hashFieldsArbitrary,
  basis: u16,
  members: fc.array(port16, { maxLength: 9 }),
})

const sampleArbitrary = fc.record({
  probability: fc.integer({ min: 1, max: 0xffff }),
  collectorSetId: u32,
  obsDomainId: u32,
  obsPointId: u32,
})

/** Ranges as Open vSwitch allows them: of one family, with ports only beside addresses. */
const natArbitrary = fc
  .record({
    flags: fc.constantFrom(0, 1, 2, 5, 9, 18),
    low: u32,
    more: fc.integer({ min: 0, max: 9 }),
    ipv6: fc.boolean(),
    address: fc.boolean(),
    max: fc.boolean(),
    portMin: fc.integer({ min: 1, max: 0xfff0 }),
    ports: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ flags, low, more, ipv6, address, max, portMin, ports }): Action => {
    if (!address || (flags & 3) === 0) return { type: 'nx_nat', flags }
    const format = (last: number) => {
      if (!ipv6) return formatIpv4(last)
      const bytes = new Uint8Array(16)
      bytes.set([0x20, 1, 0xd, 0xb8])
      new DataView(bytes.buffer).setUint32(12, last)
      return formatIpv6(bytes)
    }
    const min = format(Math.min(low, 0xffffff00) + 1)
    const top = format(Math.min(low, 0xffffff00) + 1 + more)
    const addresses = ipv6
      ? { ipv6Min: min, ...(max ? { ipv6Max: top } : {}) }
      : { ipv4Min: min, ...(max ? { ipv4Max: top } : {}) }
    const range = ports === 0 ? {} : { portMin, ...(ports === 2 ? { portMax: portMin + more } : {}) }
    return { type: 'nx_nat', flags, ...addresses, ...range }
  })

const as = <Type extends string, Rest extends object>(type: Type, rest: fc.Arbitrary<Rest>) =>
  rest.map((own) => ({ type, ...own }))

/** Actions of every kind but those that contain actions, by their type. */
export const plainActionArbitraries: Readonly<Record<string, fc.Arbitrary<Action>>> = {
  output: as('output', fc.record({ port: u32, maxLen: u16 })),
  group: as('group', fc.record({ groupId: u32 })),
  set_queue: as('set_queue', fc.record({ queueId: u32 })),
  set_mpls_ttl: as('set_mpls_ttl', fc.record({ ttl: u8 })),
  set_nw_ttl: as('set_nw_ttl', fc.record({ ttl: u8 })),
  push_vlan: as('push_vlan', fc.record({ ethertype: u16 })),
  push_mpls: as('push_mpls', fc.record({ ethertype: u16 })),
  push_pbb: as('push_pbb', fc.record({ ethertype: u16 })),
  pop_mpls: as('pop_mpls', fc.record({ ethertype: u16 })),
  set_field: as('set_field', fc.record({ field: oxmFieldArbitrary })),
  ...Object.fromEntries(
    (
      [
        'copy_ttl_out',
        'copy_ttl_in',
        'dec_mpls_ttl',
        'dec_nw_ttl',
        'pop_vlan',
        'pop_pbb',
        'nx_pop_queue',
        'nx_exit',
        'nx_dec_ttl',
        'nx_dec_mpls_ttl',
        'nx_ct_clear',
        'nx_dec_nsh_ttl',
        'nx_debug_slow',
        'nx_debug_recirc',
      ] as const
    ).map((type) => [type, fc.constant({ type })]),
  ),
  experimenter: as(
    'experimenter',
    fc.record({
      experimenter: fc.constant(0x00abcdef),
      data: fc.integer({ min: 0, max: 4 }).chain((n) => bytesOf(8 * n, 8 * n)),
    }),
  ),
  unknown: as(
    'unknown',
    fc.record({
      actionType: fc.integer({ min: 100, max: 0xfffe }),
      data: fc.integer({ min: 0, max: 4 }).chain((n) => bytesOf(8 * n + 4, 8 * n + 4)),
    }),
  ),
  nx_resubmit: as('nx_resubmit', fc.record({ port: port16 })),
  nx_resubmit_table: as('nx_resubmit_table', fc.record({ port: port16, tableId: u8 })),
  nx_resubmit_table_ct: as('nx_resubmit_table_ct', fc.record({ port: port16, tableId: u8 })),
  nx_set_tunnel: as('nx_set_tunnel', fc.record({ tunnelId: u32 })),
  nx_set_tunnel64: as('nx_set_tunnel64', fc.record({ tunnelId: u64 })),
  nx_set_queue: as('nx_set_queue', fc.record({ queueId: u32 })),
  nx_group: as('nx_group', fc.record({ groupId: u32 })),
  nx_push_mpls: as('nx_push_mpls', fc.record({ ethertype: u16 })),
  nx_pop_mpls: as('nx_pop_mpls', fc.record({ ethertype: u16 })),
  nx_set_mpls_label: as('nx_set_mpls_label', fc.record({ label: fc.integer({ min: 0, max: 0xfffff }) })),
  nx_set_mpls_tc: as('nx_set_mpls_tc', fc.record({ tc: fc.integer({ min: 0, max: 7 }) })),
  nx_set_mpls_ttl: as('nx_set_mpls_ttl', fc.record({ ttl: u8 })),
  nx_note: as(
    'nx_note',
    fc.record({ note: fc.integer({ min: 0, max: 3 }).chain((n) => bytesOf(8 * n + 6, 8 * n + 6)) }),
  ),
  nx_dec_ttl_cnt_ids: as(
    'nx_dec_ttl_cnt_ids',
    fc.record({ controllerIds: fc.array(u16, { minLength: 1, maxLength: 9 }) }),
  ),
  nx_fin_timeout: as('nx_fin_timeout', fc.record({ finIdleTimeout: u16, finHardTimeout: u16 })),
  nx_write_metadata: as('nx_write_metadata', fc.record({ metadata: u64, metadataMask: u64 })),
  nx_reg_move: as('nx_reg_move', pairArbitrary),
  onf_copy_field: as('onf_copy_field', pairArbitrary),
  nx_reg_load: as('nx_reg_load', loadArbitrary),
  nx_reg_load2: as('nx_reg_load2', fc.record({ field: oxmFieldArbitrary })),
  nx_stack_push: as('nx_stack_push', fc.record({ src: subfieldArbitrary(4096, fieldNames) })),
  nx_stack_pop: as('nx_stack_pop', fc.record({ dst: subfieldArbitrary(4096, fieldNames) })),
  nx_output_reg: as('nx_output_reg', fc.record({ src: subfieldArbitrary(), maxLen: u16 })),
  nx_output_reg2: as('nx_output_reg2', fc.record({ src: longSubfield, maxLen: u16 })),
  nx_output_trunc: as('nx_output_trunc', fc.record({ port: port16, maxLen: fc.integer({ min: 14, max: 0xffffffff }) })),
  nx_conjunction: as(
    'nx_conjunction',
    fc
      .integer({ min: 2, max: 64 })
      .chain((clauses) =>
        fc.record({ clause: fc.integer({ min: 0, max: clauses - 1 }), clauses: fc.constant(clauses), id: u32 }),
      ),
  ),
  nx_check_pkt_larger: as('nx_check_pkt_larger', fc.record({ pktLen: u16, dst: bit })),
  nx_delete_field: as(
    'nx_delete_field',
    fc.record({ field: fc.constantFrom(...fieldNames.filter((name) => name.startsWith('tun_metadata'))) }),
  ),
  nx_multipath: as(
    'nx_multipath',
    fc.record({
      fields: hashFieldsArbitrary,
      basis: u16,
      algorithm: fc.constantFrom(
        ...(Object.keys(multipathAlgorithms.numbers) as (keyof typeof multipathAlgorithms.numbers)[]),
      ),
      maxLink: u16,
      arg: u32,
      dst: subfieldArbitrary(),
    }),
  ),
  nx_bundle: as('nx_bundle', bundleArbitrary),
  nx_bundle_load: fc
    .tuple(bundleArbitrary, subfieldArbitrary())
    .map(([bundle, dst]) => ({ type: 'nx_bundle_load', ...bundle, dst })),
  nx_learn: as('nx_learn', learnArbitrary),
  nx_learn2: fc.tuple(learnArbitrary, u32, fc.option(bit)).map(([learn, limit, resultDst]) => ({
    type: 'nx_learn2',
    ...learn,
    limit,
    ...(resultDst ? { flags: learn.flags | 4, resultDst } : {}),
  })),
  nx_nat: natArbitrary,
  nx_controller: as('nx_controller', controllerArbitrary),
  nx_controller2: fc
    .tuple(controllerArbitrary, bytesOf(0, 20), fc.boolean(), fc.option(u32))
    .map(([common, userdata, pause, meterId]) => ({
      type: 'nx_controller2',
      ...common,
      userdata,
      pause,
      ...(meterId === null ? {} : { meterId }),
      properties: [],
    })),
  nx_sample: as('nx_sample', sampleArbitrary),
  nx_sample2: fc
    .tuple(sampleArbitrary, port16)
    .map(([sample, samplingPort]) => ({ type: 'nx_sample2', ...sample, samplingPort, direction: 'default' })),
  nx_sample3: fc
    .tuple(
      sampleArbitrary,
      port16,
      fc.constantFrom(...(Object.keys(sampleDirections.numbers) as (keyof typeof sampleDirections.numbers)[])),
    )
    .map(([sample, samplingPort, direction]) => ({ type: 'nx_sample3', ...sample, samplingPort, direction })),
  nx_encap: fc
    .tuple(
      u16,
      fc.array(
        fc.oneof(
          fc.constantFrom(1, 2).map((mdType) => ({ class: 4, type: 1, data: Uint8Array.of(mdType) })),
          fc.tuple(u16, u8, bytesOf(1, 24)).map(([tlvClass, tlvType, value]) => {
            const data = new Uint8Array(4 + Math.ceil(value.length / 8) * 8)
            data.set([tlvClass >> 8, tlvClass & 0xff, tlvType, value.length, ...value])
            return { class: 4, type: 2, data }
          }),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([headerSize, properties]) => ({ type: 'nx_encap', packetType: 0x0001894f, headerSize, properties })),
  nx_decap: fc
    .tuple(fc.constantFrom(0, 1), u16)
    .map(([space, type]) => ({ type: 'nx_decap', packetType: space * 0x10000 + type })),
}

const plainAction = fc.oneof(...Object.values(plainActionArbitraries))

/** Actions of every kind, `nx_ct` and `nx_clone` with actions inside. Decoding gives back exactly what was encoded. */
export const actionArbitrary: fc.Arbitrary<Action> = fc.letrec<{ action: Action }>((tie) => ({
  action: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 20, arbitrary: plainAction },
    {
      weight: 1,
      arbitrary: fc.array(tie('action'), { maxLength: 3 }).map((actions): Action => ({ type: 'nx_clone', actions })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(u16, fc.oneof(u16, subfieldArbitrary()), u8, u16, fc.array(tie('action'), { maxLength: 3 }))
        .map(([flags, zone, recircTable, alg, actions]): Action => ({
          type: 'nx_ct',
          flags,
          zone,
          recircTable,
          alg,
          actions,
        })),
    },
  ),
})).action

/** Lists of actions. */
export const actionsArbitrary: fc.Arbitrary<Action[]> = fc.array(actionArbitrary, { maxLength: 5 })
