import { Checker } from './checker.js'
import type { DpDraft, PortDraft } from './draft.js'
import type { ConfigPath } from './issue.js'
import { Options, quote } from './option.js'
import { dpBeaconOptions, orgTlvOptions, portBeaconOptions } from './options.js'
import { tlvInfo } from './tlv-info.js'
import { display, entryOf, intOf, keyId, truthy, type ConfigValue } from './value.js'

/**
 * Refuses what does not fit into the frames that Faucet itself sends, LACP and LLDP: its parser accepts it, and its
 * controller ends when it makes such a frame. What goes into no frame, as on a disabled port, is not refused.
 */
export function checkFrames(checker: Checker, dp: DpDraft): void {
  for (const port of dp.ports.values()) if (sendsLacp(dp, port)) checkLacp(checker, dp, port)
  for (const port of beaconPorts(dp)) checkBeacon(checker, dp, port)
}

/** The key and the port of an actor have 16 bits (IEEE 802.1AX). */
const lastLacp = 65535n
/** Octets of a text in an LLDP element (IEEE 802.1AB). */
const longestText = 255
/** Octets of the information of an organisation: 9 bits count them with the OUI and the subtype. */
const longestInfo = 511 - 4

function sendsLacp(dp: DpDraft, port: PortDraft): boolean {
  if (!port.options.truthy('lacp') || !comesUp(port)) return false
  return isInVlan(port) || (port.options.bool('lacp_active') && dp.options.truthy('fast_advertise_interval'))
}

/** For Faucet, a port in no VLAN is up when it has come up since the switch connected, and was noticed. */
function comesUp(port: PortDraft): boolean {
  return port.options.bool('enabled') && (port.isStack || isInVlan(port) || port.options.bool('opstatus_reconf'))
}

function isInVlan(port: PortDraft): boolean {
  return port.native !== undefined || port.tagged.length > 0
}

function checkLacp(checker: Checker, dp: DpDraft, port: PortDraft): void {
  const { options, path } = port
  if (!checkPassthrough(checker, dp, port)) return
  const key = options.get('lacp')
  const number = intOf(key)
  if (key && number !== undefined && (number < 0n || number > lastLacp)) {
    checker.fail([...path, 'lacp'], key, `lacp is ${String(number)}: no LACP frame can have it`, '1 to 65535')
  }
  const own = intOf(options.get('lacp_port_id')) ?? -1n
  const id = own === -1n ? BigInt(dp.index * 100 + port.number) : own
  if (id >= 0n && id <= lastLacp) return
  const message = own === -1n
    ? `lacp_port_id follows from the dataplane and the port: ${String(id)}, no LACP frame can have it`
    : `lacp_port_id is ${String(id)}: no LACP frame can have it`
  checker.fail([...path, 'lacp_port_id'], options.get('lacp_port_id') ?? port.place, message, '0 to 65535')
}

/** `false` when the port never sends: one of the others that have to be up before it can never be. */
function checkPassthrough(checker: Checker, dp: DpDraft, port: PortDraft): boolean {
  for (const [index, ref] of port.options.list('lacp_passthrough').entries()) {
    // Faucet looks up the value as it is: a name is no number.
    const id = keyId(ref)
    const peer = id.startsWith('n:') ? dp.ports.get(Number(id.slice(2))) : undefined
    if (!peer) {
      const message = `lacp_passthrough is ${quote(ref)}: ${dp.name} has no port with that number`
      checker.fail([...port.path, 'lacp_passthrough', index], ref, message, `the number of a port of ${dp.name}`)
    } else if (!(peer.options.truthy('lacp') && peer.options.bool('enabled') && isInVlan(peer))) return false
  }
  return true
}

/** The ports from which beacons go out. */
function beaconPorts(dp: DpDraft): readonly PortDraft[] {
  const value = dp.options.get('lldp_beacon')
  const ports = [...dp.ports.values()].filter(comesUp)
  const links = ports.filter((port) => port.isStack)
  const on = truthy(value) || [...dp.ports.values()].some((port) => port.isStack)
  if (!on || !dp.options.truthy('fast_advertise_interval')) return []
  const others = ports.filter((port) => !port.isStack && beaconOf(port)?.bool('enable'))
  const limit = value?.kind === 'map' ? entryOf(value, 'max_per_interval')?.value : undefined
  const most = intOf(limit)
  // As Python cuts a list: a negative limit leaves out so many.
  const sends = most === undefined || most > 0n || (most < 0n && BigInt(others.length) + most > 0n)
  return sends ? [...links, ...others] : links
}

// The types have been checked with the port.
function beaconOf(port: PortDraft): Options<typeof portBeaconOptions> | undefined {
  const value = port.options.get('lldp_beacon')
  if (value?.kind !== 'map') return undefined
  return new Options(new Checker(), value, [...port.path, 'lldp_beacon'], portBeaconOptions)
}

function checkBeacon(checker: Checker, dp: DpDraft, port: PortDraft): void {
  const beacon = beaconOf(port)
  const at = (path: ConfigPath, value: ConfigValue | undefined, name: string, text: string | undefined): void => {
    const octets = Buffer.byteLength(text ?? '', 'utf8')
    if (octets <= longestText) return
    const message = `${name} has ${String(octets)} octets in UTF-8: no LLDP frame can have it`
    checker.fail(path, value ?? port.place, message, `${String(longestText)} octets at most`)
  }
  const own = beacon?.text('system_name')
  if (own) at([...port.path, 'lldp_beacon', 'system_name'], beacon?.get('system_name'), 'system_name', own)
  else {
    const value = dp.options.get('lldp_beacon')
    const shared = value?.kind === 'map' ? new Options(new Checker(), value, [], dpBeaconOptions) : undefined
    const text = shared?.text('system_name')
    if (text === undefined) at([...dp.path, 'name'], dp.place, 'the name of the dataplane', dp.name)
    else at([...dp.path, 'lldp_beacon', 'system_name'], shared?.get('system_name'), 'system_name', text)
  }
  const described = beacon?.text('port_descr')
  const description = port.options.text('description')
  if (described !== undefined) {
    at([...port.path, 'lldp_beacon', 'port_descr'], beacon?.get('port_descr'), 'port_descr', described)
  } else if (description !== undefined) {
    at([...port.path, 'description'], port.options.get('description'), 'description', description)
  } else at([...port.path, 'name'], port.options.get('name'), 'the name of the port', port.name)
  for (const [index, item] of (beacon?.list('org_tlvs') ?? []).entries()) {
    checkTlv(checker, [...port.path, 'lldp_beacon', 'org_tlvs', index], item)
  }
}

function checkTlv(checker: Checker, path: ConfigPath, item: ConfigValue): void {
  if (item.kind !== 'map') return
  const tlv = new Options(new Checker(), item, path, orgTlvOptions)
  const subtype = entryOf(item, 'subtype')?.value
  const number = intOf(subtype)
  const fits = number !== undefined && number >= 0n && number <= 255n
  if (subtype && !fits && (number !== undefined || subtype.kind === 'null')) {
    checker.fail([...path, 'subtype'], subtype, `subtype is ${display(subtype)}: no LLDP frame can have it`, '0 to 255')
  }
  const octets = tlvInfo(tlv.text('info') ?? '').length / 2
  if (octets <= longestInfo) return
  const message = `info has ${String(octets)} octets: no LLDP frame can have it`
  checker.fail([...path, 'info'], tlv.get('info') ?? item, message, `${String(longestInfo)} octets at most`)
}
