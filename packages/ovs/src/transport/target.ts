import { isIPv6 } from 'node:net'
import { OvsError } from '../errors.js'

/** A socket in the file system to connect to. */
export interface UnixTarget {
  readonly type: 'unix'
  readonly path: string
}

/** A TCP port to connect to. */
export interface TcpTarget {
  readonly type: 'tcp'
  /** A DNS name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/** A TCP port to connect to with TLS. */
export interface SslTarget {
  readonly type: 'ssl'
  /** A DNS name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/** A socket in the file system to listen on. */
export interface PassiveUnixTarget {
  readonly type: 'punix'
  readonly path: string
}

/** A TCP port to listen on. */
export interface PassiveTcpTarget {
  readonly type: 'ptcp'
  /** The address to listen on, an IPv6 address without brackets. Absent: every IPv4 address. */
  readonly host?: string
  /** 0 lets the system choose a free port. */
  readonly port: number
}

/** A TCP port to listen on with TLS. */
export interface PassiveSslTarget {
  readonly type: 'pssl'
  /** The address to listen on, an IPv6 address without brackets. Absent: every IPv4 address. */
  readonly host?: string
  /** 0 lets the system choose a free port. */
  readonly port: number
}

/** Where to connect to. */
export type ActiveTarget = UnixTarget | TcpTarget | SslTarget

/** Where to listen. */
export type PassiveTarget = PassiveUnixTarget | PassiveTcpTarget | PassiveSslTarget

/** One end of a connection, by the conventions of ovsdb(7) "Connection Methods" and ovs-ofctl(8). */
export type Target = ActiveTarget | PassiveTarget

/** Options of {@link parseTarget}. */
export interface ParseTargetOptions {
  /** The port where the text has none. Defaults to 6640, that of OVSDB; OpenFlow has 6653. */
  readonly defaultPort?: number
}

const forms = 'unix:FILE, tcp:HOST[:PORT], ssl:HOST[:PORT], punix:FILE, ptcp:[PORT][:HOST] or pssl:[PORT][:HOST]'

/** Whether the target is one to listen on. */
export function isPassive(target: Target): target is PassiveTarget {
  return target.type === 'punix' || target.type === 'ptcp' || target.type === 'pssl'
}

/**
 * Reads a target: `unix:FILE`, `tcp:HOST[:PORT]`, `ssl:HOST[:PORT]`, and to listen `punix:FILE`, `ptcp:[PORT][:HOST]`,
 * `pssl:[PORT][:HOST]`. An IPv6 address stands in square brackets.
 * @throws OvsError `invalid`, with the text and what would be right.
 */
export function parseTarget(text: string, options: ParseTargetOptions = {}): Target {
  const colon = text.indexOf(':')
  const type = text.slice(0, Math.max(colon, 0))
  const rest = text.slice(colon + 1)
  const defaultPort = options.defaultPort ?? 6640
  switch (type) {
    case 'unix':
    case 'punix':
      if (rest === '') throw invalid(text, `${type}: needs the path of a socket, such as ${type}:/run/x.sock`)
      return { type, path: rest }
    case 'tcp':
    case 'ssl': {
      const [host, port] = splitHostPort(text, rest)
      if (host === '') throw invalid(text, `${type}: needs a host, such as ${type}:127.0.0.1:${defaultPort}`)
      return { type, host, port: parsePort(text, port, defaultPort, 1) }
    }
    case 'ptcp':
    case 'pssl': {
      const { port, host } = splitPortHost(text, rest)
      const listen = { type, port: parsePort(text, port, defaultPort, 0) } as const
      return host === undefined ? listen : { ...listen, host }
    }
    default:
      throw invalid(text, `write ${forms}`)
  }
}

/**
 * Reads several targets: a list, or texts with commas between them. A comma inside a socket's path counts as part of
 * the path unless a target follows it.
 * @throws OvsError `invalid`, also for an empty list.
 */
export function parseTargets(
  list: string | Target | readonly (string | Target)[],
  options: ParseTargetOptions = {},
): readonly Target[] {
  const items = (Array.isArray(list) ? list : [list]) as readonly (string | Target)[]
  const targets = items.flatMap((item) =>
    typeof item === 'string'
      ? item.split(/,\s*(?=(?:unix|tcp|ssl|punix|ptcp|pssl):)/).map((text) => parseTarget(text.trim(), options))
      : [item],
  )
  if (targets.length === 0) throw new OvsError('invalid', `no target is given: write ${forms}`)
  return targets
}

/** Writes a target as {@link parseTarget} reads it, always with its port. */
export function formatTarget(target: Target): string {
  switch (target.type) {
    case 'unix':
    case 'punix':
      return `${target.type}:${target.path}`
    case 'tcp':
    case 'ssl':
      return `${target.type}:${bracketed(target.host)}:${target.port}`
    case 'ptcp':
    case 'pssl':
      return `${target.type}:${target.port}${target.host === undefined ? '' : `:${bracketed(target.host)}`}`
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function splitHostPort(text: string, rest: string): [host: string, port: string | undefined] {
  const [, inner, outer, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/s.exec(rest) ?? []
  if (inner === undefined && outer === undefined)
    throw invalid(text, 'an IPv6 address stands in square brackets, as in tcp:[::1]:6640')
  return [checkHost(text, inner, outer), port]
}

function splitPortHost(text: string, rest: string): { port: string | undefined; host: string | undefined } {
  const [, port, inner, outer] = /^([^:[\]]*)(?::(?:\[([^\]]*)\]|([^:[\]]*)))?$/s.exec(rest) ?? []
  if (port === undefined) throw invalid(text, 'the port comes first, then the address, as in ptcp:6640:[::1]')
  const host = inner === undefined && outer === undefined ? undefined : checkHost(text, inner, outer)
  return { port: port === '' ? undefined : port, host: host === '' ? undefined : host }
}

function checkHost(text: string, inner: string | undefined, outer: string | undefined): string {
  if (inner !== undefined && !isIPv6(inner)) throw invalid(text, `"${inner}" is no IPv6 address`)
  const host = inner ?? outer ?? ''
  if (/[\s/]/.test(host)) throw invalid(text, `"${host}" is no host`)
  return host
}

function parsePort(text: string, port: string | undefined, defaultPort: number, lowest: 0 | 1): number {
  if (port === undefined) return defaultPort
  const value = /^\d{1,5}$/.test(port) ? Number(port) : NaN
  if (!(value >= lowest && value <= 65535)) throw invalid(text, `"${port}" is no port from ${lowest} to 65535`)
  return value
}

function invalid(text: string, hint: string): OvsError {
  return new OvsError('invalid', `"${text}" is no connection target: ${hint}`)
}
