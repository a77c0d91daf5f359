import type { Endpoint } from '../model/network.js'
import type { NetworkStates } from '../status/index.js'
import { networkStates } from '../status/network-states.js'
import { sampleEndpoint, sampleNetwork } from '../status/sample.test-support.js'

/** Two networks with a container on both, NAT, added ports, a virtual machine and a mirror bridge. */
export function oneMachine(): NetworkStates {
  const patch = (network: string, ofport: number) => new Map([[`odsmir${network}`, { name: `odsmir${network}`, ofport: 99, purpose: 'mirror' as const, peer: { bridge: 'odsmir0A1B2C', name: `ods${network}`, ofport } }]])
  const office = sampleNetwork('office', {
    dpid: 1n,
    options: { mode: 'nat', natAcl: [{ network: undefined, value: 'allowall' }], defaultAcl: [{ network: undefined, value: 'denyall' }], addPorts: [{ name: 'eno124', ofport: 9, acls: ['denyall'], vlan: 20 }], addCoproPorts: [{ name: 'eno200', ofport: 7, acls: [], vlan: undefined }] },
    ports: new Map([['eno124', 9], ['eno200', 7]]),
    foreignPorts: new Map([['vnet3', { name: 'vnet3', ofport: 5, mac: '52:54:00:12:34:56' }]]),
    patches: patch('office', 3),
    endpoints: new Map([
      sampleEndpoint('web', 1, { labels: { 'dovesnap.faucet.portacl': 'office:ratelimit' }, acls: ['ratelimit'], mirror: true, portMappings: [{ protocol: 'tcp', containerPort: 80, hostPort: 8080, hostAddress: undefined }] }),
      sampleEndpoint('both', 2, { acls: ['denyall'] }),
    ]),
  })
  const lab = sampleNetwork('lab', { dpid: 2n, options: { vlan: 200, dhcp: true, userspace: true, mtu: 9000 }, addresses: { ipv4: undefined, ipv6: undefined }, patches: patch('lab', 4), endpoints: new Map([sampleEndpoint('both', 1)]) })
  const interfaceOf = ({ joined }: Endpoint) => (joined?.containerName === 'both' && joined.ofport === 1 ? 'eth1' : 'eth0')
  return networkStates([office, lab], {
    shortEngineId: '0A1B2C',
    interfaceOf,
    macOf: (name) => (name.startsWith('eno') ? '00:11:22:33:44:55' : undefined),
    otherBridges: { odsmir0A1B2C: { Kind: 'mirror', Interfaces: { eno1: { Direction: 'in', OFPort: 2 }, eno2: { Direction: 'out', OFPort: 1 } } } },
  })
}

/** A machine of a stack: its stacking bridge has links to the operator's switch and to the other machine. */
export function stackMachine(engine: string, other: string, port: number): NetworkStates {
  const bridge = `dovesnap${engine}`
  const network = sampleNetwork(`net${engine}`, {
    patches: new Map([
      ['p', { name: 'p', ofport: 1, purpose: 'stack', peer: { bridge, name: 'q', ofport: 2 } }],
      ['l', { name: 'l', ofport: 99, purpose: 'loopback', peer: { bridge: `odslb${engine}`, name: 'm', ofport: 1 } }],
    ]),
    endpoints: new Map([sampleEndpoint(`con${engine}`, 2, { mirror: true })]),
  })
  return networkStates([network], {
    shortEngineId: engine,
    otherBridges: {
      [bridge]: { Kind: 'stack', StackPriority1: 'odsrootsw', Interfaces: { eth9: { OFPort: 1, RemoteDp: 'odsrootsw', RemotePort: port }, eth8: { OFPort: 5, RemoteDp: `dovesnap${other}`, RemotePort: 5 } } },
      [`odslb${engine}`]: { Kind: 'loopback', Interfaces: {}, MirrorTo: { Dp: 'odsrootsw', Port: 88 } },
    },
  })
}

/** Everything that is special in one of the formats. */
export const NASTY = 'a"b\\ <i>&amp; #35; `x` %%{init}%% |;| --> style x:#f; ünï 日本語 \u0001\ud800\n}\\'
