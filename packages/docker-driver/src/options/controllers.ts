import { isIP } from 'node:net'
import { wrong } from './wrong.js'

/**
 * The targets of a bridge's controllers, with commas between (`ovs.bridge.controller`), as Open vSwitch takes them: `tcp:HOST:PORT`,
 * `ssl:HOST:PORT` (an IPv6 address in brackets) or `unix:FILE`; each once. Throws `DockerDriverError` `invalid`.
 */
export function parseControllers(text: string): readonly string[] {
  if (text === '') return []
  return [...new Set(text.split(',').map((item) => parseTarget(item.trim())))]
}

function parseTarget(target: string): string {
  const right = 'write tcp:ADDRESS:PORT, such as tcp:127.0.0.1:6653, ssl:ADDRESS:PORT or unix:/FILE, several with commas'
  if (/^unix:\/[!-~]+$/.test(target)) return target
  const [, host = '', port] = /^(?:tcp|ssl):(\[[^\]]*\]|[^:[\]]+):(\d{1,5})$/.exec(target) ?? []
  if (port === undefined) throw wrong(target, 'no target of a controller', right)
  if (Number(port) < 1 || Number(port) > 65535) throw wrong(target, `no target of a controller: its port is ${port}`, 'write a port from 1 to 65535')
  const isHost = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : isIP(host) === 4 || isHostName(host)
  if (!isHost) throw wrong(target, 'no target of a controller: it has no valid address', right)
  return target
}

function isHostName(text: string): boolean {
  // All digits and dots: an IPv4 address that is none.
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/.test(text) && !/^[\d.]+$/.test(text)
}
