import type { StringMap } from '@streambed/ovs'
import type { ObservedLink } from './plan-reconcile.js'
import { key } from './state.js'

/** How an interface of the machine was before it became a port: it is to be so again when the network goes. */
export interface FormerInterface {
  readonly up: boolean
  readonly promiscuous: boolean
}

/** How links are now, by name. */
export function formersOf(links: Iterable<ObservedLink>): ReadonlyMap<string, FormerInterface> {
  return new Map([...links].map(({ name, up, promiscuous }) => [name, { up, promiscuous: promiscuous === true }]))
}

/** As it is kept in the `external_ids` of the bridge: those of a port go when somebody removes it. */
export function formerIds(formers: ReadonlyMap<string, FormerInterface>): StringMap {
  return formers.size === 0 ? {} : { [key.former]: JSON.stringify(Object.fromEntries(formers)) }
}

/** What was kept, by interface; nothing when it is damaged. */
export function readFormers(ids: StringMap): ReadonlyMap<string, FormerInterface> {
  try {
    const kept = JSON.parse(ids[key.former] ?? '{}') as Readonly<Record<string, Partial<FormerInterface> | null>>
    return new Map(Object.entries(kept).map(([name, former]) => [name, { up: former?.up !== false, promiscuous: former?.promiscuous !== false }]))
  } catch {
    return new Map()
  }
}

/** What is to be changed about an interface so that it is as it was; undefined when it is. What others did to it since, beyond that, stays. */
export function restoration(now: ObservedLink, former: FormerInterface): { readonly up?: false; readonly promiscuous?: false } | undefined {
  const change = { ...(now.up && !former.up && { up: false as const }), ...(now.promiscuous === true && !former.promiscuous && { promiscuous: false as const }) }
  return Object.keys(change).length === 0 ? undefined : change
}
