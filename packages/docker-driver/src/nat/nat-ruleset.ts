import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { DockerDriverError } from '../errors.js'
import type { Endpoint, Network, PortMapping } from '../model/index.js'
import { accept, ct, drop, field, masquerade, match, meta, prefix, toThisMachine, type NftCommand, type NftCommands, type NftValue } from './nft.js'
import { isAnyAddress, mappingFamilies, withoutLength, type IpFamily } from './port-mapping.js'

/** IPv4 and IPv6, as nftables writes their headers. */
const families: readonly { readonly version: IpFamily; readonly header: 'ip' | 'ip6' }[] = [{ version: 4, header: 'ip' }, { version: 6, header: 'ip6' }]
const loopback = prefix('127.0.0.0/8')

/** The name of a table, also used for a chain of iptables, which may have 28 characters. */
const tableName = /^[a-z][a-z0-9_-]{0,27}$/

/**
 * The networks that this machine forwards packets for: nat and routed, with a gateway on their bridge.
 * A flat network has no address on the machine, so there is nothing that a port of the machine could be forwarded over.
 */
export function forwardedNetworks(networks: readonly Network[]): Network[] {
  const isForwarded = (network: Network) => network.options.mode !== 'flat' && families.some(({ version }) => poolOf(network, version))
  return networks.filter(isForwarded).sort((a, b) => (a.bridge < b.bridge ? -1 : 1))
}

/**
 * The whole nftables table of the driver, as commands for `nft -j -f -` that replace it in one transaction. Without a network
 * to forward for, the table is removed. Nothing outside of the table is changed. What it does, for each family:
 *
 * - nat: what leaves the bridge gets the address of the interface that it leaves by; what comes from outside and was not asked for
 *   or sent to a published port does not get in, as with Docker's own networks. Networks of the driver reach each other.
 * - routed: nothing but the port mappings.
 * - port mappings: at all addresses of the machine (the gateway and 127.0.0.1 too), or at the one given; from other machines, from the
 *   machine itself, and from containers of the same network, which then see the gateway's address. Not at ::1: the kernel forwards nothing
 *   from there. It is refused at once, so that programs that try `localhost` in both families get through by 127.0.0.1.
 *   A change holds at once, also for a UDP conversation that goes on, and would stick to its old way: each UDP mapping has a connection tracking zone of its own.
 * - a container can't send to 127.0.0.0/8 of the machine, although `route_localnet` is on for the mappings.
 *
 * @throws DockerDriverError `invalid`: a table name that nftables or iptables would refuse.
 */
export function natRuleset(networks: readonly Network[], table: string): NftCommands {
  if (!tableName.test(table)) {
    throw new DockerDriverError('invalid', `Table name '${table}': 1 to 28 of a-z, 0-9, _ and -, a letter first.`)
  }
  const forwarded = forwardedNetworks(networks)
  const replace: NftCommand[] = [{ add: { table: own(table) } }, { delete: { table: own(table) } }]
  if (forwarded.length === 0) return { nftables: replace }
  const content: NftCommand[] = [{ add: { table: own(table) } }, ...new TableContent(table, forwarded).commands()]
  const generation: NftCommand = { add: { chain: { family: 'inet', table, name: generationOf(content) } } }
  return { nftables: [...replace, ...content, generation] }
}

/**
 * The name of the empty chain that tells which content a table has: it is there exactly when the table is.
 * undefined for a rule set that removes the table.
 */
export function generationChain(ruleset: NftCommands): string | undefined {
  const chain = ruleset.nftables.at(-1)?.add?.['chain']
  const name = typeof chain === 'object' && chain !== null && 'name' in chain ? chain['name'] : undefined
  return typeof name === 'string' ? name : undefined
}

function generationOf(content: readonly NftCommand[]): string {
  return `generation_${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)}`
}

/** 1 to 65535, another one for each container. Answers have none: they are found by the container's address. */
function zoneOf(endpointId: string, port: number): number {
  return 1 + (createHash('sha256').update(`${endpointId} ${port}`).digest().readUInt32BE() % 65535)
}

/** nftables takes 128 bytes of a comment. A character that would be cut in two is left out. */
function shortened(comment: string): string {
  return new TextDecoder().decode(Buffer.from(comment).subarray(0, 100), { stream: true })
}

function own(name: string): { readonly family: string; readonly name: string } {
  return { family: 'inet', name }
}

function poolOf(network: Network, version: IpFamily): string | undefined {
  return (version === 4 ? network.addresses.ipv4 : network.addresses.ipv6)?.pool
}

/** Chains and rules of a table for at least one network. */
class TableContent {
  readonly #table: string
  readonly #networks: readonly Network[]
  readonly #bridges: readonly string[]

  constructor(table: string, networks: readonly Network[]) {
    this.#table = table
    this.#networks = networks
    this.#bridges = networks.map(({ bridge }) => bridge)
  }

