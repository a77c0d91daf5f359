import type { NetworkOptions, Spec } from '../model/network.js'
import { nearest } from './nearest.js'
import { aclsFor, parseBoolSpec, parseMacPrefixSpec, parseSpec, specFor } from './spec.js'
import { Problems, quote } from './wrong.js'

/** What a container's labels ask of its ports. */
export interface ContainerLabels {
  /** undefined: no label, or an empty one; the network's `default_acl` holds. */
  readonly portAcl: Spec | undefined
  readonly mirror: Spec<boolean>
  /** Values such as `0e:99`, lower case. */
  readonly macPrefix: Spec
}

/** What one port of a container is to have. */
export interface PortSettings {
  readonly acls: readonly string[]
  readonly mirror: boolean
  /** `0e:99`; undefined: the address stays. */
  readonly macPrefix: string | undefined
}

/** dovesnap's prefix of labels, and the shorter one that says the same. */
export const labelPrefixes = ['dovesnap.faucet.', 'streambed.'] as const

const names = ['portacl', 'mirror', 'mac_prefix'] as const

/**
 * The labels of a container (`docker run --label dovesnap.faucet.portacl=…`); `streambed.portacl`, `streambed.mirror` and
 * `streambed.mac_prefix` are the same under a shorter name.
 *
 * Throws one `DockerDriverError` `invalid` that names every label that cannot be parsed, an unknown one of `dovesnap.faucet.*`, and
 * the two names of one label when they say different things. Other labels, those of other programs under `streambed.` too, are ignored.
 */
export function parseLabels(labels: Readonly<Record<string, string>>): ContainerLabels {
  const problems = new Problems()
  const [dovesnap, short] = labelPrefixes
  for (const label of Object.keys(labels)) {
    if (!label.startsWith(dovesnap)) continue
    const name = label.slice(dovesnap.length)
    if (names.some((known) => known === name)) continue
    const like = nearest(name, names)
    const right = like ? `did you mean ${dovesnap}${like}?` : `there are ${names.map((known) => dovesnap + known).join(', ')}`
    problems.add(`label ${quote(label)}`, `there is no such label; ${right}`)
  }
  const read = <T>(name: (typeof names)[number], fallback: T, parse: (text: string) => T): T => {
    const given = labelPrefixes.filter((prefix) => Object.hasOwn(labels, prefix + name) && labels[prefix + name] !== '')
    const [prefix, other] = given
    if (prefix === undefined) return fallback
    const text = labels[prefix + name] ?? ''
    if (other !== undefined && labels[short + name] !== text) {
      problems.add(`label ${prefix}${name}`, `it is ${quote(text)} while ${other}${name} is ${quote(labels[other + name] ?? '')}; give one of them`)
    }
    return problems.read(`label ${prefix}${name}`, fallback, () => parse(text))
  }
  const parsed: ContainerLabels = {
    portAcl: read('portacl', undefined, parseSpec),
    mirror: read('mirror', [], parseBoolSpec),
    macPrefix: read('mac_prefix', [], parseMacPrefixSpec),
  }
  problems.refuse('labels')
  return parsed
}

/**
 * What a container's port on a network is to have. Its label wins over the network's `default_acl`, even where the label says nothing
 * for this network: it then has no ACL, as in dovesnap.
 */
export function portSettings(labels: ContainerLabels, options: Pick<NetworkOptions, 'defaultAcl'>, networkName: string): PortSettings {
  return {
    acls: aclsFor(labels.portAcl ?? options.defaultAcl, networkName),
    mirror: specFor(labels.mirror, networkName) ?? false,
    macPrefix: specFor(labels.macPrefix, networkName),
  }
}
