import { isIPv4 } from 'node:net'

/** What a DHCP server gave to an interface. */
export interface DhcpLease {
  /** Name of the interface, as it is called in the container. */
  readonly interface: string
  /** With prefix length: `10.0.0.5/24`. */
  readonly address: string
  readonly router: string | undefined
  /** Name servers. They are told, not used: the container's resolv.conf is Docker's. */
  readonly dns: readonly string[]
  readonly domain: string | undefined
  /** Address of the server. */
  readonly server: string | undefined
  /** How long the address is given for, in seconds; `Infinity`: for ever. */
  readonly leaseSeconds: number
}

/** What the script that udhcpc runs tells. */
export type DhcpReport =
  | { readonly type: 'bound' | 'renew'; readonly lease: DhcpLease }
  /** The client starts, or has no address any more. */
  | { readonly type: 'deconfig' }
  /** The server takes an address back. */
  | { readonly type: 'nak' }
  /** No server answers. */
  | { readonly type: 'leasefail' }
  /** A step on the interface failed, or the server sent what cannot be. */
  | { readonly type: 'failed'; readonly message: string }

/** `\0`, `value\0` many times, and `\0` behind them: nothing that a server sends can end a value, and what somebody else prints before is no value. */
const endOfReport = '\0\0'

/** Cuts what comes out of the pipe, in pieces of any size, into reports. */
export class ReportReader {
  #rest = ''

  /** The reports that end in this piece. */
  push(piece: string): DhcpReport[] {
    const texts = (this.#rest + piece).split(endOfReport)
    this.#rest = texts.pop() ?? ''
    return texts.map(parseReport).filter((report) => report !== undefined)
  }
}

/** Reads one report of the script, `key=value` with `\0` between. undefined for an event of udhcpc that means nothing to us. */
export function parseReport(text: string): DhcpReport | undefined {
  const values = new Map(text.split('\0').map((item) => splitAt(item, '=')))
  const type = values.get('event')
  switch (type) {
    case 'bound':
    case 'renew':
      return leaseReport(type, values)
    case 'deconfig':
    case 'nak':
    case 'leasefail':
      return { type }
    case 'failed':
      return { type, message: values.get('message') ?? '' }
    default:
      return undefined
  }
}

function leaseReport(type: 'bound' | 'renew', values: ReadonlyMap<string, string>): DhcpReport {
  const ip = values.get('ip') ?? ''
  const length = Number(values.get('mask'))
  if (!isIPv4(ip) || !Number.isInteger(length) || length < 1 || length > 32) {
    return { type: 'failed', message: `the server gave the address '${ip}' with prefix length '${values.get('mask') ?? ''}'` }
  }
  const addresses = (name: string): string[] => (values.get(name) ?? '').split(' ').filter(isIPv4)
  const lease: DhcpLease = {
    interface: values.get('interface') ?? '',
    address: `${ip}/${length}`,
    router: addresses('router')[0],
    dns: addresses('dns'),
    domain: values.get('domain') || undefined,
    server: addresses('serverid')[0],
    leaseSeconds: leaseSeconds(values.get('lease')),
  }
  return { type, lease }
}

/** RFC 2132, 9.2; all ones stand for ever (RFC 2131, 3.3). */
function leaseSeconds(text: string | undefined): number {
  const seconds = Number(text || 0xffffffff)
  return Number.isFinite(seconds) && seconds < 0xffffffff ? seconds : Infinity
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}
