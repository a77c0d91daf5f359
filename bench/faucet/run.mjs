// What is measured of a controller, on a switch that is there already.
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchController } from './controller.mjs'

/** Milliseconds without any other flow until all are thought to be there. */
const quiet = 5000
/** Milliseconds for anything: the real Faucet needs minutes for 500 ports. */
const limit = 1_800_000
const newHosts = 1000
/** Hosts that are sent and not learned yet, at most: more would not fit in the switch's queue to the controller. */
const window = 100
/** Milliseconds without a new host until all are sent again. */
const patience = 2000
const singleHosts = 30
/** The table of the hosts, after port_acl, vlan and eth_src. */
const ethDst = 'table=3'

/** How many flows each controller installs, by `which` and number of ports: known from the warm-up. */
const complete = new Map()

/** One VLAN; each port has an ACL, and that of port 1 is its own. */
export function configOf(ports, rule = 80) {
  const acl = (port) => `- rule: {eth_type: 0x800, ip_proto: 6, tcp_dst: ${port}, actions: {allow: 0}}\n    - rule: {actions: {allow: 1}}`
  return `vlans:
  lan: {vid: 100, max_hosts: 1000000}
acls:
  one:
    ${acl(rule)}
  all:
    ${acl(25)}
dps:
  sw:
    dp_id: 1
    ignore_learn_ins: 0
    interfaces:
${Array.from({ length: ports }, (_, index) => `      ${index + 1}: {native_vlan: lan, max_hosts: 1000000, acls_in: [${index === 0 ? 'one' : 'all'}]}`).join('\n')}
`
}

/** Starts a controller and measures the parts that are asked for. */
export async function measureController(which, bench, ports, parts) {
  const controller = await BenchController.start(which, configOf(ports))
  try {
    const result = {}
    const idleCpu = controller.cpu()
    result.connect = await connected(which, bench, ports, controller)
    result.connectCpu = controller.cpu() - idleCpu
    if (parts.some((part) => part !== 'connect' && part !== 'connectCpu')) await rest(controller, bench, ports, parts, result)
    return result
  } catch (error) {
    error.message += `\n${await controller.said()}`
    throw error
  } finally {
    await bench.reset()
    await controller.stop()
  }
}

async function rest(controller, bench, ports, parts, result) {
  if (parts.includes('packetIn')) result.packetIn = await packetInToFlow(bench)
  const before = controller.cpu()
  if (parts.includes('learn') || parts.includes('learnCpu') || parts.includes('memory')) result.learn = (await learned(bench)) / newHosts
  result.learnCpu = (controller.cpu() - before) / newHosts
  if (parts.includes('reload') || parts.includes('reloadCpu')) {
    const then = controller.cpu()
    result.reload = await reloaded(controller, bench, ports)
    await sleep(500) // What it does after the flow is there counts, too.
    result.reloadCpu = controller.cpu() - then
  }
  result.memory = controller.memory() / 1024
}

/** Milliseconds from the connection of the switch to its last flow. */
async function connected(which, bench, ports, controller) {
  const key = `${which} ${ports}`
  const began = await bench.connect(controller.port)
  const expected = complete.get(key)
  let last = { count: 0, at: performance.now() }
  for (;;) {
    const count = await bench.flowCount()
    const now = performance.now()
    if (count !== last.count) last = { count, at: now }
    if (expected !== undefined && count === expected) return now - began
    if (expected === undefined && count > ports && now - last.at > quiet) {
      complete.set(key, count)
      return last.at - began
    }
    if (now - began > limit) throw new Error(`the switch has ${count} flows and not ${expected ?? 'any'}`)
    await sleep(count > 0 ? 1 : 0)
  }
}

/** Milliseconds for all of many new hosts, on one port. */
async function learned(bench) {
  const frames = Array.from({ length: newHosts }, (_, index) => hostFrame(0x10000 + index))
  const isLearned = `${ethDst},dl_dst=02:00:00:00:00:00/ff:00:00:00:00:00`
  const before = await bench.flowCount(isLearned)
  const began = performance.now()
  let sent = 0
  let count = 0
  let last = began
  while (count < newHosts) {
    const more = Math.min(newHosts, count + window) - sent
    if (more > 0) {
      await bench.receive(2, frames.slice(sent, sent + more))
      sent += more
    }
    const now = (await bench.flowCount(isLearned)) - before
    if (now > count) last = performance.now()
    count = now
    // Some got lost; those that are learned already do nothing.
    if (performance.now() - last > patience) {
      sent = 0
      last = performance.now()
    }
    // Who asks all the time slows the switch down.
    await sleep(2)
    if (performance.now() - began > limit) throw new Error(`only ${count} of ${newHosts} hosts are learned`)
  }
  return performance.now() - began
}

/** Milliseconds from the packet of a new host, as the controller gets it, to the first flow that comes back: the median of some. */
async function packetInToFlow(bench) {
  const times = []
  for (let index = 0; index < singleHosts; index++) {
    await sleep(20)
    times.push(await bench.answerTime(2, hostFrame(index)))
  }
  return times.sort((a, b) => a - b)[times.length >> 1]
}

/** Milliseconds from the signal to the flow of the new rule. */
async function reloaded(controller, bench, ports) {
  await controller.write(configOf(ports, 8080))
  const began = performance.now()
  controller.reload()
  const isNew = 'table=0,in_port=1,tcp,tcp_dst=8080'
  while ((await bench.flowCount(isNew)) === 0) {
    if (performance.now() - began > limit) throw new Error('the new rule is not there')
    await sleep(1)
  }
  return performance.now() - began
}

/** A broadcast of a host: flooded, and so nothing that has to be looked up. */
function hostFrame(number) {
  const frame = new Uint8Array(60)
  frame.fill(0xff, 0, 6)
  frame.set([2, 0, 0, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff], 6)
  frame.set([0x08, 0x06], 12)
  return frame
}
