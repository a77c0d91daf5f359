import { isIP } from 'node:net'
import { wrong } from './wrong.js'

/**
 * The targets of a bridge's controllers, with commas between (`ovs.bridge.controller`), as Open vSwitch takes them (ovs-vswitchd.conf.db(5),
 * Controller): `tcp:HOST[:PORT]`, `ssl:HOST[:PORT]` (an IPv6 address in brackets; port 6653) or `unix:FILE` to connect to, `ptcp:[PORT][:HOST]`,
 * `pssl:[PORT][:HOST]` or `punix:FILE` to be connected to; each once. Throws `DockerDriverError` `invalid`.
 */
export function parseControllers(text: string): readonly string[] {
  if (text === '') return []
  return [...new Set(text.split(',').map((item) => parseTarget(item.trim())))]
}

const active = /^(?:tcp|ssl):(?<host>\[[^\]]*\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/
const passive = /^(?:ptcp|pssl):(?<port>\d{1,5})?(?::(?<host>\[[^\]]*\]|[^:[\]]+))?$/

function parseTarget(target: string): string {
  const right = 'write tcp:ADDRESS[:PORT], such as tcp:127.0.0.1:6653, ssl:ADDRESS[:PORT] or unix:/FILE, or ptcp:[PORT][:ADDRESS] to listen, several with commas'
  if (/^p?unix:\/[!-~]+$/.test(target)) return target
  const { host, port } = (active.exec(target) ?? passive.exec(target))?.groups ?? {}
  if (host === undefined && !passive.test(target)) throw wrong(target, 'no target of a controller', right)
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) throw wrong(target, `no target of a controller: its port is ${port}`, 'write a port from 1 to 65535')
  if (host === undefined) return target
  const isHost = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : isIP(host) === 4 || isHostName(host)
  if (!isHost) throw wrong(target, 'no target of a controller: it has no valid address', right)
  return target
}

function isHostName(text: string): boolean {
  // All digits and dots: an IPv4 address that is none.
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/.test(text) && !/^[\d.]+$/.test(text)
}
