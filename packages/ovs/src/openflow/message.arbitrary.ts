import fc from 'fast-check'
import { formatIpv6 } from '../address/ipv6.js'
import { formatMac } from '../address/mac.js'
import { actionsArbitrary, oxmFieldArbitrary, plainActionArbitraries } from './action/action.arbitrary.js'
import type { Action } from './action/index.js'
import type { Bucket } from './bucket.js'
import type { Instruction } from './instruction.js'
import type { Match } from './match.js'
import type { Message, MessageOf, MessageType } from './message.js'
import { errorCodes, type ErrorType } from './message/error-codes.js'
import { flowModCommand } from './message/flow-mod.js'
import { flowRemovedReason } from './message/flow-removed.js'
import { groupModCommand, groupType } from './message/group-mod.js'
import { meterModCommand } from './message/meter-mod.js'
import { packetInReason } from './message/packet-in.js'
import { portReason } from './message/port-status.js'
import { role } from './message/role.js'
import type { MeterBand } from './meter-band.js'
import type { TableFeatureProperty } from './multipart/table-features.js'
import type { AsyncProperty } from './nicira/async-config.js'
import type { CtFlushProperty, CtTupleField } from './nicira/ct-flush.js'
import { nxRole } from './nicira/role.js'
import { tlvTableCommand } from './nicira/tlv-table.js'
import { bundleControlType } from './onf/bundle.js'
import { roleReason } from './onf/role-status.js'
import { fieldNames, oxmFields, type FieldSpec } from './oxm/fields.js'

// Messages that decode to exactly what was encoded: with every property, names where there are names.

const u8 = fc.integer({ min: 0, max: 0xff })
const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const u64 = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn })
const pair = fc.tuple(u32, u32)
const macArbitrary = fc.tuple(u16, u32).map(([high, low]) => formatMac(high, low))
const port16 = u16.map((port) => (port < 0xff00 ? port : port + 0xffff0000))
const data = fc.uint8Array({ maxLength: 100 })
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 })
const namesOf = <Name extends string>({ numbers }: { readonly numbers: Readonly<Record<Name, number>> }) =>
  fc.constantFrom(...(Object.keys(numbers) as Name[]))
/** A name, or now and then a number that has none. */
const enumOf = <Name extends string>(of: { readonly numbers: Readonly<Record<Name, number>> }, unknown = 200) =>
  fc.oneof({ weight: 20, arbitrary: namesOf(of) }, { weight: 1, arbitrary: fc.constant(unknown) })
/** Text without NULs that fits into `bytes` bytes. */
const text = (bytes: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: bytes })
    .map((all) => all.replaceAll('\0', ''))
    .filter((all) => Buffer.byteLength(all) <= bytes)

/** Any fields in any order, also unknown ones. */
export const matchArbitrary: fc.Arbitrary<Match> = list(
  fc.oneof(
    { weight: 20, arbitrary: oxmFieldArbitrary },
    {
      weight: 1,
      arbitrary: fc.record({
        field: fc.constant('unknown' as const),
        class: fc.constantFrom(0x7000, 0x8000),
        id: fc.constant(127),
        hasMask: fc.boolean(),
        data: fc.uint8Array({ maxLength: 20 }),
      }),
    },
  ),
)

/** Any instructions in any order. */
export const instructionsArbitrary: fc.Arbitrary<Instruction[]> = list(
  fc.oneof(
    fc.record({ type: fc.constant('goto_table' as const), tableId: u8 }),
    fc.record({ type: fc.constant('write_metadata' as const), metadata: u64, metadataMask: u64 }),
    fc.record({ type: fc.constantFrom('write_actions' as const, 'apply_actions' as const), actions: actionsArbitrary }),
    fc.constant({ type: 'clear_actions' as const }),
    fc.record({ type: fc.constant('meter' as const), meterId: u32 }),
    fc.record({
      type: fc.constant('experimenter' as const),
      experimenter: u32,
      data: list(fc.constant([1, 2, 3, 4, 5, 6, 7, 8])).map((parts) => Uint8Array.from(parts.flat())),
    }),
    fc.record({
      type: fc.constant('unknown' as const),
      instructionType: fc.integer({ min: 100, max: 200 }),
      data: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    }),
  ),
)

