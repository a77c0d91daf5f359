// What is measured. An experiment measures both sides of one or more figures at a time.
import { fileURLToPath } from 'node:url'
import { dockerExperiments } from './docker/figures.mjs'
import { faucetExperiments } from './faucet/figures.mjs'
import { openFloor } from './floor.mjs'
import { kernelMemory, processMemory } from './memory.mjs'
import { openMininet } from './mininet.mjs'
import { openNetns } from './netns.mjs'
import { openflowExperiments } from './openflow/figures.mjs'
import * as ours from './ours.mjs'
import { ovsdbExperiments } from './ovsdb/figures.mjs'
import { Program } from './sandbox.mjs'
import { steadyKernelMemory } from './settle.mjs'

const sizes = [2, 10, 50, 100, 200]
const calls = 200
const matrixSize = 20
const memorySizes = [50, 200]

const atLeast = (times) => ({ text: `ratio at least ${times}`, reached: ({ ratio }) => ratio.median >= times })
const atMostTimes = (times) => ({
  text: `ours at most ${times} times (ratio at least ${(1 / times).toFixed(2)})`,
  reached: ({ ratio }) => ratio.median >= 1 / times,
})
const atMost = (value, unit) => ({ text: `ours at most ${value} ${unit}`, reached: (figure) => figure.ours.median <= value })

const targets = {
  'start.floor.2': atMostTimes(1.2),
  'start.floor.200': atLeast(1.5),
  'start.mininet.200': atLeast(7),
  'close.mininet.200': atLeast(5),
  'reachability.mininet': atLeast(8),
  'memory.host': atMost(0.4, 'MiB'),
  'openflow.flow-mod-encode.os-ken': atLeast(10),
  'openflow.flow-mod-decode.os-ken': atLeast(10),
  'openflow.packet-in-decode.os-ken': atLeast(10),
  'ovsdb.replay.floor': atMostTimes(3),
  // A quarter more than linear is noise.
  'ovsdb.replay.linear': atMostTimes(1.25),
  'ovsdb.transact.client': atLeast(0.8),
  'ovsdb.transact.replica': atLeast(0.8),
  'ovsdb.mirror.idl': atLeast(8),
  'faucet.connect.2': atLeast(10),
  'faucet.connect.100': atLeast(10),
  'faucet.connect.500': atLeast(10),
  'faucet.connect-cpu.500': atLeast(10),
  'faucet.learn': atLeast(10),
  'faucet.learn-cpu': atLeast(10),
  'faucet.packet-in': atLeast(10),
  'faucet.acl-reload': atLeast(10),
  'faucet.acl-reload-cpu': atLeast(10),
  'faucet.memory': atLeast(10),
  ...Object.fromEntries(['start', 'remove', 'start-in-four', 'remove-in-four'].flatMap((name) => [2, 10, 50].map((count) => [`docker.${name}.${count}`, atLeast(1)]))),
  ...Object.fromEntries(['direct-start', 'direct-close'].flatMap((name) => [2, 10, 50].map((count) => [`docker.${name}.${count}`, atLeast(1.5)]))),
}

const figure = (name, part, unit = 'ms') => ({ name, part, unit, target: targets[name] })

/**
 * All experiments: `open()` makes ready what is not measured and gives `{ ours(parts), peer(parts), close() }`. Both sides answer with
 * a number for each part; `figures` says which part is which figure.
 */
export const experiments = [
  ...sizes.map(besideFloor),
  ...sizes.map(besideMininet),
  ...[2, 200].map(wholeProcess),
  execBesideNetns(),
  execBesideMininet(),
  matrix(),
  memory(),
  ...openflowExperiments(figure),
  ...ovsdbExperiments(figure),
  ...faucetExperiments(figure),
  ...dockerExperiments(figure),
]

function besideFloor(count) {
  return {
    title: `start and close of ${count} hosts`,
    peerName: 'floor',
    figures: [
      figure(`start.floor.${count}`, 'start'),
      figure(`close.floor.${count}`, 'close'),
      figure(`close-gone.floor.${count}`, 'gone'),
    ],
    notes: lifeNotes,
    async open() {
      const floor = openFloor(count)
      return { ours: () => ours.life(count), peer: (parts) => floor.life(parts), close: () => floor.close() }
    },
  }
}

function besideMininet(count) {
  return {
    title: `start and close of ${count} hosts`,
    peerName: 'Mininet',
    figures: [
      figure(`start.mininet.${count}`, 'start'),
      figure(`close.mininet.${count}`, 'close'),
      figure(`close-gone.mininet.${count}`, 'gone'),
    ],
    notes: lifeNotes,
    async open() {
      const mininet = await openMininet()
      const peer = async () => {
        const start = await mininet.start(count)
        const close = await mininet.stop()
        // Mininet's stop() waits for everything. Its Open vSwitch was there before and stays.
        return { start, close, gone: close }
      }
      return { ours: () => ours.life(count), peer, close: () => mininet.close() }
    },
  }
}

