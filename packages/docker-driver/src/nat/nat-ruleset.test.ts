import { describe, expect, it } from 'vitest'
import { generationChain, forwardedNetworks, natRuleset } from './nat-ruleset.js'
import { endpoint, mapping, network } from './networks.fixture.js'
import type { NftCommands, NftValue } from './nft.js'

const table = 'streambed_lab'

/** What a rule set adds, each as one line. */
function added(ruleset: NftCommands, object: 'rule' | 'chain'): string[] {
  return ruleset.nftables.flatMap(({ add }) => (add?.[object] === undefined ? [] : [line(add[object])]))
}

/** A short form of rules, to be read: not nft's. */
function line(value: NftValue): string {
  const { chain, name, expr, hook, prio } = value as { chain?: string; name?: string; expr?: NftValue[]; hook?: string; prio?: number }
  if (expr === undefined) return [name, hook, prio].filter((part) => part !== undefined).join(' ')
  return `${String(chain)}: ${expr.map(short).join(' ')}`
}

function short(value: NftValue): string {
  return JSON.stringify(value).replaceAll(/"(match|op|left|right|meta|key|payload|protocol|field|prefix|set|jump|target|ct)":|["{}]|:null/g, '').replaceAll(',', ' ')
}

const web = endpoint('web', '10.9.0.2/24', 'fd09::2/64', [mapping(8080), mapping(53, { protocol: 'udp', hostAddress: '192.0.2.1' })])

describe('natRuleset', () => {
  it('removes the table when nothing is to be forwarded, whether it is there or not', () => {
    const removal = { nftables: [{ add: { table: { family: 'inet', name: table } } }, { delete: { table: { family: 'inet', name: table } } }] }
    expect(natRuleset([], table)).toEqual(removal)
    expect(natRuleset([network('flat', 'br1', '10.9.0', undefined, [web]), network('nat', 'br2', undefined, undefined, [])], table)).toEqual(removal)
    expect(generationChain(natRuleset([], table))).toBeUndefined()
  })

  it('masquerades, maps and guards a nat network', () => {
    const ruleset = natRuleset([network('nat', 'br1', '10.9.0', 'fd09', [web])], table)
    expect(ruleset.nftables.slice(0, 3).map((command) => Object.keys(command)[0])).toEqual(['add', 'delete', 'add'])
    expect(added(ruleset, 'chain').slice(0, -1)).toEqual(['guard prerouting -300', 'guard_output output -300', 'prerouting prerouting -100', 'output output -100', 'forward forward 0', 'postrouting postrouting 100', 'mappings', 'zones'])
    expect(added(ruleset, 'rule')).toEqual([
      'guard: == iifname [br1] == ip daddr addr:127.0.0.0 len:8 drop',
      'guard: == iifname [br1] == ip saddr addr:127.0.0.0 len:8 drop',
      'guard: == fib:result:type flags:[daddr] local zones',
      'guard_output: == fib:result:type flags:[daddr] local zones',
      'prerouting: == fib:result:type flags:[daddr] local mappings',
      'output: == ip6 daddr ::1 return',
      'output: == fib:result:type flags:[daddr] local mappings',
      'forward: in state [established related] accept',
      'forward: in status dnat accept',
      'forward: != iifname [br1] == oifname [br1] drop',
      'mappings: == nfproto ipv4 == tcp dport 8080 dnat:family:ip addr:10.9.0.2 port:80',
      'mappings: == nfproto ipv6 == tcp dport 8080 dnat:family:ip6 addr:fd09::2 port:80',
      expect.stringMatching(/^zones: == ip daddr 192\.0\.2\.1 == udp dport 53 mangle:zone dir:original value:\d+$/),
      'mappings: == ip daddr 192.0.2.1 == udp dport 53 dnat:family:ip addr:10.9.0.2 port:80',
      'postrouting: == oifname br1 == ip saddr addr:10.9.0.0 len:24 in status dnat masquerade',
      'postrouting: == oifname br1 == ip saddr addr:127.0.0.0 len:8 masquerade',
      'postrouting: != oifname br1 == ip saddr addr:10.9.0.0 len:24 masquerade',
      'postrouting: == oifname br1 == ip6 saddr addr:fd09:: len:64 in status dnat masquerade',
      'postrouting: != oifname br1 == ip6 saddr addr:fd09:: len:64 masquerade',
    ])
  })

  it('neither masquerades nor shuts a routed network, and lets networks reach each other', () => {
    const networks = [network('routed', 'br2', '10.8.0', undefined, []), network('nat', 'br1', '10.9.0', undefined, [])]
    const rules = added(natRuleset(networks, table), 'rule')
    expect(rules).toContain('forward: != iifname [br1 br2] == oifname [br1] drop')
    expect(rules.filter((rule) => rule.includes('!= oifname'))).toEqual(['postrouting: != oifname br1 == ip saddr addr:10.9.0.0 len:24 masquerade'])
    expect(added(natRuleset(networks.slice(0, 1), table), 'rule').filter((rule) => rule.startsWith('forward'))).toEqual([])
  })

  it('publishes in the families that the container has, and not before it is on the network', () => {
    const families = (ipv4: string | undefined, ipv6: string | undefined) =>
      added(natRuleset([network('nat', 'br1', '10.9.0', 'fd09', [endpoint('web', ipv4, ipv6, [mapping(80)])])], table), 'rule').filter((rule) => rule.startsWith('mappings')).map((rule) => /nfproto (\S+)/.exec(rule)?.[1])
    expect([families('10.9.0.2/24', undefined), families(undefined, 'fd09::2/64'), families(undefined, undefined)]).toEqual([['ipv4'], ['ipv6'], []])
    const waiting = { ...web, joined: undefined }
    expect(added(natRuleset([network('nat', 'br1', '10.9.0', 'fd09', [waiting])], table), 'rule').filter((rule) => rule.startsWith('mappings'))).toEqual([])
  })

  it('keeps comments to 100 bytes and whole characters', () => {
    const named = { ...network('nat', 'br1', '10.9.0', undefined, []), name: `"${'é'.repeat(49)}日本` }
    const comments = natRuleset([named], table).nftables.flatMap(({ add }) => (add?.['rule'] as { comment?: string } | undefined)?.comment ?? [])
    expect(new Set(comments)).toEqual(new Set(['é'.repeat(49)]))
  })

  it('has a generation that follows from the content alone', () => {
    const one = network('nat', 'br1', '10.9.0', undefined, [])
    const two = network('routed', 'br2', '10.8.0', undefined, [])
    const generations = [[one, two], [two, one], [one]].map((networks) => generationChain(natRuleset(networks, table)))
    expect(generations[0]).toMatch(/^generation_[0-9a-f]{16}$/)
    expect(generations[1]).toBe(generations[0])
    expect(generations[2]).not.toBe(generations[0])
  })

  it.each(['', 'Streambed', 'a b', 'a'.repeat(29), '1a'])("refuses the table name '%s'", (name) => {
    expect(() => natRuleset([], name)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })
})

it('forwards for networks with an address and a mode for it', () => {
  const networks = [network('routed', 'br2', undefined, 'fd08', []), network('nat', 'br1', '10.9.0', undefined, []), network('flat', 'br0', '10.7.0', undefined, [])]
  expect(forwardedNetworks(networks).map(({ bridge }) => bridge)).toEqual(['br1', 'br2'])
})
