import type { Checker } from './checker.js'
import { findPort, type DpDraft } from './draft.js'
import { quote } from './option.js'
import { get, type ConfigMap } from './value.js'

/** The root of a stack and what follows from it. */
export interface StackTopology {
  /** The candidates, the elected one first. */
  readonly roots: readonly string[]
  readonly rootFloodReflection: boolean
}

/** The ports of a dataplane that are links of a stack. */
export function stackPorts(dp: DpDraft): DpDraft['ports'] extends Map<number, infer Port> ? Port[] : never {
  return [...dp.ports.values()].filter((port) => port.isStack)
}

/** Follows the links of the stack: both ends, one root, all connected. `undefined` without a stack. */
export function resolveStack(checker: Checker, dps: readonly DpDraft[]): StackTopology | undefined {
  const members = dps.filter((dp) => stackPorts(dp).length > 0)
  const [first] = members
  if (!first) return undefined
  const before = checker.issues.length
  for (const dp of members) followLinks(checker, dp, dps)
  const candidates = members.filter((dp) => dp.stack?.truthy('priority'))
  const rank = (dp: DpDraft): number => dp.stack?.int('priority') ?? 0
  const id = (dp: DpDraft): number => dp.options.int('dp_id')
  for (const dp of candidates) {
    if (rank(dp) > 0) continue
    checker.fail(
      [...dp.path, 'stack', 'priority'],
      dp.stack?.get('priority') ?? dp.place,
      'priority is negative',
      '1 or more',
    )
  }
  const roots = [...candidates].sort((one, other) => rank(one) - rank(other) || id(one) - id(other))
  const [root] = roots
  if (!root) {
    checker.fail(
      [...first.path, 'stack', 'priority'],
      first.place,
      'the stack has no root',
      'priority in a dataplane of the stack',
    )
    return undefined
  }
  if (checker.issues.length > before) return undefined
  checkDirections(checker, members)
  const depths = distances(root)
  for (const dp of members) {
    if (!depths.has(dp)) {
      checker.fail(dp.path, dp.place, `${dp.name} is not connected to the root ${root.name}`, 'a link')
    }
  }
  return {
    roots: roots.map((dp) => dp.name),
    // Faucet counts dataplanes, ends included.
    rootFloodReflection: Math.max(...depths.values()) > 1,
  }
}

function followLinks(checker: Checker, dp: DpDraft, dps: readonly DpDraft[]): void {
  for (const port of stackPorts(dp)) {
    const link = port.options.get('stack') as ConfigMap
    const [far, ref] = [get(link, 'dp'), get(link, 'port')]
    const peer = dps.find((one) => far?.kind === 'str' && one.name === far.value)
    const peerPort = peer && findPort(peer, ref)
    const path = [...port.path, 'stack']
    if (!peer) checker.fail([...path, 'dp'], far ?? link, `there is no dataplane ${quote(far ?? link)}`, 'the name of a dataplane')
    else if (!peerPort) {
      checker.fail(
        [...path, 'port'],
        ref ?? link,
        `there is no port ${quote(ref ?? link)} in ${peer.name}`,
        'a port there',
      )
    } else port.peer = { dp: peer, port: peerPort }
  }
}

function checkDirections(checker: Checker, members: readonly DpDraft[]): void {
  const ends = new Map<string, number>()
  const links = members.flatMap((dp) =>
    stackPorts(dp).flatMap((port) => {
      if (!port.peer) return []
      const sides = [JSON.stringify([dp.name, port.name]), JSON.stringify([port.peer.dp.name, port.peer.port.name])]
      const name = sides.sort().join(' - ')
      ends.set(name, (ends.get(name) ?? 0) + 1)
      return [{ port, name, peer: port.peer }]
    }),
  )
  for (const { port, name, peer } of links) {
    if (ends.get(name) === 2) continue
    const message = `the link to port ${peer.port.name} of ${peer.dp.name} is only in one direction`
    checker.fail(
      [...port.path, 'stack'],
      port.options.get('stack') ?? port.place,
      message,
      'a stack port that leads back',
    )
  }
}

function distances(root: DpDraft): Map<DpDraft, number> {
  const depths = new Map([[root, 0]])
  // A Map goes on through what is added meanwhile: breadth first.
  for (const [dp, depth] of depths) {
    for (const { peer } of stackPorts(dp)) if (peer && !depths.has(peer.dp)) depths.set(peer.dp, depth + 1)
  }
  return depths
}
