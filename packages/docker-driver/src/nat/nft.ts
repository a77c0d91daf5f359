/** An expression or statement of nftables' JSON (libnftables-json(5)): its keys are its own. */
export type NftValue = string | number | null | readonly NftValue[] | { readonly [key: string]: NftValue }

/** What `nft -j -f -` reads: commands that are carried out together or not at all. */
export interface NftCommands {
  readonly nftables: readonly NftCommand[]
}

/** One command, such as `{ add: { table: … } }`. */
export type NftCommand = { readonly [verb in 'add' | 'delete']?: { readonly [object: string]: NftValue } }

/** `left op right`. */
export function match(left: NftValue, right: NftValue, op: '==' | '!=' | 'in' = '=='): NftValue {
  return { match: { op, left, right } }
}

/** `meta <key>`, such as `iifname`. */
export function meta(key: string): NftValue {
  return { meta: { key } }
}

/** `ct <key>`, such as `status`. */
export function ct(key: string): NftValue {
  return { ct: { key } }
}

/** A field of a header, such as `ip saddr`. */
export function field(protocol: string, name: string): NftValue {
  return { payload: { protocol, field: name } }
}

/** A prefix such as `10.9.0.0/24`; without a length the address alone. */
export function prefix(text: string): NftValue {
  const [addr = '', len] = text.split('/')
  return len === undefined ? addr : { prefix: { addr, len: Number(len) } }
}

/** The packet is for an address of this machine. */
export const toThisMachine = match({ fib: { result: 'type', flags: ['daddr'] } }, 'local')
export const accept: NftValue = { accept: null }
export const drop: NftValue = { drop: null }
export const masquerade: NftValue = { masquerade: null }
