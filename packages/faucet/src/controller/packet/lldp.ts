import { FaucetError } from '../../errors.js'

/** Where LLDP goes: the nearest bridge keeps it (IEEE 802.1AB, 7.1). */
export const lldpMac = '01:80:c2:00:00:0e'

/** EtherType of LLDP. */
export const lldpType = 0x88cc

/** An identifier: what kind it is, and its octets. */
export interface LldpId {
  readonly subtype: number
  /** 1 to 255 octets. */
  readonly id: Uint8Array
}

/** An organisationally specific element. */
export interface LldpOrgTlv {
  /** 24 bits. */
  readonly oui: number
  readonly subtype: number
  /** At most 507 octets. */
  readonly info: Uint8Array
}

/** The elements of an LLDPDU that a controller sends, or goes by. */
export interface LldpPdu {
  readonly chassisId: LldpId
  readonly portId: LldpId
  /** Seconds. */
  readonly ttl: number
  /** At most 255 octets of UTF-8. */
  readonly systemName?: string | undefined
  /** At most 255 octets of UTF-8. */
  readonly portDescription?: string | undefined
  readonly org: readonly LldpOrgTlv[]
}

/** Kinds of identifiers (IEEE 802.1AB, tables 8-2 and 8-3). */
export const lldpSubtype = { chassisMac: 4, portName: 5 } as const

/** Types of elements (IEEE 802.1AB, table 8-1). */
const tlv = { end: 0, chassisId: 1, portId: 2, ttl: 3, portDescription: 4, systemName: 5, org: 127 } as const

const headerSize = 14
/** The shortest frame of Ethernet, without the check sequence. */
const shortest = 60
const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

/**
 * The frame of an LLDPDU, untagged, and as long as a frame must be. The elements come in the order in which Faucet sends them.
 * @param ethSrc MAC address of the sender
 * @throws FaucetError `invalid` for what does not fit, or what is no MAC address
 */
export function encodeLldp(ethSrc: string, pdu: LldpPdu): Uint8Array {
  const elements = [
    element(tlv.chassisId, idOf(pdu.chassisId, 'chassisId')),
    element(tlv.portId, idOf(pdu.portId, 'portId')),
    element(tlv.ttl, u16(within(pdu.ttl, 0xffff, 'ttl'))),
    ...(pdu.systemName === undefined ? [] : [element(tlv.systemName, textOf(pdu.systemName, 'systemName'))]),
    ...(pdu.portDescription === undefined ? [] : [element(tlv.portDescription, textOf(pdu.portDescription, 'portDescription'))]),
    ...pdu.org.map((one) => element(tlv.org, orgOf(one))),
    element(tlv.end, []),
  ]
  const bytes = [...macBytes(lldpMac), ...macBytes(ethSrc), ...u16(lldpType), ...elements.flat()]
  const data = new Uint8Array(Math.max(bytes.length, shortest))
  data.set(bytes)
  return data
}

/**
 * The LLDPDU in a frame; `undefined` when the frame is none, does not begin with the three elements that must be there,
 * or ends within an element (as a frame does of which a switch has sent only the beginning).
 */
export function decodeLldp(data: Uint8Array): LldpPdu | undefined {
  if (data.length < headerSize || ((data[12] ?? 0) << 8 | (data[13] ?? 0)) !== lldpType) return undefined
  const elements = elementsOf(data.subarray(headerSize))
  if (!elements) return undefined
  const [chassis, port, ttl] = elements
  if (chassis?.type !== tlv.chassisId || port?.type !== tlv.portId || ttl?.type !== tlv.ttl) return undefined
  if (chassis.value.length < 2 || port.value.length < 2 || ttl.value.length < 2) return undefined
  const text = (type: number) => {
    const found = elements.find((one) => one.type === type)
    return found && fromUtf8.decode(found.value)
  }
  return {
    chassisId: idIn(chassis.value),
    portId: idIn(port.value),
    ttl: ((ttl.value[0] ?? 0) << 8) | (ttl.value[1] ?? 0),
    systemName: text(tlv.systemName),
    portDescription: text(tlv.portDescription),
    org: elements.flatMap(({ type, value }) => (type === tlv.org && value.length >= 4 ? [orgIn(value)] : [])),
  }
}

interface Element {
  readonly type: number
  readonly value: Uint8Array
}

function elementsOf(data: Uint8Array): readonly Element[] | undefined {
  const elements: Element[] = []
  for (let offset = 0; offset < data.length; ) {
    const [first, second] = data.subarray(offset, offset + 2)
    if (first === undefined || second === undefined) return undefined
    const type = first >> 1
    const length = ((first & 1) << 8) | second
    if (type === tlv.end) return elements
    const value = data.subarray(offset + 2, offset + 2 + length)
    if (value.length < length) return undefined
    elements.push({ type, value })
    offset += 2 + length
  }
  return undefined
}

function element(type: number, value: readonly number[]): readonly number[] {
  return [(type << 1) | (value.length >> 8), value.length & 0xff, ...value]
}

function idOf({ subtype, id }: LldpId, name: string): readonly number[] {
  within(id.length, 255, `${name}.id.length`, 1)
  return [within(subtype, 255, `${name}.subtype`), ...id]
}

function idIn(value: Uint8Array): LldpId {
  return { subtype: value[0] ?? 0, id: value.slice(1) }
}

function orgOf({ oui, subtype, info }: LldpOrgTlv): readonly number[] {
  within(info.length, 507, 'org.info.length')
  within(oui, 0xffffff, 'org.oui')
  return [oui >> 16, (oui >> 8) & 0xff, oui & 0xff, within(subtype, 255, 'org.subtype'), ...info]
}

function orgIn(value: Uint8Array): LldpOrgTlv {
  const [a = 0, b = 0, c = 0, subtype = 0] = value
  return { oui: (a << 16) | (b << 8) | c, subtype, info: value.slice(4) }
}

function textOf(text: string, name: string): readonly number[] {
  const bytes = [...utf8.encode(text)]
  within(bytes.length, 255, `octets of ${name}`)
  return bytes
}

function within(value: number, most: number, name: string, least = 0): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new FaucetError('invalid', `${name} of an LLDPDU is ${String(value)}, it must be an integer from ${String(least)} to ${String(most)}`)
}

function u16(value: number): readonly number[] {
  return [value >> 8, value & 0xff]
}

function macBytes(mac: string): readonly number[] {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new FaucetError('invalid', `the source of an LLDP frame is ${JSON.stringify(mac)}, it must be a MAC address such as 02:00:00:00:00:01`)
  }
  return mac.split(':').map((byte) => parseInt(byte, 16))
}