/** Actions in the form of OpenFlow 1.0. */
const actions10Arbitrary: fc.Arbitrary<Action[]> = list(
  fc.oneof(
    fc.record({ type: fc.constant('output' as const), port: port16, maxLen: u16 }),
    fc.record({
      type: fc.constant('unknown' as const),
      actionType: fc.integer({ min: 1, max: 11 }),
      data: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    }),
    ...Object.entries(plainActionArbitraries).flatMap(([type, arbitrary]) =>
      type.startsWith('nx_') ? [arbitrary] : [],
    ),
  ),
)

const bucketsArbitrary: fc.Arbitrary<Bucket[]> = list(
  fc.record({ weight: u16, watchPort: u32, watchGroup: u32, actions: actionsArbitrary }),
)

const bandsArbitrary: fc.Arbitrary<MeterBand[]> = list(
  fc.oneof(
    fc.record({ type: fc.constant('drop' as const), rate: u32, burstSize: u32 }),
    fc.record({ type: fc.constant('dscp_remark' as const), rate: u32, burstSize: u32, precLevel: u8 }),
    fc.record({ type: fc.constant('experimenter' as const), rate: u32, burstSize: u32, experimenter: u32, data }),
    fc.record({
      type: fc.constant('unknown' as const),
      bandType: fc.integer({ min: 3, max: 0xfffe }),
      rate: u32,
      burstSize: u32,
      data,
    }),
  ),
)

const portArbitrary = fc.record({
  portNo: u32,
  hwAddr: macArbitrary,
  name: text(16),
  config: u32,
  state: u32,
  curr: u32,
  advertised: u32,
  supported: u32,
  peer: u32,
  currSpeed: u32,
  maxSpeed: u32,
})

const idsArbitrary = list(
  fc.record({ id: u16, data: fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ minLength: 4, maxLength: 4 })) }),
)

const fixedNames = fieldNames.filter((name) => {
  const spec: FieldSpec = oxmFields[name]
  return 2 * spec.bytes + 4 < 0x100
})

const tableFeaturesArbitrary = fc.record({
  tableId: u8,
  name: text(32),
  metadataMatch: u64,
  metadataWrite: u64,
  config: u32,
  maxEntries: u32,
  properties: list(
    fc.oneof(
      fc.record({
        type: fc.constantFrom('instructions' as const, 'instructions_miss' as const),
        instructions: idsArbitrary,
      }),
      fc.record({ type: fc.constantFrom('next_tables' as const, 'next_tables_miss' as const), tableIds: list(u8) }),
      fc.record({
        type: fc.constantFrom(
          'write_actions' as const,
          'write_actions_miss' as const,
          'apply_actions' as const,
          'apply_actions_miss' as const,
        ),
        actions: idsArbitrary,
      }),
      fc.record({
        type: fc.constantFrom(
          'match' as const,
          'wildcards' as const,
          'write_setfield' as const,
          'write_setfield_miss' as const,
          'apply_setfield' as const,
          'apply_setfield_miss' as const,
        ),
        fields: list(fc.record({ field: fc.constantFrom(...fixedNames), masked: fc.boolean() })),
      }),
      fc.record({
        type: fc.constantFrom('experimenter' as const, 'experimenter_miss' as const),
        experimenter: u32,
        expType: u32,
        data,
      }),
      fc.record({ type: fc.constant('unknown' as const), propertyType: fc.constantFrom(9, 11, 100), data }),
    ) as fc.Arbitrary<TableFeatureProperty>,
  ),
})

const filter = { tableId: u8, outPort: u32, outGroup: u32, cookie: u64, cookieMask: u64, match: matchArbitrary }
const times = { durationSec: u32, durationNsec: u32 }
const counts = { packetCount: u64, byteCount: u64 }
const asyncConfig = { packetInMask: pair, portStatusMask: pair, flowRemovedMask: pair }
const fours = fc.tuple(u32, u32, u32, u32)

