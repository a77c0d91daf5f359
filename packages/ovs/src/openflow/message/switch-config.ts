import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** How the switch treats IP fragments (`ofp_config_flags`, OpenFlow 1.3.5 §7.3.2). */
export const OFPC_FRAG = {
  /** No special treatment. */
  NORMAL: 0,
  DROP: 1,
  /** Put together, where the switch can ({@link OFPC}.IP_REASM). */
  REASM: 2,
  MASK: 3,
} as const

/** Asks for a {@link GetConfigReply} (`OFPT_GET_CONFIG_REQUEST`, OpenFlow 1.3.5 §7.3.2). */
export interface GetConfigRequest extends MessageBase {
  readonly type: 'get_config_request'
}

interface SwitchConfig extends MessageBase {
  /** A value of {@link OFPC_FRAG}. */
  readonly flags: number
  /** How many bytes of a packet go to the controller when no flow says so; see `OFPCML`. */
  readonly missSendLen: number
}

/** The configuration of the switch (`OFPT_GET_CONFIG_REPLY`, OpenFlow 1.3.5 §7.3.2). */
export interface GetConfigReply extends SwitchConfig {
  readonly type: 'get_config_reply'
}

/** Sets the configuration of the switch; there is no answer (`OFPT_SET_CONFIG`, OpenFlow 1.3.5 §7.3.2). */
export interface SetConfig extends SwitchConfig {
  readonly type: 'set_config'
}

/** A {@link GetConfigRequest} to encode. */
export type GetConfigRequestInput = Input<GetConfigRequest>
/** A {@link GetConfigReply} to encode. Defaults: `flags` 0, `missSendLen` 128. */
export type GetConfigReplyInput = Input<GetConfigReply, 'flags' | 'missSendLen'>
/** A {@link SetConfig} to encode. Defaults: `flags` 0, `missSendLen` 128. */
export type SetConfigInput = Input<SetConfig, 'flags' | 'missSendLen'>

/** How the (empty) body of a {@link GetConfigRequest} is written and read. */
export const getConfigRequestCodec: Codec<GetConfigRequest> = {
  encode() {},
  decode: (_, { version, xid }) => ({ type: 'get_config_request', version, xid }),
}

/** How the body of a {@link GetConfigReply} is written and read. */
export const getConfigReplyCodec: Codec<GetConfigReply, GetConfigReplyInput> = {
  encode: encodeConfig,
  decode: (r, { version, xid }) => ({
    type: 'get_config_reply',
    version,
    xid,
    flags: r.u16(),
    missSendLen: r.u16(),
  }),
}

/** How the body of a {@link SetConfig} is written and read. */
export const setConfigCodec: Codec<SetConfig, SetConfigInput> = {
  encode: encodeConfig,
  decode: (r, { version, xid }) => ({ type: 'set_config', version, xid, flags: r.u16(), missSendLen: r.u16() }),
}

function encodeConfig(
  w: ByteWriter,
  { flags = OFPC_FRAG.NORMAL, missSendLen = 128 }: SetConfigInput | GetConfigReplyInput,
): void {
  w.u16(flags, 'flags')
  w.u16(missSendLen, 'missSendLen')
}
