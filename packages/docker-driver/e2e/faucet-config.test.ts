import { parseFaucetConfig, resolveFaucetConfig, stringifyFaucetConfig, type FaucetConfig } from '@streambed/faucet'
import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkNetwork, networkConfig, withoutNetworks, type ConfigContext } from '../src/config/index.js'
import { anyNetworks, testEndpoints, testNetwork, testPatch } from '../src/config/network.test-data.js'
import { DockerDriverError } from '../src/errors.js'
import type { Network } from '../src/model/index.js'

/** The operator's part of the samples: ACLs, and the meter that one of them uses. */
const policy = `
acls:
  allowall: [{rule: {actions: {allow: 1}}}]
  denyall: [{rule: {actions: {allow: 0}}}]
  ratelimitit: [{rule: {actions: {meter: lossymeter, allow: 1}}}]
meters:
  lossymeter: {meter_id: 1, entry: {flags: KBPS, bands: [{type: DROP, rate: 100}]}}
`
/** The operator's switch at the other end of the stack, before anything leads to it. */
const rootSwitch = `
dps:
  odsrootsw:
    dp_id: 0x77
    hardware: Open vSwitch
    interfaces: {1: {native_vlan: 100}, 88: {output_only: true}}
`
const dp = (interfaces: string, egress = false) => `{dp_id: 1, description: OVS Bridge odsbr31df3, hardware: Open vSwitch,
    egress_pipeline: ${String(egress)}, interfaces: {${interfaces}}}`
const container = (name: string, acl = '') => `{description: ${name}, native_vlan: 100, acls_in: [${acl}]}`
const gateway = (acl = '') => `{description: OVS Port default gateway, native_vlan: 100, opstatus_reconf: false, acls_in: [${acl}]}`

const stackBridge = `{dp_id: 0x0e0f000a1b2c, description: Dovesnap Stacking Bridge for host1, hardware: Open vSwitch, egress_pipeline: false,
    interfaces: {
      1: {description: stack link to odsrootsw, stack: {dp: odsrootsw, port: 7}},
      2: {description: stack link to mynet, stack: {dp: mynet, port: 1}}}}`
const joinedRoot = `{dp_id: 119, hardware: Open vSwitch, stack: {priority: 1}, interfaces: {
      1: {native_vlan: 100}, 88: {output_only: true},
      7: {description: stack link to dovesnap0A1B2C, stack: {dp: dovesnap0A1B2C, port: 1}}}}`
const toStack = '1: {description: stack link to dovesnap0A1B2C, stack: {dp: dovesnap0A1B2C, port: 2}}'

const stacked: ConfigContext = {
  stack: {
    bridge: 'dovesnap0A1B2C', dpid: 0x0e0f000a1b2cn, host: 'host1',
    links: [{ dp: 'odsrootsw', port: 7, ofport: 1 }], priority1: 'odsrootsw',
  },
}
const stackPatch = testPatch('stack', 1, 'dovesnap0A1B2C', 2)

/** How many random sets of networks the real Faucet judges: it needs about a second for each. */
const count = process.env['STREAMBED_CAMPAIGN'] === '1' ? 300 : 6

interface Sample {
  readonly name: string
  readonly network: Network
  readonly base: string
  readonly expected: string
  readonly context?: ConfigContext
}