const packetIn = {
  bufferId: u32,
  totalLen: u16,
  reason: enumOf(packetInReason),
  tableId: u8,
  cookie: u64,
  match: matchArbitrary,
  data,
}

const packetIn2PropertiesArbitrary = list(
  fc.oneof(
    fc.record({ type: fc.constantFrom('packet' as const, 'userdata' as const, 'continuation' as const), data }),
    fc.record({ type: fc.constant('full_len' as const), fullLen: u32 }),
    fc.record({ type: fc.constant('buffer_id' as const), bufferId: u32 }),
    fc.record({ type: fc.constant('table_id' as const), tableId: u8 }),
    fc.record({ type: fc.constant('cookie' as const), cookie: u64 }),
    fc.record({ type: fc.constant('reason' as const), reason: enumOf(packetInReason) }),
    fc.record({ type: fc.constant('metadata' as const), match: matchArbitrary }),
    fc.record({ type: fc.constant('unknown' as const), propertyType: fc.integer({ min: 9, max: 0xffff }), data }),
  ),
)

const asyncPropertiesArbitrary: fc.Arbitrary<AsyncProperty[]> = list(
  fc.oneof(
    fc.record({
      type: fc.constantFrom(
        'packet_in_slave' as const,
        'port_status_master' as const,
        'requestforward_master' as const,
      ),
      mask: u32,
    }),
    fc.record({ type: fc.constant('unknown' as const), propertyType: fc.integer({ min: 12, max: 0xffff }), data }),
  ),
)

const ctFieldsArbitrary: fc.Arbitrary<CtTupleField[]> = list(
  fc.oneof(
    fc.record({
      type: fc.constantFrom('src' as const, 'dst' as const),
      address: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatIpv6(bytes)),
    }),
    fc.record({ type: fc.constantFrom('src_port' as const, 'dst_port' as const, 'icmp_id' as const), value: u16 }),
    fc.record({ type: fc.constantFrom('icmp_type' as const, 'icmp_code' as const), value: u8 }),
    fc.record({ type: fc.constant('unknown' as const), fieldType: fc.integer({ min: 7, max: 0xffff }), data }),
  ),
)

const ctPropertiesArbitrary: fc.Arbitrary<CtFlushProperty[]> = list(
  fc.oneof(
    fc.record({ type: fc.constantFrom('orig_tuple' as const, 'reply_tuple' as const), fields: ctFieldsArbitrary }),
    fc.record({ type: fc.constant('zone_id' as const), zoneId: u16 }),
    fc.record({ type: fc.constant('unknown' as const), propertyType: fc.integer({ min: 3, max: 0xffff }), data }),
  ),
)

const bundlePropertiesArbitrary = list(
  fc.oneof(
    fc.record({ type: fc.constant('experimenter' as const), experimenter: u32, expType: u32, data }),
    fc.record({ type: fc.constant('unknown' as const), propertyType: fc.integer({ min: 0, max: 0xfffe }), data }),
  ),
)

const update = {
  type: fc.constantFrom('added' as const, 'deleted' as const, 'modified' as const),
  reason: enumOf(flowRemovedReason, 999),
  priority: u16,
  idleTimeout: u16,
  hardTimeout: u16,
  tableId: u8,
  cookie: u64,
  match: matchArbitrary,
}
const smallUpdates = [
  fc.record({ type: fc.constant('abbrev' as const), xid: u32 }),
  fc.record({
    type: fc.constant('unknown' as const),
    event: fc.integer({ min: 4, max: 0xffff }),
    data: fc.uint8Array({ minLength: 12, maxLength: 12 }),
  }),
] as const

const errorArbitrary = fc.oneof(
  ...(Object.keys(errorCodes) as ErrorType[]).map((errorType) =>
    fc.record({ errorType: fc.constant(errorType), code: fc.constantFrom(...errorCodes[errorType].codes, 100), data }),
  ),
  fc.record({ errorType: fc.constant('experimenter' as const), experimenter: u32, expType: u16, data }),
  fc.record({ errorType: fc.integer({ min: 14, max: 0xfffe }), code: u16, data }),
)

