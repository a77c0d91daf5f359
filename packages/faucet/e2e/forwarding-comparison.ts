import { parseFaucetConfig, resolveFaucetConfig, type ResolvedFaucetConfig } from '@streambed/faucet'
import type { ForwardingCase } from './forwarding-case.js'
import { OurFaucet } from './forwarding-embedded.js'
import type { RealFaucet } from './forwarding-faucet.js'
import { framesOf } from './forwarding-frames.js'
import { hostsOf } from './forwarding-hosts.js'
import type { ForwardingLab, LabNetwork } from './forwarding-lab.js'
import { packetsOf } from './forwarding-packets.js'
import { outcomeOf, type Outcome } from './forwarding-trace.js'

/** Before any host has sent anything, and after all have. */
export type Phase = 'before' | 'after'

/** A packet that comes out otherwise. */
export interface ForwardingDifference {
  readonly name: string
  readonly phase: Phase
  readonly dp: string
  readonly packet: string
  readonly real: Outcome
  readonly ours: Outcome
  readonly realTrace: string
  readonly ourTrace: string
}

/** A flow, group or meter that only one of both switches has. */
export interface FlowDifference {
  readonly name: string
  readonly phase: Phase
  readonly dp: string
  readonly side: 'real' | 'ours'
  readonly flow: string
  /** Whether the other one has the same flow, but ends it by other times. */
  readonly onlyTimes: boolean
}

/** What came of one configuration. */
export interface Comparison {
  readonly name: string
  /** Packets that were tried, each before and after. */
  readonly packets: number
  /** Traces that were compared. */
  readonly traces: number
  /** How many of the packets after learning went out of at least one port, at the real Faucet's switch. */
  readonly delivered: number
  readonly flows: number
  readonly different: readonly ForwardingDifference[]
  readonly flowDifferences: readonly FlowDifference[]
  /** Whether it is a stack that learns by routing (option `route_learning`, or VIPs). */
  readonly routesInStack: boolean
  readonly log: readonly string[]
}

/** How many numbers of dataplanes are kept apart for a case: no two cases share one. */
const idsOfCase = 16

/** Milliseconds in which a stack must come to rest, and during which nothing may change. */
const patience = { stack: 6000, calm: 1200 }

/**
 * Both controllers with one configuration.
 * @param number of the case: no two have the same
 * @param signal ends it before its time
 */
export async function compareForwarding(
  lab: ForwardingLab,
  real: RealFaucet,
  { name, yaml, absent }: ForwardingCase,
  number: number,
  signal: AbortSignal,
): Promise<Comparison> {
  const text = yaml.replace(/\bdp_id: (\d+)/g, (_, id: string) => `dp_id: ${(number + 1) * idsOfCase + Number(id)}`)
  const config = resolveFaucetConfig(parseFaucetConfig(text))
  await real.load(text)
  const ours = await OurFaucet.start(text)
  const networks = await lab.networks(config, { real: real.target, ours: ours.target }, absent)
  const { real: realSide, ours: ourSide } = networks
  try {
    const dpIds = config.dps.map(({ dp_id }) => Number(dp_id))
    const settleWith = async (links: readonly [number, number]) => {
      signal.throwIfAborted()
      return Promise.all([real.settle(dpIds, links[0]), ours.settle(links[1])])
    }
    const links = linksOf(config, absent)
    // Links that do not come up, since an ACL drops the probes, are waited for once, not after every frame.
    const up = await settleWith([links, links])
    const settle = () => settleWith(up)
    const isStack = config.dps.some(({ stack }) => stack)
    if (isStack) await atRest(config, realSide, ourSide, settle)
    ours.slowDown()
    const packets = packetsOf(config)
    const run = new Run(name, config, realSide, ourSide)
    await run.compare('before', packets)
    const dps = new Map(config.dps.map((dp) => [dp.name, dp]))
    const frames = hostsOf(config).flatMap((host) => {
      const dp = dps.get(host.dp)
      if (!dp || absent.includes(`${host.dp}:${host.port}`)) return []
      return framesOf(dp, host).map((frame, round) => ({ host, frame, round }))
    })
    const inTurns = frames.sort((a, b) => a.round - b.round)
    // In a stack a dataplane may see a host before the one where the host is: it is learned there the second time.
    let last = 0
    for (const { host, frame, round } of isStack ? [...inTurns, ...inTurns] : inTurns) {
      // What one dataplane knows decides what another one makes of it. One that is alone takes frame after frame anyway.
      if (isStack || round !== last) await settle()
      last = round
      await Promise.all([realSide, ourSide].map((side) => side.receive(host.dp, host.port, frame)))
    }
    await settle()
    await run.compare('after', packets)
    const routesInStack = config.dps.some(({ stack }) => stack?.route_learning)
    return { ...run.result(packets.length), routesInStack, log: ours.log.filter((line) => /^(?:error|warning)/.test(line)) }
  } finally {
    await ours.close()
    await networks.close()
  }
}

