import type { TlsOptions } from '../transport/tls.js'

/** The options of `parseArgs` for TLS, named as in the tools of Open vSwitch. */
export const tlsArguments = {
  'private-key': { type: 'string', short: 'p' },
  'certificate': { type: 'string', short: 'c' },
  'ca-cert': { type: 'string', short: 'C' },
} as const

/** What `parseArgs` gives for {@link tlsArguments}. */
export interface TlsValues {
  readonly 'private-key'?: string | undefined
  readonly 'certificate'?: string | undefined
  readonly 'ca-cert'?: string | undefined
}

/** TLS options, each a path of a file; `undefined` when none is given. */
export function tlsOf(values: TlsValues): TlsOptions | undefined {
  const { 'private-key': privateKey, certificate, 'ca-cert': ca } = values
  if (privateKey === undefined && certificate === undefined && ca === undefined) return undefined
  return {
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(ca === undefined ? {} : { ca }),
  }
}
