import { type FaucetConfig, parseFaucetConfig, stringifyFaucetConfig, validateFaucetConfig } from '@streambed/faucet'
import type { Random } from './random.js'
import type { TrafficHost, TrafficStream } from './traffic-switch.js'

type Options = Record<string, unknown>

/** A configuration that is changed again and again; plain data, so that a copy is a look back. */
interface Draft {
  readonly vlans: Record<string, Options>
  readonly acls: Record<string, unknown>
  readonly meters: Record<string, unknown>
  readonly routers: Record<string, Options>
  readonly dps: { readonly sw: Options & { readonly interfaces: Record<number, Options> } }
}

/** The hosts that no change concerns: two in a VLAN, two with a router between them, two with tags. */
export const hosts = {
  a1: { port: 1, mac: '02:00:00:00:00:01', ip: '10.1.0.1' },
  a2: { port: 2, mac: '02:00:00:00:00:02', ip: '10.1.0.2' },
  r1: { port: 3, mac: '02:00:00:00:00:03', ip: '10.2.0.1' },
  r2: { port: 4, mac: '02:00:00:00:00:04', ip: '10.3.0.1' },
  t1: { port: 5, mac: '02:00:00:00:00:05', ip: '10.4.0.1', tag: 400 },
  t2: { port: 6, mac: '02:00:00:00:00:06', ip: '10.4.0.2', tag: 400 },
} as const satisfies Record<string, TrafficHost>

const gateways = ['0e:00:00:00:02:01', '0e:00:00:00:03:01'] as const

/** Who sends to whom: each pair, both ways. */
export const streams: readonly TrafficStream[] = [
  { from: 'a1', to: 'a2', mac: hosts.a2.mac },
  { from: 'a2', to: 'a1', mac: hosts.a1.mac },
  { from: 'r1', to: 'r2', mac: gateways[0] },
  { from: 'r2', to: 'r1', mac: gateways[1] },
  { from: 't1', to: 't2', mac: hosts.t2.mac },
  { from: 't2', to: 't1', mac: hosts.t1.mac },
]

/** Ports that change, besides those of the hosts. */
const others = [7, 8, 9, 10, 11, 12, 13, 14]
export const portCount = 14
const otherVlans = ['o1', 'o2', 'o3', 'o4']