/** How many ends of stack links there are. */
function linksOf(config: ResolvedFaucetConfig, absent: readonly string[]): number {
  let count = 0
  for (const dp of config.dps) {
    for (const { number, stack } of dp.ports.values()) {
      if (stack && !absent.includes(`${dp.name}:${number}`) && !absent.includes(`${stack.dp}:${stack.port}`)) count++
    }
  }
  return count
}

/** Waits until both stacks have found their root and their paths: until their flows are equal, or change no more. */
async function atRest(
  config: ResolvedFaucetConfig,
  real: LabNetwork,
  ours: LabNetwork,
  settle: () => Promise<unknown>,
): Promise<void> {
  let last = ''
  let since = performance.now()
  for (const begin = since; performance.now() - begin < patience.stack; ) {
    await settle()
    const [a, b] = await Promise.all([real, ours].map((side) => textOf(config, side)))
    if (a === b) return
    if (`${a}${b}` === last && performance.now() - since > patience.calm) return
    if (`${a}${b}` !== last) since = performance.now()
    last = `${a}${b}`
  }
}

async function textOf(config: ResolvedFaucetConfig, network: LabNetwork): Promise<string> {
  const flows = await Promise.all(config.dps.map((dp) => network.flows(dp.name)))
  return flows.map((lines) => lines.filter((line) => !isMiss(line)).map(trimmed).join('\n')).join('\n\n')
}

/** Whether a flow does what would be done without it, so that ours leave it out: it drops where nothing else matches. */
function isMiss(flow: string): boolean {
  return flow.endsWith('actions=drop')
}

/** What is done to a packet after it has left for the last time is not worth a word. */
function trimmed(flow: string): string {
  return /goto_table|ct\(|write_/.test(flow) ? flow : flow.replace(/(,(?:set_field|push_vlan|pop_vlan)[^,]*)+$/, '')
}

/** A group without a bucket drops, and so does a flow that leads to it. */
function withoutEmptyGroups(entries: readonly string[]): readonly string[] {
  const empty = new Set(entries.flatMap((entry) => /^ *group_id=(\d+),type=all$/.exec(entry)?.[1] ?? []))
  return entries
    .filter((entry) => !/^ *group_id=\d+,type=all$/.test(entry))
    .map((entry) => entry.replace(/actions=group:(\d+)$/, (text, id: string) => (empty.has(id) ? 'actions=drop' : text)))
}

function withoutTimes(flow: string): string {
  return flow.replace(/(?:idle|hard)_timeout=\*, /g, '')
}

class Run {
  readonly #name: string
  readonly #config: ResolvedFaucetConfig
  readonly #real: LabNetwork
  readonly #ours: LabNetwork
  readonly #different: ForwardingDifference[] = []
  readonly #flowDifferences: FlowDifference[] = []
  #traces = 0
  #delivered = 0
  #flows = 0

  constructor(name: string, config: ResolvedFaucetConfig, real: LabNetwork, ours: LabNetwork) {
    this.#name = name
    this.#config = config
    this.#real = real
    this.#ours = ours
  }

  async compare(phase: Phase, packets: readonly { readonly dp: string; readonly text: string }[]): Promise<void> {
    for (const { name: dp } of this.#config.dps) await this.#compareFlows(phase, dp)
    for (const { dp, text } of packets) {
      const [realTrace, ourTrace] = await Promise.all([this.#real.trace(dp, text), this.#ours.trace(dp, text)])
      const real = outcomeOf(realTrace, this.#real.portNames)
      const ours = outcomeOf(ourTrace, this.#ours.portNames)
      this.#traces++
      if (phase === 'after' && real.some((copy) => /^sw/.test(copy))) this.#delivered++
      if (real.join('\n') === ours.join('\n')) continue
      this.#different.push({ name: this.#name, phase, dp, packet: text, real, ours, realTrace, ourTrace })
    }
  }

  result(packets: number): Omit<Comparison, 'log' | 'routesInStack'> {
    return {
      name: this.#name,
      packets,
      traces: this.#traces,
      delivered: this.#delivered,
      flows: this.#flows,
      different: this.#different,
      flowDifferences: this.#flowDifferences,
    }
  }

  async #compareFlows(phase: Phase, dp: string): Promise<void> {
    const entries = async (side: LabNetwork) => withoutEmptyGroups([...(await side.flows(dp)).map(trimmed), ...(await side.groupsAndMeters(dp))])
    const [real, ours] = await Promise.all([entries(this.#real), entries(this.#ours)])
    this.#flows += real.length
    const only = (side: 'real' | 'ours', these: readonly string[], those: readonly string[]) => {
      const others = new Set(those)
      const timeless = new Set(those.map(withoutTimes))
      for (const flow of these) {
        if (others.has(flow)) continue
        this.#flowDifferences.push({ name: this.#name, phase, dp, side, flow, onlyTimes: timeless.has(withoutTimes(flow)) })
      }
    }
    only('real', real, ours)
    only('ours', ours, real)
  }
}
