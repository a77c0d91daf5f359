// The embedded controller beside the real Faucet: the same command line, the same switch, one after the other.
import { measureController } from './run.mjs'
import { BenchSwitch } from './switch.mjs'

const connectSizes = [2, 100]
const large = 500

/** @param figure makes a figure of a name, a part and a unit */
export function faucetExperiments(figure) {
  return [
    ...connectSizes.map((ports) => experiment(ports, [figure(`faucet.connect.${ports}`, 'connect')])),
    experiment(large, [
      figure(`faucet.connect.${large}`, 'connect'),
      figure(`faucet.connect-cpu.${large}`, 'connectCpu'),
      figure('faucet.packet-in', 'packetIn'),
      figure('faucet.learn', 'learn', 'ms per host'),
      figure('faucet.learn-cpu', 'learnCpu', 'ms per host'),
      figure('faucet.acl-reload', 'reload'),
      figure('faucet.acl-reload-cpu', 'reloadCpu'),
      figure('faucet.memory', 'memory', 'MiB'),
    ]),
  ]
}

function experiment(ports, figures) {
  return {
    title: `controllers with ${ports} ports`,
    peerName: 'Faucet',
    figures,
    async open() {
      const bench = await BenchSwitch.start(ports)
      const side = (which) => (parts) => measureController(which, bench, ports, parts)
      return { ours: side('ours'), peer: side('faucet'), close: () => bench.stop() }
    },
  }
}