type Fields<T extends MessageType> = {
  readonly [K in Exclude<keyof MessageOf<T>, 'type' | 'version' | 'xid' | 'flags'>]: fc.Arbitrary<MessageOf<T>[K]>
}

const make = (type: MessageType, fields: object, versions: fc.Arbitrary<number>): fc.Arbitrary<Message> =>
  fc.record({ type: fc.constant(type), version: versions, xid: u32, ...fields }) as unknown as fc.Arbitrary<Message>

const four = fc.constant(4)
const anyVersion = fc.integer({ min: 1, max: 6 })
const plain = <T extends MessageType>(type: T, fields: Fields<T> & { readonly flags?: fc.Arbitrary<number> }) =>
  make(type, fields, four)
const multipart = <T extends MessageType>(type: T, fields: Fields<T>, versions: fc.Arbitrary<number> = four) =>
  make(type, { flags: fc.constantFrom(0, 1), ...fields }, versions)
const in10 = <T extends MessageType>(type: T, fields: Fields<T> & { readonly flags?: fc.Arbitrary<number> }) =>
  make(type, fields, fc.constant(1))

const groupMod = plain('group_mod', {
  command: enumOf(groupModCommand),
  groupType: enumOf(groupType),
  groupId: u32,
  buckets: bucketsArbitrary,
})

const flowMod = plain('flow_mod', {
  command: enumOf(flowModCommand),
  tableId: u8,
  priority: u16,
  cookie: u64,
  cookieMask: u64,
  idleTimeout: u16,
  hardTimeout: u16,
  bufferId: u32,
  outPort: u32,
  outGroup: u32,
  flags: u16,
  match: matchArbitrary,
  instructions: instructionsArbitrary,
})

const packetOut = plain('packet_out', { bufferId: u32, inPort: u32, actions: actionsArbitrary, data })

