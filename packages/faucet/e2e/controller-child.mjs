// The embedded controller in a process of its own, so that it can be killed: takes calls from its parent, one answer for
// each. Its first message is its configuration and where it listens.
import { decodeMessage, encodeMessage, printFlow } from '@streambed/ovs/openflow'
import { EmbeddedFaucet } from '@streambed/faucet'

const learned = []
const errors = []

const [{ config, listen }] = await new Promise((resolve) => process.once('message', (...args) => resolve(args)))
const faucet = await EmbeddedFaucet.start({
  config,
  listen,
  onEvent: (event) => 'L2_LEARN' in event && learned.push(event.L2_LEARN.eth_src),
  onLog: ({ level, text }) => level === 'error' && errors.push(text),
})

const calls = {
  started: () => undefined,
  ready: () => faucet.ready(),
  apply: (next) => faucet.apply(next).then(() => undefined),
  /** What it wants of the only dataplane, in the words of `ovs-ofctl`, and what it knows. */
  state() {
    const [name] = faucet.network.dps.keys()
    const flows = [...faucet.flows(name).flows.values()].map(({ flow }) => printFlow(decodeMessage(encodeMessage({ ...flow, type: 'flow_mod', command: 'add' }))))
    const hosts = [...faucet.network.dps.get(name).learning.hosts.values()].map(({ vid, mac, port }) => `${vid} ${mac} ${port}`).sort()
    return { flows, hosts, learned, errors }
  },
}

process.on('message', async ({ id, call, argument }) => {
  try {
    process.send({ id, result: await calls[call](argument) })
  } catch (error) {
    process.send({ id, error: error.message })
  }
})
process.on('disconnect', () => process.exit())
process.send({ id: 0 })