/** What the numbers do not show. */
function lifeNotes(lives) {
  const lost = lives.filter(({ lostPings }) => lostPings > 0).length
  const early = Math.max(...lives.map(({ tooEarly }) => tooEarly))
  return [
    ...(lost > 0 ? [`in ${lost} of ${lives.length} runs the first ping of ours was not answered`] : []),
    ...(early > 5 ? [`\`closed\` resolved up to ${Math.round(early)} ms before our last process was gone`] : []),
  ]
}

function wholeProcess(count) {
  return {
    title: `a whole program that starts ${count} hosts`,
    peerName: 'floor',
    figures: [figure(`start.process.${count}`, 'start')],
    async open() {
      const floor = openFloor(count)
      const program = async () => {
        const begin = performance.now()
        const process = testbedProcess(count)
        await process.answer()
        const start = performance.now() - begin
        await process.kill()
        return { start }
      }
      return { ours: program, peer: (parts) => floor.life(parts), close: () => floor.close() }
    },
  }
}

function testbedProcess(count) {
  const script = fileURLToPath(new URL('testbed-process.mjs', import.meta.url))
  return new Program([process.execPath, script, String(count)], { env: process.env })
}

function execBesideNetns() {
  return {
    title: `${calls} programs in hosts`,
    peerName: 'ip netns exec',
    figures: [figure('exec.netns', 'oneByOne', 'ms per call'), figure('exec-in-four.netns', 'inFour', 'ms per call')],
    async open() {
      const netns = await openNetns()
      const testbed = await ours.start(4)
      const peer = async () => ({ oneByOne: await netns.execOneByOne(calls), inFour: await netns.execInFour(calls) })
      return { ours: () => execOurs(testbed), peer, close: () => closeBoth(netns, testbed) }
    },
  }
}

function execBesideMininet() {
  return {
    title: `${calls} programs in hosts`,
    peerName: 'Mininet cmd()',
    figures: [
      figure('exec.mininet', 'oneByOne', 'ms per call'),
      figure('exec-builtin.mininet', 'builtin', 'ms per call'),
      figure('exec-in-four.mininet', 'inFour', 'ms per call'),
    ],
    async open() {
      const mininet = await openMininet()
      await mininet.start(4)
      const testbed = await ours.start(4)
      const peer = async () => ({
        oneByOne: await mininet.execOneByOne(calls),
        builtin: await mininet.execBuiltin(calls),
        inFour: await mininet.execInFour(calls),
      })
      return { ours: () => execOurs(testbed), peer, close: () => closeBoth(mininet, testbed) }
    },
  }
}

async function execOurs(testbed) {
  const oneByOne = await ours.execOneByOne(testbed, calls)
  return { oneByOne, builtin: oneByOne, inFour: await ours.execInFour(testbed, calls) }
}

async function closeBoth(peer, testbed) {
  await Promise.all([peer.close(), testbed[Symbol.asyncDispose]()])
}

function matrix() {
  return {
    title: `the matrix of ${matrixSize} hosts`,
    peerName: 'Mininet pingAll()',
    figures: [figure('reachability.mininet', 'first'), figure('reachability-again.mininet', 'again')],
    async open() {
      const mininet = await openMininet()
      const peer = async () => {
        await mininet.start(matrixSize)
        const measured = { first: await mininet.pingAll(), again: await mininet.pingAll() }
        await mininet.stop()
        return measured
      }
      const own = async () => {
        const testbed = await ours.start(matrixSize)
        await ours.firstPing(testbed) // Mininet's start has pinged, too.
        const measured = { first: await ours.matrix(testbed), again: await ours.matrix(testbed) }
        await testbed[Symbol.asyncDispose]()
        return measured
      }
      return { ours: own, peer, close: () => mininet.close() }
    },
  }
}

function memory() {
  return {
    title: `memory of ${memorySizes.join(' and ')} hosts`,
    peerName: 'Mininet',
    figures: [
      figure('memory.host', 'host', 'MiB'),
      figure('memory.host-kernel', 'kernel', 'MiB'),
      figure('memory.host-processes', 'processes', 'MiB'),
      figure('memory.testbed.50', 'small', 'MiB'),
    ],
    async open() {
      const side = (open) => async () => slope([await memoryOf(open, memorySizes[0]), await memoryOf(open, memorySizes[1])])
      return { ours: side(openTestbedProcess), peer: side(openMininetProcess), close: () => undefined }
    },
  }
}

/** What a further host needs, and what the smaller testbed needs altogether: MiB. */
function slope([small, large]) {
  const between = (part) => (large[part] - small[part]) / (memorySizes[1] - memorySizes[0]) / 1024
  const [kernel, processes] = [between('kernel'), between('processes')]
  return { kernel, processes, host: kernel + processes, small: (small.kernel + small.processes) / 1024 }
}

/** What one testbed of a fresh process needs: KiB, by who keeps it. */
async function memoryOf(open, count) {
  await steadyKernelMemory()
  const before = kernelMemory()
  const program = await open(count)
  await steadyKernelMemory()
  const measured = { kernel: kernelMemory() - before, processes: processMemory(program.pids) }
  await program.close()
  return measured
}

async function openTestbedProcess(count) {
  const program = testbedProcess(count)
  await program.answer()
  return { pids: program.pids, close: () => program.kill() }
}

async function openMininetProcess(count) {
  const mininet = await openMininet()
  await mininet.start(count)
  return mininet
}
