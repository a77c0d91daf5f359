import type { ResolvedDp } from '../../config/index.js'
import { makerOf, type FlowMaker } from '../core/flow.js'
import { sameLayout, type Layout } from '../core/layout.js'
import type { DpContext } from '../core/state.js'
import { appliedAcls, withAclsOf, type AclPlace, type AppliedAcls } from './applied.js'
import { differingAcls } from './differing-acls.js'
import { flowsOfPlace, hasTunnel, type KnownEffects, type RuleFlow } from './rule-flows.js'

/** A place where ACLs are applied, and what becomes of their rules there. */
export interface PlaceFlows {
  readonly applied: AppliedAcls
  readonly flows: readonly RuleFlow[]
  /** Whether any rule has a problem. */
  readonly hasProblem: boolean
  /** Whether any rule leads into a tunnel: then the flows depend on the network too. */
  readonly hasTunnel: boolean
}

/** What was made last of a configuration: without tunnels it depends on that, and on the ports that are there. */
interface Made {
  readonly layout: Layout
  readonly ports: DpContext['state']['ports']
  readonly places: readonly PlaceFlows[]
  readonly effects: KnownEffects
  /** The positions of the places of an ACL, by its name. */
  readonly byAcl: ReadonlyMap<string, ReadonlySet<number>>
}

const made = new WeakMap<ResolvedDp, Made>()

/** Every place of a dataplane where ACLs are applied now. */
export function placesOf(context: DpContext): readonly PlaceFlows[] {
  const { places, effects } = madeOf(context)
  if (context.state.dp.tunnel_acls.length === 0) return places
  const make = makerOf(context)
  return places.map((place) => (place.hasTunnel ? placeFlows(context, make, place.applied, effects) : place))
}

/** The rules of all places. */
export function* ruleFlows(context: DpContext): Iterable<RuleFlow> {
  for (const { flows } of placesOf(context)) yield* flows
}

/**
 * The places of a dataplane where other ACLs are applied than before, when nothing else has changed: each as it was and
 * as it is. `undefined` when something else has, or where there are tunnels.
 */
export function differingPlaces(old: DpContext, context: DpContext): readonly (readonly [was: PlaceFlows, is: PlaceFlows])[] | undefined {
  const { dp, layout, ports } = context.state
  const changed = differingAcls(old.state.dp, dp)
  if (!changed || dp.tunnel_acls.length > 0 || old.state.ports !== ports || !sameLayout(old.state.layout, layout)) return undefined
  const was = madeOf(old)
  const touched = [...new Set(changed.flatMap((name) => [...(was.byAcl.get(name) ?? [])]))]
  const places = known(context)?.places ?? followed(was, context, touched)
  return touched.flatMap((index) => {
    const [before, after] = [was.places[index], places[index]]
    return before && after ? [[before, after] as const] : []
  })
}

function madeOf(context: DpContext): Made {
  const there = known(context)
  if (there) return there
  const { dp, layout, ports } = context.state
  const last = made.get(dp)
  const isUsable = last && sameLayout(last.layout, layout)
  const old = new Map(isUsable ? last.places.map((place) => [keyOf(place.applied.place), place]) : [])
  const effects: KnownEffects = isUsable ? last.effects : new Map()
  const make = makerOf(context)
  const places = [...appliedAcls(context)].map((applied) => {
    const place = old.get(keyOf(applied.place))
    return place && !place.hasTunnel ? place : placeFlows(context, make, applied, effects)
  })
  const byAcl = new Map<string, Set<number>>()
  for (const [index, { applied }] of places.entries()) {
    for (const name of applied.names) byAcl.set(name, (byAcl.get(name) ?? new Set()).add(index))
  }
  return keep(dp, { layout, ports, places, effects, byAcl })
}

function known({ state: { dp, layout, ports } }: DpContext): Made | undefined {
  const there = made.get(dp)
  return there?.ports === ports && sameLayout(there.layout, layout) ? there : undefined
}

/** What comes of other ACLs: only the places that are touched are made anew. */
function followed(was: Made, context: DpContext, touched: readonly number[]): readonly PlaceFlows[] {
  const { dp } = context.state
  const make = makerOf(context)
  const places = [...was.places]
  for (const index of touched) {
    const place = was.places[index]
    if (place) places[index] = placeFlows(context, make, withAclsOf(place.applied, dp), was.effects)
  }
  return keep(dp, { ...was, places }).places
}

function keep(dp: ResolvedDp, now: Made): Made {
  made.set(dp, now)
  return now
}

function placeFlows(context: DpContext, make: FlowMaker, applied: AppliedAcls, effects: KnownEffects): PlaceFlows {
  const flows = [...flowsOfPlace(context, make, applied, effects)]
  const hasProblem = flows.some(({ problem }) => problem !== undefined)
  return { applied, flows, hasProblem, hasTunnel: flows.some(({ rule }) => hasTunnel(rule)) }
}

function keyOf(place: AclPlace): string {
  switch (place.type) {
    case 'port':
      return `port ${String(place.port)}`
    case 'vlan':
      return `${place.direction} ${String(place.vid)}`
    case 'dataplane':
      return ''
  }
}
