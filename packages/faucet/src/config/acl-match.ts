import { parseAddress, parseRange, isMac } from './address.js'
import { matchKinds, oldMatchNames } from './acl-options.js'
import type { ConfigValue } from './value.js'

/** The OpenFlow name of a match field; old names are translated. */
export function fieldName(name: string): string {
  return oldMatchNames[name] ?? name
}

/** What a match value must be, when it is not that; `undefined` when it is right. */
export function matchProblem(name: string, value: ConfigValue): string | undefined {
  switch (matchKinds[fieldName(name)]) {
    case undefined:
      return 'a match field of OpenFlow'
    case 'port':
      return value.kind === 'bool' || isInt(value) || isPortName(value) ? undefined : 'a port number'
    case 'int':
      return isInt(value) ? undefined : 'a whole number'
    case 'masked-int':
      return isInt(value) || isMaskedInt(value) ? undefined : 'a whole number, or number/mask'
    case 'vid':
      return isInt(value) || value.kind === 'bool' || isMaskedInt(value) || isDecimal(value) ? undefined : 'a VID'
    case 'mac':
      return value.kind === 'str' && value.value.split('/').slice(0, 2).every(isMac)
        ? undefined
        : 'a MAC address in quotes, or address/mask'
    case 'ipv4':
      return isIp(value, 4) ? undefined : 'an IPv4 address, or address/prefix or address/mask'
    case 'ipv6':
      return isIp(value, 6) ? undefined : 'an IPv6 address, or address/prefix or address/mask'
  }
}

/** The same for the value of a `set_fields`, which is sent as it is: numbers must be numbers, without masks. */
export function setFieldProblem(name: string, value: ConfigValue): string | undefined {
  if (!Object.hasOwn(matchKinds, name)) {
    return Object.hasOwn(oldMatchNames, name)
      ? `the field's present name, ${fieldName(name)}`
      : 'a match field of OpenFlow'
  }
  const kind = matchKinds[name]
  if (kind === 'mac') return value.kind === 'str' && isMac(value.value) ? undefined : 'a MAC address in quotes'
  if (kind === 'ipv4' || kind === 'ipv6') {
    const version = kind === 'ipv4' ? 4 : 6
    return value.kind === 'str' && parseRange(value.value)?.version === version && isIp(value, version)
      ? undefined
      : `an ${kind === 'ipv4' ? 'IPv4' : 'IPv6'} address`
  }
  const bool = value.kind === 'bool' && (kind === 'vid' || kind === 'port')
  return value.kind === 'int' || bool ? undefined : 'a whole number'
}

// The literals of Python: underscores between digits, no leading zeros.
const literal = /^\s*[-+]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\d)*|0(?:_?0)*)\s*$/

function isInt(value: ConfigValue): boolean {
  return value.kind === 'int' || (value.kind === 'str' && literal.test(value.value))
}

function isMaskedInt(value: ConfigValue): boolean {
  if (value.kind !== 'str' || !value.value.includes('/')) return false
  return value.value.split('/').slice(0, 2).every((part) => literal.test(part))
}

function isDecimal(value: ConfigValue): boolean {
  return value.kind === 'str' && /^\d+$/.test(value.value)
}

function isPortName(value: ConfigValue): boolean {
  const names = /^(?:OFPP_)?(?:MAX|IN_PORT|TABLE|NORMAL|FLOOD|ALL|CONTROLLER|LOCAL|ANY)$/i
  // The prefix must be in capitals, or it is taken for a part of the name.
  return value.kind === 'str' && names.test(value.value) && !/^ofpp_/.test(value.value.replace(/^OFPP_/, ''))
}

function isIp(value: ConfigValue, version: 4 | 6): boolean {
  // A zone (%eth0) is fine in an interface's address, not in a match.
  if (value.kind !== 'str' || value.value.includes('%')) return false
  const [address = '', mask, ...more] = value.value.split('/')
  if (parseAddress(address)?.version !== version || more.length > 0) return false
  if (mask === undefined) return true
  return /^\d+$/.test(mask) ? parseRange(value.value) !== undefined : parseAddress(mask)?.version === version
}
