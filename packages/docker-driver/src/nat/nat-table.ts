import { DockerDriverError } from '../errors.js'
import type { Network } from '../model/index.js'
import { arpRuleset } from './arp-ruleset.js'
import { dockerUserChange, dropsForwarded, hasDockerUser } from './docker-user.js'
import { enableForwarding } from './forwarding.js'
import { readFlavours, restoreRules, type IptablesFlavour } from './iptables.js'
import { forwardedNetworks, generationChain, natRuleset } from './nat-ruleset.js'
import type { NftCommands } from './nft.js'
import { runProgram } from '../run-program.js'

/** What a {@link NatTable} is made with. */
export interface NatTableOptions {
  /** Name of the nftables table (family inet), and of the chain in Docker's iptables rules: 1 to 28 of a-z, 0-9, `_` and `-`. One for each daemon. */
  readonly table: string
  /** Told once for each reason why packets may not get through although all rules are there. */
  readonly onWarning?: (message: string) => void
  /**
   * Asked each time whether the kernel's forwarding may be switched on: dockerd has to find it as it was, see {@link enableForwarding}. Call
   * {@link NatTable.apply} again when the answer changes. Default: always.
   */
  readonly mayForward?: () => boolean
}

/**
 * Gateways, masquerading and port mappings of all networks, and quiet cards ({@link arpRuleset}), in the kernel of the network namespace that this process is in.
 * Calls are carried out one after the other. Nothing is kept in memory but what was asked for last: a new object in a
 * new process takes over what is there.
 */
export class NatTable {
  readonly #options: NatTableOptions
  #networks: readonly Network[] = []
  #last: Promise<unknown> = Promise.resolve()
  /** A change of endpoints whose turn has not come. */
  #waiting: { networks: readonly Network[]; done?: Promise<void> } | undefined
  /** {@link generationChain} of what was put there last. */
  #generation: string | undefined
  readonly #warned = new Set<string>()
  #isClosed = false

  /** @throws DockerDriverError `invalid`: the table's name is not possible. */
  constructor(options: NatTableOptions) {
    natRuleset([], options.table)
    this.#options = options
  }

  /**
   * Makes the kernel do what these networks want, and nothing else. Connections that are there go on.
   * @param scope `endpoints`: the networks are those of the last call, only containers have come or gone. Then one program runs, and none when no port
   * mapping has changed; what others may have removed is not looked for.
   * @throws DockerDriverError `missing`: no `nft`. `forbidden`, `kernel`: it was refused; nothing is changed then.
   */
  apply(networks: readonly Network[], scope: 'all' | 'endpoints' = 'all'): Promise<void> {
    if (scope === 'all' || this.#waiting === undefined) {
      // What comes while this one waits for its turn is done with it.
      const waiting: { networks: readonly Network[]; done?: Promise<void> } = { networks }
      this.#waiting = scope === 'all' ? undefined : waiting
      waiting.done = this.#inTurn(async () => {
        if (this.#waiting === waiting) this.#waiting = undefined
        this.#networks = waiting.networks
        await (scope === 'all' ? this.#ensure() : this.#update())
      })
      return waiting.done
    }
    this.#waiting.networks = networks
    return this.#waiting.done ?? Promise.resolve()
  }

  /**
   * Mends what others have removed since (`nft flush ruleset`, a firewall's restart, a new network of Docker). Changes nothing when nothing is wrong:
   * three short programs look.
   * Throws as {@link apply}.
   */
  ensure(): Promise<void> {
    return this.#inTurn(() => this.#ensure())
  }

  /**
   * Ends this object. The rules stay, since containers outlive the driver; `apply([])` before removes them all.
   * Waits for calls under way.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return Promise.reject(new DockerDriverError('closed', `The NAT table ${this.#options.table} was closed.`))
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }

  async #ensure(): Promise<void> {
    const { table } = this.#options
    const networks = forwardedNetworks(this.#networks)
    const ruleset = natRuleset(networks, table)
    // Side by side: most of the time is the start of programs.
    const [flavours] = await Promise.all([
      readFlavours(),
      replaceTable(ruleset, 'inet', table),
      replaceTable(arpRuleset(this.#networks, table), 'arp', table),
      this.#forward(networks),
    ])
    this.#generation = generationChain(ruleset)
    await this.#ensureDockerUser(flavours, networks)
  }

  /** The port mappings only: what DOCKER-USER has follows from the networks. */
  async #update(): Promise<void> {
    const networks = forwardedNetworks(this.#networks)
    const ruleset = natRuleset(networks, this.#options.table)
    const generation = generationChain(ruleset)
    // Nothing was put there by this object: what is there is not known.
    if (this.#generation === undefined || generation === undefined) return this.#ensure()
    if (generation === this.#generation) return
    await Promise.all([applyRuleset(ruleset), this.#forward(networks)])
    this.#generation = generation
  }

  async #forward(networks: readonly Network[]): Promise<void> {
    if (this.#options.mayForward?.() ?? true) await enableForwarding(networks)
  }

  async #ensureDockerUser(flavours: readonly IptablesFlavour[], networks: readonly Network[]): Promise<void> {
    const { table } = this.#options
    for (const flavour of flavours) {
      const concerned = networks.filter(({ addresses }) => (flavour.family === 4 ? addresses.ipv4 : addresses.ipv6) !== undefined)
      if (hasDockerUser(flavour.table)) {
        const change = dockerUserChange(flavour.table, concerned, table)
        if (change !== undefined) await restoreRules(flavour, change)
      } else if (concerned.length > 0 && dropsForwarded(flavour.table)) {
        this.#warn(dropWarning(flavour, concerned))
      }
    }
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return
    this.#warned.add(message)
    this.#options.onWarning?.(message)
  }
}

function dropWarning({ program }: IptablesFlavour, networks: readonly Network[]): string {
  const rules = networks.map(({ bridge }) => `-i ${bridge}, -o ${bridge}`).join(', ')
  return `The FORWARD chain of ${program} drops what it does not accept, and there is no chain DOCKER-USER for rules of ours: containers may not reach the outside. Accept there: ${rules}.`
}

async function replaceTable(ruleset: NftCommands, family: 'inet' | 'arp', table: string): Promise<void> {
  const generation = generationChain(ruleset)
  try {
    if (!(await isInPlace(generation, family, table))) await applyRuleset(ruleset)
  } catch (error) {
    // Without nft there is no table; flat networks don't need it.
    const isNeeded = generation !== undefined || !(error instanceof DockerDriverError && error.code === 'missing')
    if (isNeeded) throw error
  }
}

/** Whether the table that is there is the one that is wanted. */
async function isInPlace(generation: string | undefined, family: 'inet' | 'arp', table: string): Promise<boolean> {
  const argv = generation === undefined ? (['table', family, table] as const) : (['chain', family, table, generation] as const)
  const { code } = await runProgram(['nft', 'list', ...argv])
  return (code === 0) === (generation !== undefined)
}

async function applyRuleset(ruleset: NftCommands): Promise<void> {
  // nft opens /dev/stdin by its name.
  const { code, stdout, stderr } = await runProgram(['nft', '-j', '-f', '-'], JSON.stringify(ruleset), { file: true })
  if (code === 0) return
  const text = (stderr.trim() || stdout.trim()).slice(0, 2000)
  const isForbidden = /operation not permitted/i.test(text)
  throw new DockerDriverError(
    isForbidden ? 'forbidden' : 'kernel',
    isForbidden ? 'nft may not change the packet filter: run the driver as root (CAP_NET_ADMIN).' : `nft refused the rules for port mappings and masquerading: ${text}`,
  )
}
