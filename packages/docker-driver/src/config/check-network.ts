import { formatConfigIssue, getAclNames, validateFaucetConfig, type FaucetConfig } from '@streambed/faucet'
import { DockerDriverError, type DockerDriverErrorCode } from '../errors.js'
import type { Network } from '../model/network.js'
import { aclsFor, aclsOfSpec, labelPrefixes, specsOfAddedPort } from '../options/index.js'
import type { ConfigContext } from './context.js'
import { networkConfig } from './network-config.js'
import { bridgeDescription, exact } from './network-dp.js'
import { provisional } from './provisional.js'
import { vlanProblems } from './vlan-problems.js'

/** What a check depends on beside the networks. */
export interface CheckContext extends ConfigContext {
  /** Bridges of the machine that are not those of the networks: their names cannot be given again. */
  readonly bridges?: ReadonlySet<string> | undefined
  /** There is a mirror bridge, so that each network needs its `lbport`. With `mirrorTo` it does anyway. */
  readonly mirroring?: boolean | undefined
}

/** One thing that is wrong with a network. */
export interface NetworkProblem {
  readonly code: DockerDriverErrorCode
  readonly message: string
}

/**
 * Refuses a network, or a container on it, before anything is touched: what does not go with the other networks and the operator's
 * configuration. Call it with the network as it is to become: new, or with the container in its endpoints. `networks` may contain an
 * older value of the same network. As long as Docker has not told the network's name (`name` is the bridge's), the ACLs for networks
 * of every name must exist.
 *
 * Throws one `DockerDriverError` with all that is wrong, and the code of the first: `conflict` (datapath id, bridge, interface,
 * VLAN, port), `not-found` (an ACL, a dataplane of the stack), `invalid` (what Faucet would refuse).
 */
export function checkNetwork(network: Network, networks: readonly Network[], base: FaucetConfig, context: CheckContext = {}): void {
  const others = networks.filter(({ id }) => id !== network.id)
  const found = [
    ...takenProblems(network, others, base, context),
    ...aclProblems(network, base),
    ...portProblems(network, others, context),
    ...vlanProblems(network, others, base, context),
  ]
  // What is wrong already would only be said again, in words of the configuration.
  const problems = found.length > 0 ? found : configProblems(network, others, base, context)
  const [first, ...more] = problems
  if (first === undefined) return
  const list = more.length === 0 ? ` ${first.message}` : problems.map(({ message }) => `\n- ${message}`).join('')
  throw new DockerDriverError(first.code, `network ${network.name}:${list}`)
}

function takenProblems(network: Network, others: readonly Network[], base: FaucetConfig, context: CheckContext): NetworkProblem[] {
  const { dpid, bridge } = network
  const problems: NetworkProblem[] = []
  const conflict = (message: string): void => void problems.push({ code: 'conflict', message })
  const hex = `0x${dpid.toString(16)}`
  const same = others.find((other) => other.dpid === dpid)
  const far = Object.entries(base.dps ?? {}).find(([, dp]) => dp?.dp_id != null && BigInt(dp.dp_id) === dpid)
  const right = 'give another ovs.bridge.dpid, or none: a free one is chosen'
  if (same) conflict(`datapath id ${hex} is that of network ${same.name}; ${right}`)
  else if (far && far[0] !== network.name && far[1].description !== bridgeDescription(bridge)) {
    conflict(`datapath id ${hex} (dp_id ${exact(dpid)}) is that of dataplane ${far[0]} of the Faucet configuration; ${right}`)
  }
  if (context.stack?.dpid === dpid) conflict(`datapath id ${hex} is that of the stacking bridge ${context.stack.bridge}; ${right}`)
  const named = others.find((other) => other.bridge === bridge)
  if (named) conflict(`bridge ${bridge} is that of network ${named.name}; give another ovs.bridge.name, or none`)
  else if (context.bridges?.has(bridge) || context.stack?.bridge === bridge) {
    conflict(`there is a bridge ${bridge} already; give another ovs.bridge.name, or none`)
  }
  return problems
}

function aclProblems(network: Network, base: FaucetConfig): NetworkProblem[] {
  const { options, name } = network
  const named = !(network.unnamed ?? name === network.bridge)
  const used = (spec: Parameters<typeof aclsOfSpec>[0]) => (named ? aclsFor(spec, name) : aclsOfSpec(spec))
  const asked: (readonly [where: string, acls: readonly string[]])[] = [
    ['ovs.bridge.nat_acl', options.mode === 'flat' ? [] : used(options.natAcl)],
    ['ovs.bridge.default_acl', used(options.defaultAcl)],
    ['ovs.bridge.vlan_out_acl', used(options.vlanOutAcl)],
    ...options.addPorts.map((port) => [`ovs.bridge.add_ports (${port.name})`, specsOfAddedPort(port).flatMap(used)] as const),
    ...options.addCoproPorts.map((port) => [`ovs.bridge.add_copro_ports (${port.name})`, specsOfAddedPort(port).flatMap(used)] as const),
    ...[...network.endpoints.values()].flatMap(({ joined }) => {
      const prefix = labelPrefixes.find((one) => joined?.labels[`${one}portacl`])
      return joined && prefix ? [[`label ${prefix}portacl of container ${joined.containerName}`, joined.acls] as const] : []
    }),
  ]
  const known = getAclNames(base)
  const some = known.slice(0, 20).join(', ') + (known.length > 20 ? ` and ${known.length - 20} more` : '')
  return asked.flatMap(([where, acls]) =>
    acls
      .filter((acl) => !known.includes(acl))
      .map((acl): NetworkProblem => ({
        code: 'not-found',
        message: `${where} names the ACL ${JSON.stringify(acl)}, which the Faucet configuration does not have (it has ${some || 'none'})`,
      })),
  )
}

function portProblems(network: Network, others: readonly Network[], context: CheckContext): NetworkProblem[] {
  const { addPorts, addCoproPorts, lbPort } = network.options
  const ports = [...addPorts, ...addCoproPorts]
  const problems = ports.flatMap(({ name }): NetworkProblem[] => {
    const other = others.find(({ options }) => [...options.addPorts, ...options.addCoproPorts].some((port) => port.name === name))
    if (!other) return []
    return [{ code: 'conflict', message: `interface ${name} is a port of network ${other.name} already; an interface can be in one bridge` }]
  })
  const clash = context.mirroring || context.mirrorTo ? ports.find(({ ofport }) => ofport === lbPort) : undefined
  if (clash) {
    const message = `port ${lbPort} is wanted by ${clash.name} and for mirroring; give ${clash.name} another, or ovs.bridge.lbport`
    problems.push({ code: 'conflict', message })
  }
  return problems
}

function configProblems(network: Network, others: readonly Network[], base: FaucetConfig, context: CheckContext): NetworkProblem[] {
  const isNew = [...network.endpoints.values()].every(({ joined }) => joined === undefined)
  // A container changes nothing for the ports of other networks; a network does, by the ACL of its VLAN.
  const around = isNew ? others : others.map(withoutPorts)
  const [first, ...more] = validateFaucetConfig(networkConfig([...around, provisional(network)], base, context))
  if (first === undefined) return []
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  return [{ code: 'invalid', message: `Faucet would refuse the configuration: ${formatConfigIssue(first)}${rest}` }]
}

function withoutPorts(network: Network): Network {
  return { ...network, endpoints: new Map(), preallocated: [], foreignPorts: new Map() }
}
