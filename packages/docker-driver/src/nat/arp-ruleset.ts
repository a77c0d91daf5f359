import { createHash } from 'node:crypto'
import type { Network } from '../model/index.js'
import { drop, match, meta, type NftCommand, type NftCommands } from './nft.js'

/**
 * The nftables table (family arp) for network cards that are ports of userspace bridges, as commands that replace it in one transaction. The kernel sees what such
 * a bridge reads from a card, too, and would answer who asks for the gateway with the card's own MAC address, before the bridge does with the right one: packets
 * would then come to the kernel by the wrong way. What was given to a bridge is the bridge's: the kernel does not answer there.
 * With no such card the table is removed.
 */
export function arpRuleset(networks: readonly Network[], table: string): NftCommands {
  const own = { family: 'arp', name: table }
  const replace: NftCommand[] = [{ add: { table: own } }, { delete: { table: own } }]
  const cards = networks.filter(({ options }) => options.userspace).flatMap(({ ports, foreignPorts }) => [...ports.keys(), ...foreignPorts.keys()])
  if (cards.length === 0) return { nftables: replace }
  const set = [...new Set(cards)].sort()
  const chain = (name: string, more: object = {}): NftCommand => ({ add: { chain: { family: 'arp', table, name, ...more } } })
  return {
    nftables: [
      ...replace,
      { add: { table: own } },
      chain('input', { type: 'filter', hook: 'input', prio: 0, policy: 'accept' }),
      { add: { rule: { family: 'arp', table, chain: 'input', expr: [match(meta('iifname'), { set }), drop] } } },
      // Tells which content the table has, as in the other one.
      chain(`generation_${createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 16)}`),
    ],
  }
}
