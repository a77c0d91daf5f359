import { readFile } from 'node:fs/promises'
import type { SecureContextOptions } from 'node:tls'
import { OvsError } from '../errors.js'

/** PEM text, its bytes, or the path of a file that has it: text without a `-----BEGIN` line is a path. */
export type PemSource = string | Uint8Array

/** What TLS needs on either side: the three files of `--private-key`, `--certificate` and `--ca-cert` of OVS. */
export interface TlsOptions {
  /** Our private key. Without it and {@link certificate} we have no identity, which Open vSwitch refuses by default. */
  readonly privateKey?: PemSource
  /** Our certificate, perhaps followed by intermediate ones. */
  readonly certificate?: PemSource
  /** The certificates that the other side's certificate must lead to. Defaults to those that Node.js trusts. */
  readonly ca?: PemSource | readonly PemSource[]
  /** Passphrase of the private key. */
  readonly passphrase?: string
  /**
   * Whether the other side must have a certificate that {@link ca} vouches for. Defaults to true on both sides: a
   * listener then asks its clients for certificates (mutual TLS). `false` accepts anybody: only for tests.
   */
  readonly rejectUnauthorized?: boolean
  /**
   * Whether a server's certificate must also carry the name or address that was dialled. Defaults to false, as in Open
   * vSwitch, whose certificates carry the name of a switch or a controller and are trusted through their authority.
   */
  readonly checkServerName?: boolean
}

/**
 * Loads what the options name.
 * @throws OvsError `invalid` for a file that cannot be read, and for a key without certificate or the reverse.
 */
export async function loadTls(options: TlsOptions): Promise<SecureContextOptions> {
  const { privateKey, certificate, ca, passphrase } = options
  if ((privateKey === undefined) !== (certificate === undefined)) {
    const [has, lacks] = privateKey === undefined ? ['certificate', 'privateKey'] : ['privateKey', 'certificate']
    throw new OvsError('invalid', `tls has ${has} but no ${lacks}: give both, or neither`)
  }
  const authorities = ca === undefined ? undefined : typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca
  return {
    ...(privateKey === undefined ? {} : { key: await loadPem('privateKey', privateKey) }),
    ...(certificate === undefined ? {} : { cert: await loadPem('certificate', certificate) }),
    ...(authorities === undefined ? {} : { ca: await Promise.all(authorities.map((item) => loadPem('ca', item))) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    minVersion: 'TLSv1.2',
  }
}

async function loadPem(name: string, source: PemSource): Promise<Buffer | string> {
  if (source instanceof Uint8Array) return Buffer.from(source)
  if (source.includes('-----BEGIN ')) return source
  try {
    return await readFile(source)
  } catch (cause) {
    throw new OvsError('invalid', `cannot read tls.${name} from ${source}: ${(cause as Error).message}`, { cause })
  }
}
