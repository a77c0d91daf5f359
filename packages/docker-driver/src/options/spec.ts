import type { Spec, SpecItem } from '../model/network.js'
import { parseBool } from './scalar.js'
import { parseMacPrefix } from './mac.js'
import { wrong } from './wrong.js'

/**
 * A specification of ACLs: items with `/` between, each `acls` for every network or `network:acls` for the network of that name,
 * where `acls` is one name or several with commas. `network:` alone says: none on that network. Empty text: no items.
 * What follows the first colon is the value. Throws `DockerDriverError` `invalid`.
 */
export function parseSpec(text: string): Spec {
  return parseItems(text, ':', (value, item) => {
    if (value !== '' && splitAcls(value).includes('')) {
      throw wrong(text, `no list of ACLs: item ${quoteItem(item)} has an empty name`, 'write one ACL, or several such as a,b')
    }
    return value
  })
}

/** A specification of truth values, such as `true` or `office:true/lab:false`. Throws `DockerDriverError` `invalid`. */
export function parseBoolSpec(text: string): Spec<boolean> {
  return parseItems(text, ':', parseBool)
}

/**
 * A specification of MAC prefixes. Since a prefix itself has colons, and `be` is a possible name of a network, the network stands
 * before an equals sign, which no name of a network can contain: `0e:99` or `0e:99/lab=0e:aa`. Throws `DockerDriverError` `invalid`.
 */
export function parseMacPrefixSpec(text: string): Spec {
  return parseItems(text, '=', (value, item) => {
    const [, network, prefix] = /^([^=:]+):([0-9a-f:]+)$/i.exec(item) ?? []
    if (network !== undefined && prefix !== undefined && !/^[0-9a-f]{1,2}$/i.test(network)) {
      throw wrong(item, 'no prefix of a MAC address', `for one network write ${network}=${prefix}`)
    }
    return parseMacPrefix(value)
  })
}

/** What a specification says for a network: the value of the last item that fits; undefined when none does. */
export function specFor<Value>(spec: Spec<Value>, networkName: string): Value | undefined {
  return spec.findLast((item) => item.network === undefined || item.network === networkName)?.value
}

/** The ACLs that a specification gives to a network, in their order; none when no item fits. */
export function aclsFor(spec: Spec, networkName: string): readonly string[] {
  const value = specFor(spec, networkName)
  return value === undefined || value === '' ? [] : splitAcls(value)
}

/** Whether a specification says something for one network only: what it says then depends on the network's name. */
export function namesNetworks(spec: Spec<unknown>): boolean {
  return spec.some(({ network }) => network !== undefined)
}

/** Every ACL that a specification names, for whichever network, each once. */
export function aclsOfSpec(spec: Spec): readonly string[] {
  return [...new Set(spec.flatMap(({ value }) => (value === '' ? [] : splitAcls(value))))]
}

/** A specification as {@link parseSpec} reads it. */
export function formatSpec(spec: Spec): string {
  return spec.map(({ network, value }) => (network === undefined ? value : `${network}:${value}`)).join('/')
}

function parseItems<Value>(text: string, mark: string, parse: (value: string, item: string) => Value): Spec<Value> {
  if (text === '') return []
  const items = text.split('/')
  return items.map((item, index): SpecItem<Value> => {
    const what = `item ${index + 1} of ${items.length}`
    if (item === '') throw wrong(text, `incomplete: ${what} is empty`, `write a value, or network${mark}value, between the slashes`)
    const at = item.indexOf(mark)
    if (at === 0) throw wrong(text, `incomplete: ${what} has no network before the "${mark}"`, `write network${mark}value`)
    const network = at < 0 ? undefined : item.slice(0, at)
    return { network, value: parse(item.slice(at + 1), item) }
  })
}

function splitAcls(value: string): readonly string[] {
  return value.split(',').map((name) => name.trim())
}

function quoteItem(item: string): string {
  return JSON.stringify(item.slice(0, 40))
}
