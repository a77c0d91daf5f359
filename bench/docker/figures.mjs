// Containers on our networks beside Docker's bridges, through the driver and wired directly.
import { openWorld } from './world.mjs'

const sizes = [2, 10, 50]
const some = 10

/** What is measured beside a bridge that a user has made, and, with `-default` in its name, beside the default one. */
const peers = [
  { suffix: '', part: (name) => name, network: 'own', peerName: 'bridge' },
  { suffix: '-default', part: (name) => `${name} default`, network: 'default', peerName: 'default bridge' },
]

/** @param figure makes a figure of a name, a part and a unit */
export function dockerExperiments(figure) {
  const figures = (names, tail, unit) => names.flatMap(([name, part]) => peers.map((peer) => ({ ...figure(`docker.${name}${peer.suffix}${tail}`, peer.part(part), unit), peerName: peer.peerName })))
  return [
    ...sizes.map((count) => experiment(`${count} containers`, figures([['start', 'start'], ['remove', 'remove'], ['start-in-four', 'startInFour'], ['remove-in-four', 'removeInFour']], `.${count}`), containers(count))),
    experiment(`${some} containers with a published port`, figures([['start-published', 'start'], ['remove-published', 'remove']], `.${some}`), containers(some, true)),
    ...sizes.map((count) => experiment(`a testbed of ${count} containers, wired directly`, figures([['direct-start', 'start'], ['direct-close', 'close']], `.${count}`), testbed('directLife', count))),
    experiment(`${some} containers of a testbed, one by one`, figures([['direct-add', 'add'], ['direct-drop', 'drop']], `.${some}`), oneByOne(some)),
    experiment(`a testbed of ${some} containers, wired through the driver`, figures([['driver-start', 'start'], ['driver-close', 'close']], `.${some}`), testbed('driverLife', some)),
    experiment('packets between two containers', [...figures([['gibibyte', 'gibibyte']], '', 'ms per GiB'), ...figures([['latency', 'latency']], '')], { ours: (order) => order('traffic', { network: 'ours' }), peer: (order, network) => order('traffic', { network }) }),
  ]
}

/** `ours` answers parts by their plain names; `peer` the same for each bridge. */
function experiment(title, figures, { ours, peer }) {
  return {
    title,
    peerName: "Docker's bridges",
    figures,
    async open() {
      const { order, close } = await openWorld()
      const plain = (parts) => [...new Set(parts.map((part) => part.split(' ')[0]))]
      return {
        async ours(parts) {
          const measured = await ours(order, plain(parts))
          return Object.fromEntries(peers.flatMap(({ part }) => Object.entries(measured).map(([name, value]) => [part(name), value])))
        },
        async peer(parts) {
          const results = {}
          for (const { part, network } of peers) {
            const wanted = plain(parts).filter((name) => parts.includes(part(name)))
            if (wanted.length === 0) continue
            const measured = await peer(order, network, wanted)
            for (const [name, value] of Object.entries(measured)) results[part(name)] = value
          }
          return results
        },
        close,
      }
    },
  }
}

function containers(count, isPublished) {
  const peer = async (order, network, parts) => {
    const measured = {}
    if (parts.some((part) => !part.endsWith('InFour'))) Object.assign(measured, await order('runAndRemove', { network, count, limit: 1, isPublished }))
    if (parts.some((part) => part.endsWith('InFour'))) {
      const { start, remove } = await order('runAndRemove', { network, count, limit: 4, isPublished })
      Object.assign(measured, { startInFour: start, removeInFour: remove })
    }
    return measured
  }
  return { ours: (order, parts) => peer(order, 'ours', parts), peer }
}

function testbed(order, count) {
  return { ours: (send) => send(order, { count }), peer: (send, network) => send('bridgeLife', { network, count }) }
}

function oneByOne(count) {
  const peer = async (order, network) => {
    const { start, remove } = await order('runAndRemove', { network, count, limit: 1 })
    return { add: start, drop: remove }
  }
  return { ours: (order) => order('directOneByOne', { count }), peer }
}
