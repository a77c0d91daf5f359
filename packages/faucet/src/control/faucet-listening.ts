import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseTarget, type PassiveSslTarget, type PassiveTcpTarget, type TlsOptions } from '@streambed/ovs'
import { FaucetError } from '../errors.js'
import { freePort } from './faucet-child.js'

/** Where Faucet is to listen, with a port if it is 0. @throws FaucetError `invalid` */
export async function listeningAt(text: string): Promise<PassiveTcpTarget | PassiveSslTarget> {
  const target = parseTarget(text, { defaultPort: 6653 })
  if (target.type !== 'ptcp' && target.type !== 'pssl') throw new FaucetError('invalid', `listen is ${text}: the real Faucet takes ptcp:[PORT][:HOST] or pssl:[PORT][:HOST]`)
  return target.port === 0 ? { ...target, port: await freePort(target.host ?? '0.0.0.0') } : target
}

/** The arguments that say so; keys and certificates that are texts become files. @throws FaucetError `invalid` */
export async function listenArguments(
  { type, host, port }: PassiveTcpTarget | PassiveSslTarget,
  tls: TlsOptions | undefined,
  directory: string,
): Promise<readonly string[]> {
  const address = [`--ryu-ofp-listen-host=${host ?? '0.0.0.0'}`]
  if (type === 'ptcp') return [...address, `--ryu-ofp-tcp-listen-port=${String(port)}`]
  const { privateKey, certificate, ca } = tls ?? {}
  if (privateKey === undefined || certificate === undefined) throw new FaucetError('invalid', 'tls.privateKey and tls.certificate are needed to listen on pssl:')
  const authorities = ca === undefined ? [] : [ca].flat()
  const key = await pemFile(privateKey, join(directory, 'key.pem'))
  const chain = await pemFile(certificate, join(directory, 'certificate.pem'))
  const trusted = authorities.length === 0 ? [] : [`--ryu-ca-certs=${await pemFiles(authorities, join(directory, 'ca.pem'))}`]
  return [...address, `--ryu-ofp-ssl-listen-port=${String(port)}`, `--ryu-ctl-privkey=${key}`, `--ryu-ctl-cert=${chain}`, ...trusted]
}

/** A file with what may be in a file already. */
async function pemFile(source: string | Uint8Array, path: string): Promise<string> {
  if (typeof source === 'string' && !source.includes('-----BEGIN ')) return source
  await writeFile(path, source, { mode: 0o600 })
  return path
}

async function pemFiles(sources: readonly (string | Uint8Array)[], path: string): Promise<string> {
  const [only] = sources
  if (sources.length === 1 && only !== undefined) return pemFile(only, path)
  const texts = await Promise.all(sources.map(async (source) => (typeof source === 'string' && !source.includes('-----BEGIN ') ? await readFile(source, 'utf8') : Buffer.from(source).toString())))
  await writeFile(path, texts.join('\n'), { mode: 0o600 })
  return path
}
