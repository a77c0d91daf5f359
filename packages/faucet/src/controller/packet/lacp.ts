import { FaucetError } from '../../errors.js'

/** Where slow protocols go: no bridge passes it on (IEEE 802.3, annex 57A). */
export const slowProtocolsMac = '01:80:c2:00:00:02'

/** EtherType of slow protocols. */
export const slowProtocolsType = 0x8809

/** Bytes of a frame with an LACPDU, without the check sequence. */
export const lacpFrameSize = 124

/** One end of a link, as an LACPDU describes it. */
export interface LacpEnd {
  /** 0 to 65535, lower is better. */
  readonly systemPriority: number
  /** MAC address. */
  readonly system: string
  /** 0 to 65535; ports with the same key may be one aggregate. */
  readonly key: number
  /** 0 to 65535, lower is better. */
  readonly portPriority: number
  /** 0 to 65535. */
  readonly port: number
  /** Bits of {@link lacpBits}. */
  readonly state: number
}

/** An LACPDU (IEEE 802.1AX, 6.4.2.3): the sender, and whom the sender sees at the other end. */
export interface LacpPdu {
  readonly actor: LacpEnd
  readonly partner: LacpEnd
  /** Tens of microseconds. */
  readonly collectorMaxDelay: number
}

/** The bits of {@link LacpEnd.state}. */
export const lacpBits = {
  activity: 0x01,
  /** Wants to hear a frame each second. */
  timeout: 0x02,
  aggregation: 0x04,
  synchronization: 0x08,
  collecting: 0x10,
  distributing: 0x20,
  defaulted: 0x40,
  expired: 0x80,
} as const

/** The other end, while nobody has spoken. */
export const noLacpEnd: LacpEnd = { systemPriority: 0, system: '00:00:00:00:00:00', key: 0, portPriority: 0, port: 0, state: 0 }

const lacpSubtype = 1
const version = 1
/** Where things are in a frame: each information element begins with its type and its length. */
const at = { subtype: 14, version: 15, actor: 16, partner: 36, collector: 56, terminator: 72 } as const
const element = { actor: [1, 20], partner: [2, 20], collector: [3, 16], terminator: [0, 0] } as const

/**
 * The frame of an LACPDU, untagged.
 * @param ethSrc MAC address of the sender
 * @throws FaucetError `invalid` for a number that does not fit, or what is no MAC address
 */
export function encodeLacp(ethSrc: string, pdu: LacpPdu): Uint8Array {
  const data = new Uint8Array(lacpFrameSize)
  const view = new DataView(data.buffer)
  putMac(data, 0, slowProtocolsMac, 'slowProtocolsMac')
  putMac(data, 6, ethSrc, 'ethSrc')
  view.setUint16(12, slowProtocolsType)
  data[at.subtype] = lacpSubtype
  data[at.version] = version
  for (const name of ['actor', 'partner', 'collector', 'terminator'] as const) data.set(element[name], at[name])
  putEnd(view, at.actor + 2, pdu.actor, 'actor')
  putEnd(view, at.partner + 2, pdu.partner, 'partner')
  view.setUint16(at.collector + 2, within(pdu.collectorMaxDelay, 0xffff, 'collectorMaxDelay'))
  return data
}

/**
 * The LACPDU in a frame; `undefined` when the frame is none, or is not as version 1 has it. Bytes after it do not count.
 */
export function decodeLacp(data: Uint8Array): LacpPdu | undefined {
  if (data.length < lacpFrameSize || macAt(data, 0) !== slowProtocolsMac) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (view.getUint16(12) !== slowProtocolsType || data[at.subtype] !== lacpSubtype || data[at.version] !== version) return undefined
  for (const name of ['actor', 'partner', 'collector', 'terminator'] as const) {
    const [type, length] = element[name]
    if (data[at[name]] !== type || data[at[name] + 1] !== length) return undefined
  }
  return {
    actor: endAt(data, view, at.actor + 2),
    partner: endAt(data, view, at.partner + 2),
    collectorMaxDelay: view.getUint16(at.collector + 2),
  }
}

/** Whether two LACPDUs say the same. */
export function sameLacp(one: LacpPdu, other: LacpPdu): boolean {
  return one.collectorMaxDelay === other.collectorMaxDelay && sameEnd(one.actor, other.actor) && sameEnd(one.partner, other.partner)
}

function sameEnd(one: LacpEnd, other: LacpEnd): boolean {
  return (
    one.systemPriority === other.systemPriority && one.system === other.system && one.key === other.key &&
    one.portPriority === other.portPriority && one.port === other.port && one.state === other.state
  )
}

function putEnd(view: DataView, offset: number, end: LacpEnd, name: string): void {
  view.setUint16(offset, within(end.systemPriority, 0xffff, `${name}.systemPriority`))
  putMac(new Uint8Array(view.buffer), offset + 2, end.system, `${name}.system`)
  view.setUint16(offset + 8, within(end.key, 0xffff, `${name}.key`))
  view.setUint16(offset + 10, within(end.portPriority, 0xffff, `${name}.portPriority`))
  view.setUint16(offset + 12, within(end.port, 0xffff, `${name}.port`))
  view.setUint8(offset + 14, within(end.state, 0xff, `${name}.state`))
}

function endAt(data: Uint8Array, view: DataView, offset: number): LacpEnd {
  return {
    systemPriority: view.getUint16(offset),
    system: macAt(data, offset + 2),
    key: view.getUint16(offset + 8),
    portPriority: view.getUint16(offset + 10),
    port: view.getUint16(offset + 12),
    state: view.getUint8(offset + 14),
  }
}

function within(value: number, most: number, name: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new FaucetError('invalid', `${name} of an LACPDU is ${String(value)}, it must be an integer from 0 to ${String(most)}`)
}

function putMac(data: Uint8Array, offset: number, mac: string, name: string): void {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new FaucetError('invalid', `${name} is ${JSON.stringify(mac)}, it must be a MAC address such as 02:00:00:00:00:01`)
  }
  data.set(mac.split(':').map((byte) => parseInt(byte, 16)), offset)
}

function macAt(data: Uint8Array, offset: number): string {
  return [...data.subarray(offset, offset + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