const samples: readonly Sample[] = [
  {
    name: 'S1 flat, two containers',
    network: testNetwork({}, { endpoints: testEndpoints({ con1: { ofport: 1 }, con2: { ofport: 2 } }) }),
    base: '',
    expected: `dps: {mynet: ${dp(`1: ${container('/con1 0a1b2')}, 2: ${container('/con2 3c4d5')}`)}}`,
  },
  {
    name: 'S2 a mirrored container',
    network: testNetwork({}, { endpoints: testEndpoints({ con1: { ofport: 1, mirror: true } }), patches: testPatch('mirror', 99, 'odsmir0A1B2C', 2) }),
    base: '',
    expected: `dps: {mynet: ${dp(`1: ${container('/con1 0a1b2')}, 99: {description: mirror, output_only: true, mirror: [1]}`)}}`,
  },
  {
    name: 'S3 nat with ACLs and preallocated ports',
    network: testNetwork(
      { mode: 'nat', nat_acl: 'allowall', default_acl: 'denyall', preallocate_ports: '2' },
      { preallocated: [1, 2], endpoints: testEndpoints({ con1: { ofport: 1, acls: ['ratelimitit'] } }) },
    ),
    base: policy,
    expected: `${policy}dps: {mynet: ${dp(
      `1: ${container('/con1 0a1b2', 'ratelimitit')}, 2: ${container('preallocated port', 'denyall')}, 4294967294: ${gateway('allowall')}`,
    )}}`,
  },
  {
    name: 'S4 added ports',
    network: testNetwork({ vlan: '110', add_ports: 'eno123/8,eno124/9/denyall,eno125/10//20' }),
    base: policy,
    expected: `${policy}dps: {mynet: ${dp(`
      8: {description: Physical interface eno123, native_vlan: 110, acls_in: []},
      9: {description: Physical interface eno124, native_vlan: 110, acls_in: [denyall]},
      10: {description: Physical interface eno125, native_vlan: 20, acls_in: []}`)}}`,
  },
  {
    name: 'S5 a coprocessor port',
    network: testNetwork({ add_copro_ports: 'eno200/7' }, { endpoints: testEndpoints({ con1: { ofport: 1 } }) }),
    base: '',
    expected: `dps: {mynet: ${dp(
      `1: ${container('/con1 0a1b2')}, 7: {description: Physical interface eno200, coprocessor: {strategy: vlan_vid}}`,
    )}}`,
  },
  {
    name: 'S6 an ACL for what leaves',
    network: testNetwork({ vlan_out_acl: 'allowall' }, { endpoints: testEndpoints({ con1: { ofport: 1 } }) }),
    base: policy,
    expected: `${policy}vlans: {100: {acl_out: allowall}}\ndps: {mynet: ${dp(`1: ${container('/con1 0a1b2')}`, true)}}`,
  },
  {
    name: 'S7 stacking',
    network: testNetwork({ mode: 'nat' }, { patches: stackPatch, endpoints: testEndpoints({ con1: { ofport: 2 } }) }),
    base: rootSwitch,
    context: stacked,
    expected: `dps:
  dovesnap0A1B2C: ${stackBridge}
  odsrootsw: ${joinedRoot}
  mynet: ${dp(`${toStack}, 2: ${container('/con1 0a1b2')}, 4294967294: ${gateway()}`)}`,
  },
  {
    name: 'S8 stacking with a mirror tunnel',
    network: testNetwork(
      { mode: 'nat' },
      {
        patches: new Map([...stackPatch, ...testPatch('loopback', 99, 'odslb0A1B2C', 1)]),
        endpoints: testEndpoints({ con1: { ofport: 2, mirror: true } }),
      },
    ),
    base: rootSwitch,
    context: { ...stacked, mirrorTo: { dp: 'odsrootsw', port: 88 } },
    expected: `acls:
  remote-mirror-356-odsrootsw-88:
  - {rule: {vlan_vid: 356, actions: {allow: 0}}}
  - {rule: {actions: {allow: 0, output: {tunnel: {type: vlan, tunnel_id: 356, dp: odsrootsw, port: 88}}}}}
dps:
  dovesnap0A1B2C: ${stackBridge}
  odsrootsw: ${joinedRoot}
  mynet: ${dp(`${toStack}, 2: ${container('/con1 0a1b2')}, 4294967294: ${gateway()},
      99: {description: loopback, coprocessor: {strategy: vlan_vid}, acls_in: [remote-mirror-356-odsrootsw-88], mirror: [2]}`)}`,
  },
]

/** What the real Faucet says: see faucet-oracle.py. Its parser judges, and its controller lets the switches connect. */
async function verdicts(configs: readonly FaucetConfig[]): Promise<readonly unknown[]> {
  const python = fileURLToPath(new URL('../../../.venv/bin/python3', import.meta.url))
  const oracle = fileURLToPath(new URL('../../faucet/e2e/faucet-oracle.py', import.meta.url))
  const child = spawn(python, [oracle], { stdio: ['pipe', 'pipe', 'inherit'] })
  const requests = configs.map((config) => JSON.stringify({ files: { 'faucet.yaml': stringifyFaucetConfig(config) }, start: true }))
  child.stdin.end(requests.map((request) => `${request}\n`).join(''))
  const lines = (await text(child.stdout)).trim().split('\n')
  return lines.map((line): unknown => JSON.parse(line))
}

// The operator's part need not be a whole configuration: it may have no dataplane yet.
function parsed(yaml: string): FaucetConfig {
  return parseFaucetConfig(yaml).config
}