/** For each type of message, messages of that type with all properties. */
export const messageArbitraries: Readonly<Record<MessageType, fc.Arbitrary<Message>>> = {
  hello: make(
    'hello',
    {
      elements: list(
        fc.oneof(
          fc.record({ type: fc.constant('version_bitmap' as const), bitmaps: list(u32) }),
          fc.record({ type: fc.constant('unknown' as const), elementType: fc.integer({ min: 2, max: 0xffff }), data }),
        ),
      ),
    },
    anyVersion,
  ),
  error: errorArbitrary.chain((fields) =>
    fc.tuple(u32).map(([xid]) => ({ type: 'error', version: 4, xid, ...fields }) as Message),
  ),
  echo_request: make('echo_request', { data }, anyVersion),
  echo_reply: make('echo_reply', { data }, anyVersion),
  experimenter: make('experimenter', { experimenter: fc.constant(0xabcdef), expType: u32, data }, anyVersion),
  unknown: make('unknown', { messageType: fc.integer({ min: 35, max: 255 }), body: data }, anyVersion),
  features_request: plain('features_request', {}),
  features_reply: plain('features_reply', {
    datapathId: u64,
    nBuffers: u32,
    nTables: u8,
    auxiliaryId: u8,
    capabilities: u32,
    reserved: u32,
  }),
  get_config_request: plain('get_config_request', {}),
  get_config_reply: plain('get_config_reply', { flags: u16, missSendLen: u16 }),
  set_config: plain('set_config', { flags: u16, missSendLen: u16 }),
  packet_in: plain('packet_in', packetIn),
  flow_removed: plain('flow_removed', {
    cookie: u64,
    priority: u16,
    reason: enumOf(flowRemovedReason),
    tableId: u8,
    ...times,
    idleTimeout: u16,
    hardTimeout: u16,
    ...counts,
    match: matchArbitrary,
  }),
  port_status: plain('port_status', { reason: enumOf(portReason), desc: portArbitrary }),
  packet_out: packetOut,
  flow_mod: flowMod,
  group_mod: groupMod,
  port_mod: plain('port_mod', { portNo: u32, hwAddr: macArbitrary, config: u32, mask: u32, advertise: u32 }),
  table_mod: plain('table_mod', { tableId: u8, config: u32 }),
  barrier_request: plain('barrier_request', {}),
  barrier_reply: plain('barrier_reply', {}),
  queue_get_config_request: plain('queue_get_config_request', { port: u32 }),
  queue_get_config_reply: plain('queue_get_config_reply', {
    port: u32,
    queues: list(
      fc.record({
        queueId: u32,
        port: u32,
        properties: list(
          fc.oneof(
            fc.record({ type: fc.constantFrom('min_rate' as const, 'max_rate' as const), rate: u16 }),
            fc.record({ type: fc.constant('experimenter' as const), experimenter: u32, data }),
            fc.record({
              type: fc.constant('unknown' as const),
              propertyType: fc.integer({ min: 3, max: 0xfffe }),
              data,
            }),
          ),
        ),
      }),
    ),
  }),
  role_request: plain('role_request', { role: enumOf(role), generationId: u64 }),
  role_reply: plain('role_reply', { role: enumOf(role), generationId: u64 }),
  get_async_request: plain('get_async_request', {}),
  get_async_reply: plain('get_async_reply', asyncConfig),
  set_async: plain('set_async', asyncConfig),
  meter_mod: plain('meter_mod', { command: enumOf(meterModCommand), flags: u16, meterId: u32, bands: bandsArbitrary }),

  desc_request: multipart('desc_request', {}),
  desc_reply: multipart('desc_reply', {
    mfrDesc: text(256),
    hwDesc: text(256),
    swDesc: text(256),
    serialNum: text(32),
    dpDesc: text(256),
  }),
  flow_stats_request: multipart('flow_stats_request', filter),
  flow_stats_reply: multipart('flow_stats_reply', {
    stats: list(
      fc.record({
        tableId: u8,
        ...times,
        priority: u16,
        idleTimeout: u16,
        hardTimeout: u16,
        flags: u16,
        cookie: u64,
        ...counts,
        match: matchArbitrary,
        instructions: instructionsArbitrary,
      }),
    ),
  }),
  aggregate_stats_request: multipart('aggregate_stats_request', filter),
  aggregate_stats_reply: multipart('aggregate_stats_reply', { ...counts, flowCount: u32 }),
  table_stats_request: multipart('table_stats_request', {}),
  table_stats_reply: multipart('table_stats_reply', {
    stats: list(fc.record({ tableId: u8, activeCount: u32, lookupCount: u64, matchedCount: u64 })),
  }),
  port_stats_request: multipart('port_stats_request', { portNo: u32 }),
  port_stats_reply: multipart('port_stats_reply', {
    stats: list(
      fc.record({
        portNo: u32,
        rxPackets: u64,
        txPackets: u64,
        rxBytes: u64,
        txBytes: u64,
        rxDropped: u64,
        txDropped: u64,
        rxErrors: u64,
        txErrors: u64,
        rxFrameErr: u64,
        rxOverErr: u64,
        rxCrcErr: u64,
        collisions: u64,
        ...times,
      }),
    ),
  }),
  queue_stats_request: multipart('queue_stats_request', { portNo: u32, queueId: u32 }),
  queue_stats_reply: multipart('queue_stats_reply', {
    stats: list(fc.record({ portNo: u32, queueId: u32, txBytes: u64, txPackets: u64, txErrors: u64, ...times })),
  }),
  group_stats_request: multipart('group_stats_request', { groupId: u32 }),
  group_stats_reply: multipart('group_stats_reply', {
    stats: list(fc.record({ groupId: u32, refCount: u32, ...counts, ...times, buckets: list(fc.record(counts)) })),
  }),
  group_desc_request: multipart('group_desc_request', {}),
  group_desc_reply: multipart('group_desc_reply', {
    groups: list(fc.record({ groupType: enumOf(groupType), groupId: u32, buckets: bucketsArbitrary })),
  }),
  group_features_request: multipart('group_features_request', {}),
  group_features_reply: multipart('group_features_reply', {
    types: u32,
    capabilities: u32,
    maxGroups: fours,
    actions: fours,
  }),
  meter_stats_request: multipart('meter_stats_request', { meterId: u32 }),
  meter_stats_reply: multipart('meter_stats_reply', {
    stats: list(
      fc.record({
        meterId: u32,
        flowCount: u32,
        packetInCount: u64,
        byteInCount: u64,
        ...times,
        bands: list(fc.record({ packetBandCount: u64, byteBandCount: u64 })),
      }),
    ),
  }),
  meter_config_request: multipart('meter_config_request', { meterId: u32 }),
  meter_config_reply: multipart('meter_config_reply', {
    meters: list(fc.record({ flags: u16, meterId: u32, bands: bandsArbitrary })),
  }),
  meter_features_request: multipart('meter_features_request', {}),
  meter_features_reply: multipart('meter_features_reply', {
    maxMeter: u32,
    bandTypes: u32,
    capabilities: u32,
    maxBands: u8,
    maxColor: u8,
  }),
  table_features_request: multipart('table_features_request', { tables: list(tableFeaturesArbitrary) }),
  table_features_reply: multipart('table_features_reply', { tables: list(tableFeaturesArbitrary) }),
  port_desc_request: multipart('port_desc_request', {}),
  port_desc_reply: multipart('port_desc_reply', { ports: list(portArbitrary) }),
  experimenter_stats_request: multipart('experimenter_stats_request', {
    experimenter: fc.constant(0xabcdef),
    expType: u32,
    data,
  }),
  experimenter_stats_reply: multipart('experimenter_stats_reply', {
    experimenter: fc.constant(0xabcdef),
    expType: u32,
    data,
  }),
  unknown_multipart_request: multipart('unknown_multipart_request', {
    multipartType: fc.integer({ min: 14, max: 0xfffe }),
    body: data,
  }),
  unknown_multipart_reply: multipart('unknown_multipart_reply', {
    multipartType: fc.integer({ min: 14, max: 0xfffe }),
    body: data,
  }),

  nxt_packet_in2: make('nxt_packet_in2', { properties: packetIn2PropertiesArbitrary }, anyVersion),
  nxt_resume: make('nxt_resume', { properties: packetIn2PropertiesArbitrary }, anyVersion),
  nxt_set_packet_in_format: plain('nxt_set_packet_in_format', {
    format: fc.constantFrom('standard' as const, 'nxt_packet_in' as const, 'nxt_packet_in2' as const, 3),
  }),
  nxt_set_controller_id: plain('nxt_set_controller_id', { controllerId: u16 }),
  nxt_set_async_config: plain('nxt_set_async_config', asyncConfig),
  nxt_set_async_config2: plain('nxt_set_async_config2', { properties: asyncPropertiesArbitrary }),
  nxst_flow_monitor_request: multipart(
    'nxst_flow_monitor_request',
    { monitors: list(fc.record({ id: u32, flags: u16, outPort: port16, tableId: u8, match: matchArbitrary })) },
    anyVersion,
  ),
  nxst_flow_monitor_reply: multipart(
    'nxst_flow_monitor_reply',
    { updates: list(fc.oneof(fc.record({ ...update, actions: actions10Arbitrary }), ...smallUpdates)) },
    fc.constant(1),
  ),
  nxt_flow_monitor_cancel: plain('nxt_flow_monitor_cancel', { id: u32 }),
  nxt_flow_monitor_paused: plain('nxt_flow_monitor_paused', {}),
  nxt_flow_monitor_resumed: plain('nxt_flow_monitor_resumed', {}),
  nxt_tlv_table_mod: plain('nxt_tlv_table_mod', {
    command: namesOf(tlvTableCommand),
    maps: list(fc.record({ optionClass: u16, optionType: u8, optionLen: u8, index: u16 })),
  }),
  nxt_tlv_table_request: plain('nxt_tlv_table_request', {}),
  nxt_tlv_table_reply: plain('nxt_tlv_table_reply', {
    maxOptionSpace: u32,
    maxFields: u16,
    maps: list(fc.record({ optionClass: u16, optionType: u8, optionLen: u8, index: u16 })),
  }),
  nxt_ct_flush: plain('nxt_ct_flush', { ipProto: u8, properties: ctPropertiesArbitrary }),
  nxt_ct_flush_zone: plain('nxt_ct_flush_zone', { zoneId: u16 }),
  nxt_role_request: make('nxt_role_request', { role: enumOf(nxRole) }, anyVersion),
  nxt_role_reply: make('nxt_role_reply', { role: enumOf(nxRole) }, anyVersion),
  nxt_set_flow_format: in10('nxt_set_flow_format', {
    format: fc.constantFrom('openflow10' as const, 'nxm' as const, 7),
  }),
  nxt_flow_mod_table_id: in10('nxt_flow_mod_table_id', { set: fc.boolean() }),
  nxt_flow_age: in10('nxt_flow_age', {}),
  nxt_flow_mod: in10('nxt_flow_mod', {
    cookie: u64,
    command: enumOf(flowModCommand),
    tableId: u8,
    idleTimeout: u16,
    hardTimeout: u16,
    priority: u16,
    bufferId: u32,
    outPort: port16,
    flags: u16,
    match: matchArbitrary,
    actions: actions10Arbitrary,
  }),
  nxst_flow_request: multipart(
    'nxst_flow_request',
    { outPort: port16, tableId: u8, match: matchArbitrary },
    fc.constant(1),
  ),
  nxst_flow_reply: multipart(
    'nxst_flow_reply',
    {
      stats: list(
        fc.record({
          tableId: u8,
          ...times,
          priority: u16,
          idleTimeout: u16,
          hardTimeout: u16,
          idleAge: u16,
          hardAge: u16,
          cookie: u64,
          ...counts,
          match: matchArbitrary,
          actions: actions10Arbitrary,
        }),
      ),
    },
    fc.constant(1),
  ),
  nxst_aggregate_request: multipart(
    'nxst_aggregate_request',
    { outPort: port16, tableId: u8, match: matchArbitrary },
    fc.constant(1),
  ),
  nxst_aggregate_reply: multipart('nxst_aggregate_reply', { ...counts, flowCount: u32 }, fc.constant(1)),
  nxt_flow_removed: plain('nxt_flow_removed', {
    cookie: u64,
    priority: u16,
    reason: enumOf(flowRemovedReason),
    tableIdPlusOne: u8,
    ...times,
    idleTimeout: u16,
    ...counts,
    match: matchArbitrary,
  }),
  nxt_packet_in: plain('nxt_packet_in', packetIn),

  onf_bundle_control: plain('onf_bundle_control', {
    bundleId: u32,
    control: enumOf(bundleControlType),
    flags: u16,
    properties: bundlePropertiesArbitrary,
  }),
  onf_bundle_add: plain('onf_bundle_add', {
    bundleId: u32,
    flags: u16,
    message: fc.oneof(flowMod, groupMod, packetOut),
    properties: bundlePropertiesArbitrary,
  }),
  onf_flow_monitor_request: multipart('onf_flow_monitor_request', {
    monitors: list(
      fc.record({
        id: u32,
        flags: u16,
        outPort: u32,
        tableId: u8,
        match: matchArbitrary,
        matchForm: fc.constant('ofp_match' as const),
      }),
    ),
  }),
  onf_flow_monitor_reply: multipart('onf_flow_monitor_reply', {
    updates: list(fc.oneof(fc.record({ ...update, instructions: instructionsArbitrary }), ...smallUpdates)),
  }),
  onf_flow_monitor_cancel: plain('onf_flow_monitor_cancel', { id: u32 }),
  onf_flow_monitor_paused: plain('onf_flow_monitor_paused', {}),
  onf_flow_monitor_resumed: plain('onf_flow_monitor_resumed', {}),
  onf_role_status: plain('onf_role_status', {
    role: enumOf(role),
    reason: enumOf(roleReason),
    generationId: u64,
    properties: fc.constant(new Uint8Array()),
  }),
  onf_requestforward: plain('onf_requestforward', { request: groupMod }),
}

/** Messages of every type. */
export const messageArbitrary: fc.Arbitrary<Message> = fc.oneof(...Object.values(messageArbitraries))