/** The dataplane `sw` (dp_id 1) with the hosts, and whatever else has been made of it. */
export class ChangingNetwork {
  readonly #random: Random
  #draft: Draft = {
    vlans: {
      a: { vid: 100 },
      b: { vid: 200, faucet_vips: ['10.2.0.254/24'], faucet_mac: gateways[0] },
      c: { vid: 300, faucet_vips: ['10.3.0.254/24'], faucet_mac: gateways[1] },
      t: { vid: 400 },
      o1: { vid: 500 },
      o2: { vid: 600 },
    },
    acls: {},
    meters: {},
    routers: { between: { vlans: ['b', 'c'] } },
    dps: {
      sw: {
        dp_id: 1,
        interfaces: {
          1: { native_vlan: 'a' }, 2: { native_vlan: 'a' }, 3: { native_vlan: 'b' }, 4: { native_vlan: 'c' },
          5: { tagged_vlans: ['t'] }, 6: { tagged_vlans: ['t'] }, 7: { native_vlan: 'a' }, 8: { native_vlan: 'o1' },
          9: { tagged_vlans: ['o1', 'o2'] },
        },
      },
    },
  }

  constructor(random: Random) {
    this.#random = random
  }

  /** The configuration as it is now. */
  get config(): FaucetConfig {
    return structuredClone(this.#draft) as unknown as FaucetConfig
  }

  /** Changes something at random. Returns what, in words. */
  change(): string {
    for (;;) {
      const before = JSON.stringify(this.#draft)
      const what = this.#random.of(changes)
      const words = what(this.#draft, this.#random)
      const after = JSON.stringify(this.#draft)
      if (words !== undefined && after !== before && isValid(this.config)) return words
      this.#draft = JSON.parse(before) as Draft
    }
  }
}

function isValid(config: FaucetConfig): boolean {
  return validateFaucetConfig(parseFaucetConfig(stringifyFaucetConfig(config))).length === 0
}

/** Something that can be changed; nothing when it is not possible now. */
type Change = (draft: Draft, random: Random) => string | undefined

const portOf = (draft: Draft, random: Random) => {
  const present = others.filter((port) => draft.dps.sw.interfaces[port])
  return random.of(present)
}
const interfaceOf = (draft: Draft, port: number) => draft.dps.sw.interfaces[port] as Options
const present = (draft: Draft, names: readonly string[]) => names.filter((name) => draft.vlans[name])

const addPort: Change = ({ dps: { sw }, ...draft }, random) => {
  const port = random.of(others)
  if (sw.interfaces[port]) return undefined
  sw.interfaces[port] = random.below(2) === 0 ? { native_vlan: random.of(Object.keys(draft.vlans)) } : { tagged_vlans: someOf(Object.keys(draft.vlans), random) }
  return `add port ${port}`
}

const removePort: Change = ({ dps: { sw } }, random) => {
  const port = random.of(others)
  delete sw.interfaces[port]
  return `remove port ${port}`
}

const movePort: Change = (draft, random) => {
  const port = portOf(draft, random)
  const { native_vlan: _, tagged_vlans: __, ...rest } = interfaceOf(draft, port)
  const vlans = Object.keys(draft.vlans)
  const to = random.below(2) === 0 ? { native_vlan: random.of(vlans) } : { tagged_vlans: someOf(vlans, random) }
  draft.dps.sw.interfaces[port] = { ...rest, ...to }
  return `port ${port}: ${JSON.stringify(to)}`
}

const portOption: Change = (draft, random) => {
  const port = portOf(draft, random)
  const [name, value] = random.of<readonly [string, unknown]>([
    ['enabled', false], ['hairpin', true], ['hairpin_unicast', true], ['unicast_flood', false], ['permanent_learn', true],
    ['max_hosts', 3], ['loop_protect', true], ['restricted_bcast_arpnd', true], ['description', 'changed'], ['receive_lldp', true],
    ['lldp_beacon', { enable: true }], ['count_untag_vlan_miss', true],
  ])
  return toggle(interfaceOf(draft, port), name, value, `port ${port}`)
}

/** A port that is in no VLAN. */
const specialPort: Change = (draft, random) => {
  const port = portOf(draft, random)
  const source = random.of(others.filter((other) => other !== port))
  draft.dps.sw.interfaces[port] = random.of<Options>([
    { output_only: true }, { mirror: source }, { mirror: source, output_only: true }, { coprocessor: { strategy: 'vlan_vid', vlan_vid_base: 1000 } },
  ])
  return `port ${port}: ${JSON.stringify(draft.dps.sw.interfaces[port])}`
}

const addAcl: Change = ({ acls, meters }, random) => {
  const name = random.of(['p', 'q', 's'])
  acls[name] = Array.from({ length: 1 + random.below(6) }, () => ({ rule: rule(random, Object.keys(meters)) }))
  return `rules of ACL ${name}`
}

const portAcl: Change = (draft, random) => {
  const port = portOf(draft, random)
  const names = Object.keys(draft.acls)
  if (names.length === 0) return undefined
  return toggle(interfaceOf(draft, port), 'acls_in', [random.of(names)], `port ${port}`)
}

const vlanAcl: Change = (draft, random) => {
  const names = Object.keys(draft.acls)
  const vlan = random.of(present(draft, otherVlans))
  if (names.length === 0) return undefined
  return toggle(draft.vlans[vlan] as Options, random.of(['acls_in', 'acls_in', 'acls_out']), [random.of(names)], `VLAN ${vlan}`)
}

const noAcls: Change = ({ acls, vlans, dps: { sw } }) => {
  for (const options of [...Object.values(vlans), ...Object.values(sw.interfaces)]) for (const key of ['acls_in', 'acls_out']) delete options[key]
  for (const name of Object.keys(acls)) delete acls[name]
  return 'no ACL any more'
}

const meter: Change = ({ meters }, random) => {
  const name = random.of(['slow', 'slower'])
  meters[name] = { meter_id: name.length, entry: { flags: 'KBPS', bands: [{ type: 'DROP', rate: 100 + random.below(1000) }] } }
  return `meter ${name}`
}

const vlan: Change = ({ vlans }, random) => {
  const name = random.of(otherVlans)
  if (vlans[name] && random.below(2) === 0) {
    delete vlans[name]
    return `remove VLAN ${name}`
  }
  vlans[name] = { vid: 500 + 100 * otherVlans.indexOf(name) + random.below(3) }
  return `VLAN ${name}: ${JSON.stringify(vlans[name])}`
}

const vlanOption: Change = (draft, random) => {
  const name = random.of(present(draft, otherVlans))
  const subnet = 10 + otherVlans.indexOf(name)
  const [option, value] = random.of<readonly [string, unknown]>([
    ['faucet_vips', [`10.${subnet}.0.254/24`]], ['faucet_vips', [`10.${subnet}.0.254/24`]], ['faucet_vips', [`fc00::${subnet}:254/112`]],
    ['unicast_flood', false], ['max_hosts', 7], ['description', 'changed'], ['faucet_mac', `0e:00:00:00:${subnet}:01`],
    ['routes', [{ route: { ip_dst: '192.168.0.0/16', ip_gw: `10.${subnet}.0.1` } }]], ['proactive_arp_limit', 5],
  ])
  return toggle(draft.vlans[name] as Options, option, value, `VLAN ${name}`)
}

const router: Change = (draft, random) => {
  if (draft.routers.others) delete draft.routers.others
  else draft.routers.others = { vlans: someOf(present(draft, otherVlans), random) }
  return `router of ${String(draft.routers.others?.vlans)}`
}

const dpOption: Change = ({ dps: { sw } }, random) => {
  const [option, value] = random.of<readonly [string, unknown]>([
    ['group_table', true], ['combinatorial_port_flood', true], ['egress_pipeline', true], ['timeout', 600], ['use_idle_timeout', true],
    ['drop_broadcast_source_address', false], ['drop_spoofed_faucet_mac', false], ['description', 'changed'], ['priority_offset', 5],
    ['cookie', 77], ['idle_dst', false], ['proactive_learn_v6', false], ['learn_ban_timeout', 7], ['advertise_interval', 40],
    ['lldp_beacon', { send_interval: 7, max_per_interval: 3 }], ['arp_neighbor_timeout', 40],
  ])
  return toggle(sw, option, value, 'the dataplane')
}

/** Often what happens often, and what changes the tables. */
const changes: readonly Change[] = [
  addPort, addPort, removePort, removePort, movePort, movePort, portOption, portOption, specialPort, addAcl, addAcl, portAcl, portAcl, vlanAcl, noAcls,
  meter, vlan, vlanOption, vlanOption, router, dpOption,
]

function toggle(options: Options, name: string, value: unknown, where: string): string {
  if (options[name] === undefined) options[name] = value
  else delete options[name]
  return `${where}: ${name} ${options[name] === undefined ? 'is the default' : `is ${JSON.stringify(value)}`}`
}

function someOf<T>(list: readonly T[], random: Random): readonly T[] {
  return random.shuffled(list).slice(0, 1 + random.below(3))
}

function rule(random: Random, meters: readonly string[]): Options {
  const match = random.of<Options>([
    {}, { dl_type: 0x800, nw_proto: 6, tcp_dst: random.below(65_536) }, { dl_type: 0x800, ipv4_src: `10.${random.below(256)}.0.0/16` },
    { dl_type: 0x806 }, { dl_type: 0x86dd, ip_proto: 17, udp_dst: random.below(65_536) }, { eth_dst: `0a:00:00:00:00:${10 + random.below(80)}` },
  ])
  const metered = meters.length > 0 && random.below(3) === 0 ? { meter: random.of(meters) } : {}
  return { ...match, actions: { allow: random.below(2), ...metered } }
}
