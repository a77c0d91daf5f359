import { isIP } from 'node:net'
import type { TlsOptions } from '@streambed/ovs'
import type { OpenFlowConnectionOptions } from '@streambed/ovs/openflow'
import type { OpenFlowOptions } from './options.js'
import type { RyuConf } from './ryu-conf.js'
import { UsageError } from './usage-error.js'

/** Where switches come from, as the controller takes it. */
export interface EntranceSettings {
  /** `ptcp:…` and `pssl:…`. */
  readonly listen: readonly string[]
  /** `tcp:…`. */
  readonly connect: readonly string[]
  readonly tls: TlsOptions | undefined
  readonly connection: OpenFlowConnectionOptions
  /** What Faucet tells as `ryu_config`: seconds between echo requests, and how many may go unanswered. */
  readonly ryuConfig: Readonly<Record<'echo_request_interval' | 'maximum_unreplied_echo_requests', number>>
}

/**
 * Where to listen and whom to dial. Like os-ken: port 6653, and 6633 as well when no port is named; TLS, when there are a
 * key and a certificate, and then TCP only on a port that is named. Without `ca-certs` switches need no certificate.
 * @throws UsageError naming the option
 */
export function entranceSettings(options: OpenFlowOptions, conf: RyuConf): EntranceSettings {
  const all: OpenFlowOptions & RyuConf = { ...conf, ...options }
  const host = all['ofp-listen-host']
  if (host !== undefined && isIP(host) === 0) throw new UsageError(`--ofp-listen-host is ${host}: an IP address is needed`)
  const named = { tcp: portOf(all, 'ofp-tcp-listen-port'), ssl: portOf(all, 'ofp-ssl-listen-port') }
  const where = host === undefined ? '' : `:${host.includes(':') ? `[${host}]` : host}`
  const [key, certificate, ca] = [all['ctl-privkey'], all['ctl-cert'], all['ca-certs']]
  if ((key === undefined) !== (certificate === undefined)) {
    const [has, lacks] = key === undefined ? ['ctl-cert', 'ctl-privkey'] : ['ctl-privkey', 'ctl-cert']
    throw new UsageError(`--${has} needs --${lacks}`)
  }
  const isTls = key !== undefined && certificate !== undefined
  if (named.ssl !== undefined && !isTls && named.tcp === undefined) throw new UsageError('--ofp-ssl-listen-port needs --ctl-privkey and --ctl-cert')
  const ports = (port: number | undefined) => (port === undefined ? [6653, 6633] : [port])
  const isAnyNamed = named.tcp !== undefined || named.ssl !== undefined
  const ssl = isTls ? (named.ssl === undefined && isAnyNamed ? [6653] : ports(named.ssl)) : []
  const tcp = isTls && named.tcp === undefined ? [] : ports(named.tcp)
  const interval = numberOf(conf, 'echo-request-interval', 15)
  const unreplied = numberOf(conf, 'maximum-unreplied-echo-requests', 0)
  return {
    listen: [...ssl.map((port) => `pssl:${String(port)}${where}`), ...tcp.map((port) => `ptcp:${String(port)}${where}`)],
    connect: (all['ofp-switch-address-list'] ?? '').split(',').filter(Boolean).map(dialled),
    tls: isTls ? { privateKey: key, certificate, ...(ca === undefined ? { rejectUnauthorized: false } : { ca }) } : undefined,
    connection: conf['echo-request-interval'] === undefined ? {} : { probeInterval: interval * 1000 },
    ryuConfig: { echo_request_interval: interval, maximum_unreplied_echo_requests: unreplied },
  }
}

function portOf(options: OpenFlowOptions, name: 'ofp-tcp-listen-port' | 'ofp-ssl-listen-port'): number | undefined {
  const text = options[name]
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`--${name} is ${text}: a port is 0 to 65535`)
  return port
}

function dialled(address: string): string {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]+)):(\d+)$/.exec(address.trim())
  const host = parts?.[1] ?? parts?.[2]
  if (!parts || host === undefined || isIP(host) === 0) {
    throw new UsageError(`--ofp-switch-address-list has ${address}: addresses are such as 127.0.0.1:6653 or [::1]:6653`)
  }
  return `tcp:${host.includes(':') ? `[${host}]` : host}:${parts[3] ?? ''}`
}

function numberOf(conf: RyuConf, name: string, standard: number): number {
  const value = Number(conf[name] ?? standard)
  if (Number.isFinite(value) && value >= 0) return value
  throw new UsageError(`${name} in ryu.conf is ${conf[name] ?? ''}: a number is needed`)
}