  commands(): NftCommand[] {
    return [
      this.#base('guard', 'filter', 'prerouting', -300), // before connection tracking: replies still have the gateway's address
      this.#base('guard_output', 'filter', 'output', -300),
      this.#base('prerouting', 'nat', 'prerouting', -100),
      this.#base('output', 'nat', 'output', -100),
      this.#base('forward', 'filter', 'forward', 0),
      this.#base('postrouting', 'nat', 'postrouting', 100),
      this.#chain('mappings'),
      this.#chain('zones'),
      ...this.#guard(),
      ...['guard', 'guard_output'].map((chain) => this.#rule(chain, [toThisMachine, { jump: { target: 'zones' } }])),
      this.#rule('prerouting', [toThisMachine, { jump: { target: 'mappings' } }]),
      this.#rule('output', [match(field('ip6', 'daddr'), '::1'), { return: null }]),
      this.#rule('output', [toThisMachine, { jump: { target: 'mappings' } }]),
      ...this.#forward(),
      ...this.#networks.flatMap((network) => this.#mappings(network)),
      ...this.#networks.flatMap((network) => this.#masquerading(network)),
    ]
  }

  #guard(): NftCommand[] {
    const from = match(meta('iifname'), { set: this.#bridges })
    return ['daddr', 'saddr'].map((name) => this.#rule('guard', [from, match(field('ip', name), loopback), drop]))
  }

  /** Drops only: an accept here would not be heard by other tables. */
  #forward(): NftCommand[] {
    const nat = this.#networks.filter(({ options }) => options.mode === 'nat').map(({ bridge }) => bridge)
    if (nat.length === 0) return []
    return [
      this.#rule('forward', [match(ct('state'), ['established', 'related'], 'in'), accept]),
      this.#rule('forward', [match(ct('status'), 'dnat', 'in'), accept]),
      this.#rule('forward', [match(meta('iifname'), { set: this.#bridges }, '!='), match(meta('oifname'), { set: nat }), drop]),
    ]
  }

  #mappings(network: Network): NftCommand[] {
    return [...network.endpoints.values()].flatMap((endpoint) =>
      (endpoint.joined?.portMappings ?? []).flatMap((mapping) =>
        mappingFamilies(mapping, endpoint).flatMap((version) => this.#mapping(endpoint, mapping, version)),
      ),
    )
  }

  #mapping(endpoint: Endpoint, mapping: PortMapping, version: IpFamily): NftCommand[] {
    const { protocol, hostPort, containerPort, hostAddress } = mapping
    const [header, addr] = version === 4 ? ['ip', endpoint.ipv4] : ['ip6', endpoint.ipv6]
    const at = hostAddress === undefined || isAnyAddress(hostAddress)
      ? match(meta('nfproto'), isIPv6(withoutLength(addr ?? '')) ? 'ipv6' : 'ipv4')
      : match(field(header ?? '', 'daddr'), hostAddress)
    const to = { family: header ?? '', addr: withoutLength(addr ?? ''), port: containerPort }
    const isFor = [at, match(field(protocol, 'dport'), hostPort)]
    const name = endpoint.joined?.containerName
    const zone = { mangle: { key: { ct: { key: 'zone', dir: 'original' } }, value: zoneOf(endpoint.id, hostPort) } }
    const rules = [this.#rule('mappings', [...isFor, { dnat: to }], name)]
    return protocol === 'udp' ? [this.#rule('zones', [...isFor, zone], name), ...rules] : rules
  }

  #masquerading(network: Network): NftCommand[] {
    const { bridge, name, options } = network
    return families.flatMap(({ version, header }) => {
      const pool = poolOf(network, version)
      if (pool === undefined) return []
      const inside = match(meta('oifname'), bridge)
      const outside = match(meta('oifname'), bridge, '!=')
      const fromPool = match(field(header, 'saddr'), prefix(pool))
      const hairpin = [inside, fromPool, match(ct('status'), 'dnat', 'in'), masquerade]
      const fromLoopback = [inside, match(field('ip', 'saddr'), loopback), masquerade]
      const rules = [hairpin, ...(version === 4 ? [fromLoopback] : []), ...(options.mode === 'nat' ? [[outside, fromPool, masquerade]] : [])]
      return rules.map((rule) => this.#rule('postrouting', rule, name))
    })
  }

  #base(name: string, type: 'filter' | 'nat', hook: string, prio: number): NftCommand {
    return { add: { chain: { family: 'inet', table: this.#table, name, type, hook, prio, policy: 'accept' } } }
  }

  #chain(name: string): NftCommand {
    return { add: { chain: { family: 'inet', table: this.#table, name } } }
  }

  #rule(chain: string, expr: readonly NftValue[], comment?: string): NftCommand {
    const text = comment === undefined || comment === '' ? {} : { comment: shortened(comment.replaceAll('"', '')) }
    return { add: { rule: { family: 'inet', table: this.#table, chain, expr, ...text } } }
  }
}
