import { writeFileSync } from 'node:fs'
import { run } from './program.js'

/** A veth pair that stands for a network card: the far end is where its cable leads, in a namespace if that is named. */
export async function makeCard(name: string, far: string, namespace?: string): Promise<void> {
  await run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', far, ...(namespace === undefined ? [] : ['netns', namespace]))
  // A far end in this namespace would answer for every address of the machine, also for the gateway on the bridge that the card is a port of.
  if (namespace === undefined) writeFileSync(`/proc/sys/net/ipv4/conf/${far}/arp_ignore`, '1')
  await run('ip', 'link', 'set', name, 'up')
  await run('ip', ...(namespace === undefined ? [] : ['-n', namespace]), 'link', 'set', far, 'up')
}
