// OpenFlow messages: our codec beside os-ken's, and beside a codec that knows nothing but these messages.
import { fileURLToPath } from 'node:url'
import { python } from '../../scripts/python.mjs'
import { Program } from '../sandbox.mjs'
import { flowMod, packetIn } from './messages.mjs'

const operations = ['flow-mod-encode', 'flow-mod-decode', 'packet-in-decode']
/** How often each side does it in one measurement: some tenths of a second. */
const counts = { ours: 200_000, floor: 500_000, osken: 2_000 }

/** @param figure makes a figure of a name, a part and a unit */
export function openflowExperiments(figure) {
  const figures = (peer) => operations.map((name) => figure(`openflow.${name}.${peer}`, name, 'µs'))
  return [
    {
      title: 'OpenFlow messages',
      peerName: 'os-ken',
      figures: figures('os-ken'),
      async open() {
        const { ours, time } = await import('./ours.mjs')
        const osken = new Program([python, fileURLToPath(new URL('osken.py', import.meta.url)), flowMod, packetIn])
        await osken.answer()
        return {
          ours: async (parts) => each(parts, (name) => time(ours[name], counts.ours)),
          peer: (parts) => each(parts, (name) => osken.order(`${name} ${counts.osken}`)),
          close: () => osken.kill(),
        }
      },
    },
    {
      title: 'OpenFlow messages',
      peerName: 'hand-written for one shape',
      figures: figures('floor'),
      async open() {
        const { floor, ours, time } = await import('./ours.mjs')
        return {
          ours: async (parts) => each(parts, (name) => time(ours[name], counts.ours)),
          peer: async (parts) => each(parts, (name) => time(floor[name], counts.floor)),
          async close() {},
        }
      },
    },
  ]
}

async function each(parts, measure) {
  const result = {}
  for (const part of parts) result[part] = await measure(part)
  return result
}
