import type { Network } from '../model/index.js'

/**
 * What the `filter` table of iptables has to say about our packets. dockerd sets the policy of FORWARD to DROP, and an accept in another
 * table does not undo that; its chain DOCKER-USER is the documented place for rules of others, and survives its restarts.
 */
export interface FilterTable {
  /** Lines of `iptables -S`: policies, chains, rules. */
  readonly lines: readonly string[]
}

/** Reads what `iptables -S` printed. */
export function parseFilterTable(text: string): FilterTable {
  return { lines: text.split('\n').map((line) => line.trim()).filter((line) => line !== '') }
}

/** Whether dockerd keeps its rules in this table. */
export function hasDockerUser({ lines }: FilterTable): boolean {
  return lines.includes('-N DOCKER-USER')
}

/** Whether the policy drops what is forwarded and no rule accepts. */
export function dropsForwarded({ lines }: FilterTable): boolean {
  return lines.includes('-P FORWARD DROP')
}

/**
 * The input for `iptables-restore --noflush` that gives the table a chain of ours with the rules for these networks, called at the end of DOCKER-USER (a
 * user's own rules there come first); or that takes it away when there are no networks. undefined when the table is right already.
 * The restore is one transaction, and touches nothing else.
 *
 * The rules: what comes from our bridges is accepted, but for the bridges of Docker itself, for which Docker's rules decide. To a bridge of mode
 * routed all is accepted, to one of mode nat what was asked for or sent to a published port.
 * @param networks Those of {@link forwardedNetworks}.
 * @param chain Name of our chain, and comment of each rule: nothing but letters, digits, `_` and `-`.
 */
export function dockerUserChange(table: FilterTable, networks: readonly Network[], chain: string): string | undefined {
  const exists = table.lines.includes(`-N ${chain}`)
  const call = `-m comment --comment ${chain} -j ${chain}`
  const calls = table.lines.filter((line) => line === `-A DOCKER-USER ${call}`).length
  if (networks.length === 0) {
    if (!exists) return undefined
    const uncall = Array.from({ length: calls }, () => `-D DOCKER-USER ${call}`)
    return restore([`:${chain} - [0:0]`, ...uncall, `-X ${chain}`])
  }
  const wanted = chainRules(networks, dockerBridges(table), chain)
  const present = table.lines.filter((line) => line.startsWith(`-A ${chain} `))
  const isSame = exists && present.length === wanted.length && present.every((line, index) => line === wanted[index])
  const isCalled = calls === 1 && isReached(table, `-A DOCKER-USER ${call}`)
  if (isSame && isCalled) return undefined
  const recall = isCalled ? [] : [...Array.from({ length: calls }, () => `-D DOCKER-USER ${call}`), `-I DOCKER-USER ${callPosition(table, call)} ${call}`]
  return restore([`:${chain} - [0:0]`, ...wanted, ...recall])
}

function restore(lines: readonly string[]): string {
  return ['*filter', ...lines, 'COMMIT', ''].join('\n')
}

function chainRules(networks: readonly Network[], docker: readonly string[], chain: string): string[] {
  const tag = `-m comment --comment ${chain}`
  const outgoing = networks.flatMap(({ bridge }) => [
    ...docker.filter((other) => other !== bridge).map((other) => `-i ${bridge} -o ${other} ${tag} -j RETURN`),
    `-i ${bridge} ${tag} -j ACCEPT`,
  ])
  const incoming = networks.flatMap(({ bridge, options }) =>
    options.mode === 'routed'
      ? [`-o ${bridge} ${tag} -j ACCEPT`]
      : ['RELATED,ESTABLISHED', 'DNAT'].map((state) => `-o ${bridge} -m conntrack --ctstate ${state} ${tag} -j ACCEPT`),
  )
  return [...outgoing, ...incoming].map((rule) => `-A ${chain} ${rule}`)
}

/** Docker's own bridges: it sends what is for them to its chain DOCKER. */
function dockerBridges({ lines }: FilterTable): string[] {
  const names = lines.map((line) => /^-A \S+ -o (\S+) -j DOCKER$/.exec(line)?.[1]).filter((name) => name !== undefined)
  return [...new Set(names)].sort()
}

const everythingReturns = '-A DOCKER-USER -j RETURN'

function isReached({ lines }: FilterTable, call: string): boolean {
  const end = lines.indexOf(everythingReturns)
  return end === -1 || lines.indexOf(call) < end
}

/** Before the rule that ends the chain for every packet, which older versions of Docker add; counted from 1, without our own calls. */
function callPosition({ lines }: FilterTable, call: string): number {
  const rules = lines.filter((line) => line.startsWith('-A DOCKER-USER ') && line !== `-A DOCKER-USER ${call}`)
  const end = rules.indexOf(everythingReturns)
  return (end === -1 ? rules.length : end) + 1
}
