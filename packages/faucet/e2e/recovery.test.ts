import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rounds } from './campaign.js'
import { ChangingNetwork, hosts, portCount, streams } from './changing-network.js'
import { until } from './control-switches.js'
import { ControllerChild } from './controller-child.js'
import { outcomeOf } from './forwarding-trace.js'
import { Random } from './random.js'
import { TrafficSwitch } from './traffic-switch.js'

/** Packets a second of each of the six streams: more than 1,000 together. */
const rate = 180
const victims = ['controller', 'switch', 'both'] as const

let sw: TrafficSwitch
let controller: ControllerChild
const network = new ChangingNetwork(new Random(5))
const listen = () => `punix:${sw.controllerSocket}`

beforeEach(async () => {
  sw = await TrafficSwitch.start(hosts, portCount)
  controller = await ControllerChild.start(network.config, listen())
  await sw.connect()
  await controller.ready()
  await sw.go(streams, rate)
  await sw.flowing()
})
afterEach(async () => {
  await controller?.kill()
  await sw?.stop()
})

it('comes back to the same forwarding, whoever is killed and when', async () => {
  const random = new Random(6)
  for (let round = 0; round < rounds(6, 50); round++) {
    const victim = victims[round % victims.length] as (typeof victims)[number]
    const withChange = random.below(2) === 0
    const where = `round ${round}: ${victim} killed${withChange ? ` during the change: ${network.change()}` : ''}`
    await sleep(random.below(300))
    await sameForwarding(where, await matrix(), await kill(victim, withChange, random, where))
  }
}, 3_600_000)

/** Kills somebody, lets everybody come back, and gives what traces say then. */
async function kill(victim: (typeof victims)[number], withChange: boolean, random: Random, where: string): Promise<() => Promise<Matrix>> {
  await steady()
  const before = await controller.state()
  const flowsBefore = await counters()
  await sw.go(streams, rate)
  // What it was told it may have done, in part, or not at all.
  if (withChange) controller.apply(network.config).catch(() => {})
  await sleep(random.below(withChange ? 60 : 10))
  if (victim !== 'switch') await controller.kill()
  if (victim !== 'controller') await sw.killSwitch()
  await sleep(random.below(200))
  if (victim !== 'controller') await sw.returnSwitch()
  if (victim !== 'switch') controller = await ControllerChild.start(network.config, listen())
  await sw.flowing()
  await controller.ready()
  if (victim === 'controller') {
    const { learned, hosts: known } = await controller.state()
    expect(await sw.count(), where).toMatchObject({ lost: 0, unsent: 0 })
    expect(known, where).toEqual(before.hosts)
    expect(learned, where).toEqual([])
    if (!withChange) goOn(flowsBefore, await counters(), where)
  }
  await steady()
  expect((await controller.state()).errors, where).toEqual([])
  return matrix
}

/** What becomes of a packet from each host to each other one. */
type Matrix = Readonly<Record<string, readonly string[]>>

async function matrix(): Promise<Matrix> {
  const names = await sw.portNames()
  const entries: [string, readonly string[]][] = []
  for (const [from, source] of Object.entries(hosts)) {
    for (const [to, target] of Object.entries(hosts)) {
      if (from === to) continue
      const tag = 'tag' in source ? `dl_vlan=${source.tag},` : ''
      const mac = streams.find((stream) => stream.from === from && stream.to === to)?.mac ?? target.mac
      const packet = `in_port=${source.port},${tag}udp,dl_src=${source.mac},dl_dst=${mac},nw_src=${source.ip},nw_dst=${target.ip},nw_ttl=64,udp_dst=4242`
      entries.push([`${from} to ${to}`, outcomeOf(await sw.appctl('ofproto/trace', 'br0', packet), names)])
    }
  }
  return Object.fromEntries(entries)
}

async function sameForwarding(where: string, before: Matrix, now: () => Promise<Matrix>): Promise<void> {
  const after = await now()
  for (const { from, to } of streams) {
    const pair = `${from} to ${to}`
    expect(after[pair], `${where}, ${pair}`).toEqual(before[pair])
    expect(after[pair], `${where}, ${pair}`).toHaveLength(1)
  }
}

/** Waits until the switch has exactly the flows that the controller wants; `ovs-ofctl` compares them. */
async function steady(): Promise<void> {
  const file = join(sw.dir, 'wanted')
  let difference = ''
  const isSame = async () => {
    await writeFile(file, (await controller.state()).flows.join('\n'))
    difference = await sw.ofctl('diff-flows', file).catch((error: { stdout?: string; message: string }) => error.stdout || error.message)
    return difference === ''
  }
  await until(isSame, 15_000).catch((error: Error) => {
    throw new Error(`${error.message}; the difference is\n${difference}`)
  })
}

interface Counter {
  readonly packets: number
  readonly seconds: number
}

/** What every flow has counted, by all that is not counted. */
async function counters(): Promise<ReadonlyMap<string, Counter>> {
  const text = await sw.ofctl('dump-flows')
  const flows = text.split('\n').flatMap((line) => {
    const [, seconds = '', packets = ''] = /duration=([\d.]+)s,.* n_packets=(\d+)/.exec(line) ?? []
    const flow = line.replace(/ (duration|n_packets|n_bytes|idle_age|hard_age)=[^,]+,/g, '')
    return seconds === '' ? [] : [[flow, { packets: Number(packets), seconds: Number(seconds) }] as const]
  })
  return new Map(flows)
}

/** No flow was removed or put there anew: it would begin to count again. */
function goOn(before: ReadonlyMap<string, Counter>, after: ReadonlyMap<string, Counter>, where: string): void {
  for (const [flow, { packets, seconds }] of before) {
    const now = after.get(flow)
    expect(now, `${where}: ${flow}`).toBeDefined()
    expect(now?.packets, `${where}: ${flow}`).toBeGreaterThanOrEqual(packets)
    expect(now?.seconds, `${where}: ${flow}`).toBeGreaterThan(seconds)
  }
}