describe('the Faucet configuration of networks', () => {
  it.each(samples)('$name', ({ network, base, context, expected }) => {
    const config = networkConfig([network], parsed(base), context)
    expect(config).toEqual(parsed(expected))
    expect(parsed(stringifyFaucetConfig(config))).toEqual(parsed(expected))
    expect(() => resolveFaucetConfig(config)).not.toThrow()
    checkNetwork(network, [network], parsed(base), context)
  })

  it('is accepted by the real Faucet, which then lets the switches connect', async () => {
    const configs = samples.map(({ network, base, context }) => networkConfig([network], parsed(base), context))
    expect(await verdicts(configs)).toEqual(configs.map(() => ({ verdict: 'accepted' })))
  })

  it('is accepted while a network has no container, before the first and after the last', async () => {
    const empty = [
      networkConfig([testNetwork({})], {}),
      networkConfig([testNetwork({ default_acl: 'denyall', vlan_out_acl: 'allowall' })], parsed(policy)),
      networkConfig([testNetwork({}, { patches: testPatch('mirror', 99, 'odsmir0A1B2C', 2) })], {}),
      networkConfig([testNetwork({}, { patches: stackPatch })], parsed(rootSwitch), stacked),
      networkConfig([], parsed(rootSwitch), stacked),
      withoutNetworks(networkConfig([testNetwork({}, { patches: stackPatch })], parsed(rootSwitch), stacked), [testNetwork({})], stacked),
    ]
    expect(await verdicts(empty)).toEqual(empty.map(() => ({ verdict: 'accepted' })))
  })

  it("is accepted for the networks of dovesnap's own tests", async () => {
    const ports = { add_ports: 'odsaddport1/888', add_copro_ports: 'odsaddcoprop1/777', preallocate_ports: '10' }
    const one = testNetwork({ mode: 'nat', ovs_local_mac: '0e:01:00:00:00:23', ...ports }, {
      preallocated: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      endpoints: testEndpoints({ testcon: { ofport: 1 } }),
    })
    const acls = { vlan_out_acl: 'allowall', default_acl: 'denyall', add_ports: 'odsaddport1/888/denyall', add_copro_ports: 'odsaddcoprop1/777' }
    const limited = testEndpoints({ testcon: { ofport: 1, acls: ['ratelimitit'], labels: { 'dovesnap.faucet.portacl': 'mynet:ratelimitit' } } })
    const two = testNetwork({ mode: 'nat', ...acls }, { preallocated: [1, 2, 3], endpoints: limited })
    const second = testNetwork({ mode: 'nat', dpid: '0x2' }, { id: 'b'.repeat(64), name: 'mynet2', bridge: 'odsbrbbbbb', endpoints: testEndpoints({ con2: { ofport: 1 } }) })
    const vlans = testNetwork({ add_ports: 'a/1//20,b/2//30,c/3//40' }, { preallocated: [11, 12, 13] })
    const configs = [[one], [two], [one, second], [vlans]].map((networks) => networkConfig(networks, parsed(policy)))
    for (const network of [one, two, vlans]) checkNetwork(network, [], parsed(policy))
    checkNetwork(second, [one], parsed(policy))
    expect(stringifyFaucetConfig(configs[1] ?? {}).match(/ratelimitit/g)).toHaveLength(2)
    expect(await verdicts(configs)).toEqual(configs.map(() => ({ verdict: 'accepted' })))
  })

  it('is accepted whenever the check of the networks lets it pass', async () => {
    const acls = { ...parsed(policy).acls, allowout: [{ rule: { actions: { allow: 1 } } }], 7: [{ rule: { actions: { allow: 1 } } }] }
    const operator: FaucetConfig = { ...parsed(policy), acls }
    const passed = fc.sample(anyNetworks, { numRuns: 6 * count, seed: 5 }).filter((networks) => networks.length > 0 && passes(networks, operator))
    const configs = passed.slice(0, count).map((networks) => networkConfig(networks, operator))
    expect(configs).toHaveLength(count)
    expect(await verdicts(configs)).toEqual(configs.map(() => ({ verdict: 'accepted' })))
  }, 60_000 + count * 3000)
})

/** Made one after the other, each looked at before. */
function passes(networks: readonly Network[], base: FaucetConfig): boolean {
  try {
    for (const [index, network] of networks.entries()) checkNetwork(network, networks.slice(0, index), base)
    return true
  } catch (error) {
    if (error instanceof DockerDriverError) return false
    throw error
  }
}
