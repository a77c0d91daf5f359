import { isDeepStrictEqual } from 'node:util'
import type { DpState, NetworkState } from '../core/state.js'
import { StackGraph } from './graph.js'
import { configuredLinks, isCarrying, stackMembers } from './links.js'
import { endKey, noTopology, stackState, type StackLink, type StackNode, type StackState, type StackTopology } from './state.js'

/**
 * The stack as it is now: the links that carry packets, and what each port is to its dataplane.
 * @param before is given back when it is the same
 */
export function topologyOf(
  network: Pick<NetworkState, 'dps'>,
  ports: StackState['ports'],
  elected: string | undefined,
  before: StackTopology,
): StackTopology {
  const members = stackMembers(network)
  const [first] = members
  if (!first?.dp.stack) return noTopology
  const { roots, root: configured } = first.dp.stack
  const root = elected !== undefined && roots.includes(elected) ? elected : configured
  const links = configuredLinks(network)
  const carrying = links.filter((link) => isCarrying(network, ports, link))
  const names = members.map(({ dp }) => dp.name)
  const farthest = root === undefined ? 0 : Math.max(...new StackGraph(names, links).distances(root).values())
  const topology: StackTopology = {
    root,
    // Faucet goes by the links of the configuration, whether they carry packets or not.
    reflection: farthest > 1,
    links: carrying,
    nodes: nodesOf(members, carrying, ports, root),
  }
  return isDeepStrictEqual(topology, before) ? before : topology
}

function nodesOf(
  members: readonly DpState[],
  links: readonly StackLink[],
  ports: StackState['ports'],
  root: string | undefined,
): ReadonlyMap<string, StackNode> {
  const names = members.map(({ dp }) => dp.name)
  const graph = new StackGraph(names, links)
  const paths = new Map<string, Map<string, readonly string[]>>(names.map((name) => [name, new Map()]))
  for (const to of names) for (const [from, path] of graph.pathsTo(to)) paths.get(from)?.set(to, path)
  const depth = (name: string) => (root === undefined ? 0 : (paths.get(name)?.get(root)?.length ?? 0))
  const farthest = Math.max(0, ...names.map(depth))
  return new Map(
    members.map(({ dp: { name } }) => {
      const ends = endsAt(name, links, ports)
      // A port where nothing has been heard is not used, although the far end hears this one.
      const up = ends.filter((end) => end.up)
      const nearest = Math.min(...up.map((end) => depth(end.far)))
      const nearer = name === root ? [] : up.filter((end) => depth(end.far) === nearest)
      const next = (root !== undefined && paths.get(name)?.get(root)?.[1]) || nearer[0]?.far
      const away = up.filter((end) => !nearer.includes(end))
      const node: StackNode = {
        nearer: numbers(nearer),
        towards: numbers(nearer.filter((end) => end.far === next)),
        chosen: nearer.find((end) => end.far === next)?.port,
        away: numbers(away),
        inactive: numbers(away.filter((end) => root === undefined || !paths.get(end.far)?.get(root)?.includes(name))),
        pruned: numbers(away.filter((end) => isBeside(end, away))),
        edge: name !== root && farthest === depth(name),
        paths: paths.get(name) ?? new Map(),
        neighbours: neighboursOf(ends),
      }
      return [name, node]
    }),
  )
}

/** A link as one of its dataplanes sees it. */
interface Link {
  readonly port: number
  readonly up: boolean
  readonly far: string
  readonly farPort: number
  readonly farUp: boolean
}

function endsAt(name: string, links: readonly StackLink[], ports: StackState['ports']): readonly Link[] {
  const ends = links.flatMap(({ ends: [a, z] }) => {
    const isUp = (end: typeof a) => ports.get(endKey(end.dp, end.port)) === stackState.up
    const seen = (here: typeof a, there: typeof a): Link[] =>
      here.dp === name ? [{ port: here.port, up: isUp(here), far: there.dp, farPort: there.port, farUp: isUp(there) }] : []
    return [...seen(a, z), ...seen(z, a)]
  })
  return ends.sort((one, other) => one.port - other.port)
}

/** Whether there is a link to the same neighbour that has a lower number there. */
function isBeside(end: Link, away: readonly Link[]): boolean {
  return end.farUp && away.some((other) => other.far === end.far && other.farUp && other.farPort < end.farPort)
}

/** The port to each neighbour: one where the far end has been heard, if there is one. */
function neighboursOf(ends: readonly Link[]): ReadonlyMap<string, number> {
  const neighbours = new Map<string, number>()
  for (const end of [...ends.filter((one) => one.up), ...ends]) if (!neighbours.has(end.far)) neighbours.set(end.far, end.port)
  return neighbours
}

function numbers(ends: readonly Link[]): readonly number[] {
  return ends.map((end) => end.port)
}
