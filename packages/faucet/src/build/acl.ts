import type { AclActions, AclEntry, AclOutput, AclOutputStep, AclRule, NameOrNumber } from '../config/model.js'
import { FaucetError } from '../errors.js'
import { describeValue } from '../edit/value.js'
import { matchFields } from './acl-match.js'
import type { AclMatch } from './acl-match.js'

/** What a rule has besides its match and its kind. */
export interface RuleOptions {
  /** Name of a meter that limits the packets. */
  readonly meter?: string
  /** A port that gets a copy. */
  readonly mirror?: NameOrNumber
  readonly description?: string
  /** OpenFlow cookie of the flows, 0 to 65535. */
  readonly cookie?: number
}

/**
 * Rules as Faucet takes them. A builder gives one, or two of them where IP packets of both versions are meant, for a
 * flow matches one version only. {@link acl} joins what builders give.
 */
export type AclRules = readonly { readonly rule: AclRule }[]

/** Where {@link output} sends packets: a port, several, or any output of Faucet's own. */
export type OutputTo = NameOrNumber | readonly NameOrNumber[] | AclOutput

/**
 * Lets packets through: `allow({ udp: { dst: 53 }, from: '10.0.0.0/8' })`, `allow()` for all. Throws `FaucetError`
 * `invalid` for what cannot be matched (see {@link AclMatch}).
 */
export function allow(match?: AclMatch, options?: RuleOptions): AclRules {
  return rule(match, { allow: 1 }, options)
}

/** Drops packets: `deny({ tcp: { dst: 23 } })`, `deny()` for all. Throws as {@link allow} does. */
export function deny(match?: AclMatch, options?: RuleOptions): AclRules {
  return rule(match, { allow: 0 }, options)
}

/**
 * Sends a copy of packets to a port and lets them through: `mirror('tap', { icmp: true })`. The port must be on the
 * dataplane where the ACL is, and becomes one for output only. Throws as {@link allow} does.
 */
export function mirror(port: NameOrNumber, match?: AclMatch, options?: Omit<RuleOptions, 'mirror'>): AclRules {
  return rule(match, { allow: 1 }, { ...options, mirror: port })
}

/**
 * Sends packets out of a port, or changes them first as Faucet's output does: `output(3, { tcp: { dst: 80 } })`,
 * `output({ set_fields: [{ eth_dst: '0e:00:00:00:00:02' }], port: 3 })`, `output({ tunnel: { dp: 's2', port: 1 } })`.
 * They go no further through the pipeline unless `allow` is true. Throws as {@link allow} does.
 */
export function output(to: OutputTo, match?: AclMatch, options?: RuleOptions & { readonly allow?: boolean }): AclRules {
  const { allow: allows = false, ...more } = options ?? {}
  return rule(match, { allow: allows ? 1 : 0, output: outputOf(to) }, more)
}

/**
 * The same as {@link output}, but carried out in the given order: `outputInOrder([{ port: 1 }, { vlan_vid: 5 }, { port:
 * 2 }])`. Throws as {@link allow} does.
 */
export function outputInOrder(
  steps: readonly AclOutputStep[],
  match?: AclMatch,
  options?: RuleOptions & { readonly allow?: boolean },
): AclRules {
  const { allow: allows = false, ...more } = options ?? {}
  const wrong = steps.findIndex((step) => Object.keys(step).length !== 1)
  if (steps.length === 0 || wrong >= 0) {
    const got = steps.length === 0 ? 'steps is empty' : `steps[${wrong}] is ${describeValue(steps[wrong])}`
    throw new FaucetError('invalid', `${got}; each step has exactly one action, such as { port: 1 }`)
  }
  return rule(match, { allow: allows ? 1 : 0, output: steps.map((step) => checkedOutput(step)) }, more)
}

/**
 * One list of rules from what builders give and rules in Faucet's own form: `acl(deny({ tcp: { dst: 23 } }), allow())`.
 * What no rule matches is dropped. Throws `FaucetError` `invalid` when there is none.
 */
export function acl(...rules: readonly (AclEntry | readonly AclEntry[])[]): readonly AclEntry[] {
  const list = rules.flat() as readonly AclEntry[]
  if (list.length > 0) return list
  throw new FaucetError('invalid', 'the ACL has no rules; give it at least one, such as allow() or deny()')
}

function rule(match: AclMatch | undefined, actions: AclActions, options: RuleOptions = {}): AclRules {
  const { meter, mirror: mirrorPort, description, cookie } = options
  if (cookie !== undefined && !(Number.isInteger(cookie) && cookie >= 0 && cookie <= 0xffff)) {
    throw new FaucetError('invalid', `cookie is ${describeValue(cookie)}; it must be a whole number from 0 to 65535`)
  }
  const all: AclActions = {
    ...actions,
    ...(meter === undefined ? {} : { meter }),
    ...(mirrorPort === undefined ? {} : { mirror: checkedPort('mirror', mirrorPort) }),
  }
  return matchFields(match).map((fields) => ({
    rule: {
      ...(description === undefined ? {} : { description }),
      ...(cookie === undefined ? {} : { cookie }),
      ...fields,
      actions: all,
    },
  }))
}

function outputOf(to: OutputTo): AclOutput {
  if (typeof to === 'string' || typeof to === 'number') return checkedOutput({ port: to })
  if (!Array.isArray(to)) return checkedOutput(to as AclOutput)
  const ports = to as readonly NameOrNumber[]
  if (ports.length === 0) throw new FaucetError('invalid', 'output has no port; to drop packets, use deny()')
  return checkedOutput({ ports })
}

function checkedOutput(to: AclOutput): AclOutput {
  if (Object.keys(to).length === 0) {
    throw new FaucetError('invalid', 'output is empty; give it a port, such as output(3) or output({ port: 3 })')
  }
  for (const port of [...(to.port === undefined ? [] : [to.port]), ...(to.ports ?? [])]) checkedPort('output', port)
  for (const [key, vid] of Object.entries({ vlan_vid: to.vlan_vid, swap_vid: to.swap_vid })) {
    if (vid === undefined || (Number.isInteger(vid) && vid >= 1 && vid <= 4095)) continue
    throw new FaucetError('invalid', `output.${key} is ${describeValue(vid)}; a VID is from 1 to 4095`)
  }
  return to
}

function checkedPort(key: string, port: NameOrNumber): NameOrNumber {
  if (typeof port === 'string' ? port !== '' : Number.isInteger(port) && port >= 1 && port <= 0xffffffff) return port
  throw new FaucetError('invalid', `${key} is ${describeValue(port)}; it must be a port's number, from 1, or its name`)
}
