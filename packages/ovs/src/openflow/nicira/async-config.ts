import type { ByteReader } from '../../wire/byte-reader.js'
import { Enumeration } from '../enumeration.js'
import type { Codec, Input, MessageBase } from '../header.js'
import { decodeAsyncConfig, encodeAsyncConfig, type AsyncConfig } from '../message/async-config.js'
import { beginProperty, decodeProperties, endProperty } from '../property.js'

/** Sets which messages the switch sends unasked (`NXT_SET_ASYNC_CONFIG` of Open vSwitch). */
export interface NxtSetAsyncConfig extends MessageBase, AsyncConfig {
  readonly type: 'nxt_set_async_config'
}

/** The properties of OpenFlow 1.4 that hold a mask (`ofp_async_config_prop_type`, OpenFlow 1.4.1 §7.3.10). */
export type AsyncMaskType =
  | 'packet_in_slave'
  | 'packet_in_master'
  | 'port_status_slave'
  | 'port_status_master'
  | 'flow_removed_slave'
  | 'flow_removed_master'
  | 'role_status_slave'
  | 'role_status_master'
  | 'table_status_slave'
  | 'table_status_master'
  | 'requestforward_slave'
  | 'requestforward_master'

/** A property of a {@link NxtSetAsyncConfig2}. */
export type AsyncProperty =
  /** Bit n of the mask says whether messages with reason number n are sent. */
  | { readonly type: AsyncMaskType; readonly mask: number }
  | { readonly type: 'unknown'; readonly propertyType: number; readonly data: Uint8Array }

/** The same in the form of OpenFlow 1.4 (`NXT_SET_ASYNC_CONFIG2` of Open vSwitch). */
export interface NxtSetAsyncConfig2 extends MessageBase {
  readonly type: 'nxt_set_async_config2'
  readonly properties: readonly AsyncProperty[]
}

/** A {@link NxtSetAsyncConfig} to encode. */
export type NxtSetAsyncConfigInput = Input<NxtSetAsyncConfig>
/** A {@link NxtSetAsyncConfig2} to encode. */
export type NxtSetAsyncConfig2Input = Input<NxtSetAsyncConfig2>

const asyncPropertyType = new Enumeration<AsyncMaskType>('the type of an async property', {
  packet_in_slave: 0,
  packet_in_master: 1,
  port_status_slave: 2,
  port_status_master: 3,
  flow_removed_slave: 4,
  flow_removed_master: 5,
  role_status_slave: 6,
  role_status_master: 7,
  table_status_slave: 8,
  table_status_master: 9,
  requestforward_slave: 10,
  requestforward_master: 11,
})

/** How the body of a {@link NxtSetAsyncConfig} is written and read. */
export const nxtSetAsyncConfigCodec: Codec<NxtSetAsyncConfig> = {
  encode: encodeAsyncConfig,
  decode: (r, { version, xid }) => ({ type: 'nxt_set_async_config', version, xid, ...decodeAsyncConfig(r) }),
}

/** How the body of a {@link NxtSetAsyncConfig2} is written and read. */
export const nxtSetAsyncConfig2Codec: Codec<NxtSetAsyncConfig2> = {
  encode(w, { properties }) {
    for (const property of properties) {
      const unknown = property.type === 'unknown'
      const start = beginProperty(w, unknown ? property.propertyType : asyncPropertyType.encode(property.type))
      if (unknown) w.bytes(property.data)
      else w.u32(property.mask, 'mask')
      endProperty(w, start)
    }
  },
  decode: (r, { version, xid }) => ({
    type: 'nxt_set_async_config2',
    version,
    xid,
    properties: decodeProperties(r, decodeProperty),
  }),
}

function decodeProperty(propertyType: number, body: ByteReader): AsyncProperty {
  const type = asyncPropertyType.decode(propertyType)
  if (typeof type === 'number') return { type: 'unknown', propertyType, data: body.bytes() }
  return { type, mask: body.u32() }
}
