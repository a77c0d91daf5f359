import { type ForwardingCase, network } from './forwarding-case.js'

const link = (dp: string, port: number) => `{stack: {dp: ${dp}, port: ${port}}}`
const edges = '1: {native_vlan: v100}, 2: {native_vlan: v200}, 3: {tagged_vlans: [v100, v200]}'
const few = '1: {native_vlan: v100}, 2: {tagged_vlans: [v100]}'
const dp = (ports: string, options = '') => `${options === '' ? '' : `${options}, `}interfaces: {${ports}}`
const root = 'stack: {priority: 1}'

/** Dataplanes in a row, each with its own ports and options; the first is the root unless said otherwise. */
function line(parts: readonly (readonly [ports: string, options?: string])[], { ring = false, rootAt = 0 } = {}): Record<string, string> {
  const count = parts.length
  const name = (index: number) => `sw${((index + count) % count) + 1}`
  return Object.fromEntries(
    parts.map(([ports, options = ''], index) => {
      const links = [
        ...(index > 0 || ring ? [`10: ${link(name(index - 1), 11)}`] : []),
        ...(index < count - 1 || ring ? [`11: ${link(name(index + 1), 10)}`] : []),
      ]
      const all = [options, index === rootAt ? root : ''].filter((one) => one !== '').join(', ')
      return [name(index), dp([ports, ...links].filter((one) => one !== '').join(', '), all)]
    }),
  )
}

const two = line([[edges], [edges]])
const three = line([[few], [few], [few]])
const ringOf3 = line([[few], [few], [few]], { ring: true })
const parallel = {
  sw1: dp(`${edges}, 10: ${link('sw2', 10)}, 11: ${link('sw2', 11)}`, root),
  sw2: dp(`${edges}, 10: ${link('sw1', 10)}, 11: ${link('sw1', 11)}`),
}
const star = {
  sw1: dp(`${few}, 10: ${link('sw2', 10)}, 11: ${link('sw3', 10)}`, root),
  sw2: dp(`${few}, 10: ${link('sw1', 10)}`),
  sw3: dp(`${few}, 10: ${link('sw1', 11)}`),
}
const external = '1: {native_vlan: v100}, 2: {native_vlan: v100, loop_protect_external: true}, 3: {tagged_vlans: [v100], loop_protect_external: true}'

const rest = '{rule: {actions: {allow: 1}}}'
const tcp = 'eth_type: 0x800, ip_proto: 6'
const udp = 'eth_type: 0x800, ip_proto: 17'
const withAcl = '1: {native_vlan: v100, acls_in: [a]}, 2: {native_vlan: v100}, 3: {tagged_vlans: [v100]}'
const plain = '1: {native_vlan: v100}, 2: {native_vlan: v100}, 3: {tagged_vlans: [v100]}'

/** A tunnel from port 1 of sw1, in a stack of two. */
function tunnel(name: string, options: string, { allow = false, list = false, dps = line([[withAcl], [plain]]) } = {}): ForwardingCase {
  const output = list ? `[{tunnel: {${options}}}]` : `{tunnel: {${options}}}`
  const acls = `a: [{rule: {${tcp}, actions: {${allow ? 'allow: 1, ' : ''}output: ${output}}}}, ${rest}]`
  return network(`tunnel: ${name}`, { acls, dps })
}

/** Stacks of two, three and more switches, with and without rings, and the tunnels in them. */
export const stackCases: readonly ForwardingCase[] = [
  network('stack of two', { dps: two }),
  network('stack of two, the second is root', { dps: line([[edges], [edges]], { rootAt: 1 }) }),
  network('stack of two with two links', { dps: parallel }),
  network('stack of two with a link that is away', { dps: parallel, absent: ['sw1:10', 'sw2:10'] }),
  network('stack of three', { dps: three }),
  network('stack of three, the root in the middle', { dps: line([[few], [few], [few]], { rootAt: 1 }) }),
  network('stack of three, the root at the end', { dps: line([[few], [few], [few]], { rootAt: 2 }) }),
  network('ring of three', { dps: ringOf3 }),
  network('ring of three, the third is root', { dps: line([[few], [few], [few]], { ring: true, rootAt: 2 }) }),
  network('ring of three with a link that is away', { dps: ringOf3, absent: ['sw1:11', 'sw2:10'] }),
  network('star of three', { dps: star }),
  network('stack of four', { dps: line([[few], [few], [few], [few]]) }),
  network('ring of four', { dps: line([[few], [few], [few], [few]], { ring: true }) }),
  network('stack of three, nobody in the middle', { dps: line([[few], ['1: {output_only: true}'], [few]]) }),
  network('stack without unicast flood', { vlans: 'v100: {vid: 100, unicast_flood: false}, v200: {vid: 200}', dps: three }),
  network('stack with edge learning', { vlans: 'v100: {vid: 100, edge_learn_stack_root: false}, v200: {vid: 200}', dps: three }),
  network('stack with route learning', { dps: line([[few, 'stack: {priority: 1, route_learning: true}'], [few], [few]], { rootAt: 9 }) }),
  network('stack with floods by port', { dps: line([[edges, 'combinatorial_port_flood: true'], [edges, 'combinatorial_port_flood: true']]) }),
  network('stack of three with floods by port', { dps: line([[few, 'combinatorial_port_flood: true'], [few, 'combinatorial_port_flood: true'], [few, 'combinatorial_port_flood: true']]) }),
  network('stack with group tables', { dps: line([[edges, 'group_table: true'], [edges, 'group_table: true']]) }),
  network('stack with egress pipelines', { dps: line([[edges, 'egress_pipeline: true'], [edges, 'egress_pipeline: true']]) }),
  network('stack with mirrors', { dps: line([[`${edges}, 4: {mirror: [1, 3]}`], [`${edges}, 4: {mirror: 1}`]]) }),
  network('ring with mirrors', { dps: line([[`${few}, 4: {mirror: [1]}`], [few], [`${few}, 4: {mirror: [2]}`]], { ring: true }) }),
  network('stack with hairpin', { dps: line([['1: {native_vlan: v100, hairpin: true}, 2: {native_vlan: v100}'], ['1: {tagged_vlans: [v100], hairpin_unicast: true}, 2: {native_vlan: v100}']]) }),
  network('stack with the coprocessor', { dps: line([[`${few}, 4: {coprocessor: {strategy: vlan_vid}}`], [few]]) }),
  network('stack with output only', { dps: line([[`${few}, 4: {output_only: true}`], [few]]) }),
  network('stack with restricted broadcasts', { dps: line([['1: {native_vlan: v100, restricted_bcast_arpnd: true}, 2: {native_vlan: v100}'], ['1: {native_vlan: v100, restricted_bcast_arpnd: true}, 2: {tagged_vlans: [v100]}']]) }),
  network('stack with permanent learning and limits', { dps: line([['1: {native_vlan: v100, permanent_learn: true}, 2: {native_vlan: v100, max_hosts: 1}'], ['1: {native_vlan: v100, permanent_learn: true}, 2: {native_vlan: v100}']]) }),
  network('stack with LACP down', { dps: line([['1: {native_vlan: v100, lacp: 1}, 2: {native_vlan: v100}'], ['1: {native_vlan: v100, lacp: 1}, 2: {native_vlan: v100}']]) }),
  network('stack with a port that is away', { dps: three, absent: ['sw1:1', 'sw3:2'] }),
  network('stack with an external port', { dps: line([[external], [plain]]) }),
  network('stack with external ports', { dps: line([[external], [external]]) }),
  network('stack of three with external ports', { dps: line([[external], [external], [external]]) }),
  network('ring with external ports', { dps: line([[external], [plain], [external]], { ring: true }) }),
  network('external ports, two links', { dps: { sw1: dp(`${external}, 10: ${link('sw2', 10)}, 11: ${link('sw2', 11)}`, root), sw2: dp(`${external}, 10: ${link('sw1', 10)}, 11: ${link('sw1', 11)}`) } }),
  network('external ports with hairpin and mirrors', { dps: line([[`${external}, 4: {mirror: [2]}`], ['1: {native_vlan: v100, hairpin: true}, 2: {native_vlan: v100, loop_protect_external: true}']]) }),
  network('stack with ACLs of ports', { acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}, {rule: {${udp}, actions: {mirror: 2}}}, ${rest}]`, dps: line([[withAcl], [withAcl]]) }),
  network('stack with ACLs of VLANs', { vlans: 'v100: {vid: 100, acls_in: [a]}', acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}, ${rest}]`, dps: line([[plain], [plain], [plain]]) }),
  network('stack with egress ACLs', { vlans: 'v100: {vid: 100, acls_out: [a]}', acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}, ${rest}]`, dps: line([[plain], [plain]]) }),
  network('stack with ACLs of dataplanes', { acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}, ${rest}]`, dps: line([[plain, 'dp_acls: [a]'], [plain]]) }),
  network('stack with ACLs at its links', { acls: `a: [{rule: {${tcp}, actions: {allow: 0}}}, ${rest}]`, dps: { sw1: dp(`${plain}, 10: {stack: {dp: sw2, port: 10}, acls_in: [a]}`, root), sw2: dp(`${plain}, 10: ${link('sw1', 10)}`) } }),
  network('stack with an ACL that outputs to a link', { acls: `a: [{rule: {${tcp}, actions: {output: {vlan_vid: 100, port: 11}}}}, ${rest}]`, dps: line([[withAcl], [plain]]) }),
  network('stack with routing', {
    vlans: 'v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], faucet_mac: "0e:00:00:00:10:01"}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], faucet_mac: "0e:00:00:00:20:02"}',
    routers: 'r1: {vlans: [v100, v200]}',
    dps: two,
  }),
  network('stack of three with routing', {
    vlans: 'v100: {vid: 100, faucet_vips: ["10.0.1.254/24", "fc00::1:254/112"], faucet_mac: "0e:00:00:00:10:01"}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24", "fc01::1:254/112"], faucet_mac: "0e:00:00:00:20:02"}',
    routers: 'r1: {vlans: [v100, v200]}',
    dps: line([[edges], [edges], [edges]]),
  }),
  network('ring with routing', {
    vlans: 'v100: {vid: 100, faucet_vips: ["10.0.1.254/24"], faucet_mac: "0e:00:00:00:10:01"}, v200: {vid: 200, faucet_vips: ["10.0.2.254/24"], faucet_mac: "0e:00:00:00:20:02"}',
    routers: 'r1: {vlans: [v100, v200]}',
    dps: line([[edges], [edges], [edges]], { ring: true }),
  }),
  tunnel('to a port', 'type: vlan, tunnel_id: 300, dp: sw2, port: 2'),
  tunnel('a list, and the packet goes on', 'type: vlan, tunnel_id: 300, dp: sw2, port: 2', { allow: true, list: true }),
  tunnel('and the packet goes on', 'type: vlan, tunnel_id: 300, dp: sw2, port: 2', { allow: true }),
  tunnel('without a number', 'dp: sw2, port: 2'),
  tunnel('to no port', 'dp: sw2, tunnel_id: 300'),
  tunnel('to a tagged port', 'dp: sw2, tunnel_id: 300, port: 3'),
  tunnel('with its tag kept', 'dp: sw2, tunnel_id: 300, port: 2, maintain_encapsulation: true'),
  tunnel('with instructions at its end', 'dp: sw2, tunnel_id: 300, port: 2, exit_instructions: [{vlan_vid: 55}]'),
  network('tunnel: with fields set at its end', {
    acls:
      `a: [{rule: {${tcp}, actions: {output: {tunnel: {dp: sw2, tunnel_id: 300, port: 2, exit_instructions: [{set_fields: [{eth_dst: "02:00:00:00:00:99"}]}]}}}}}, ${rest}], ` +
      `b: [{rule: {${udp}, actions: {allow: 1, output: {set_fields: [{eth_dst: "02:00:00:00:00:98"}]}}}}, ${rest}]`,
    dps: line([[withAcl], ['1: {native_vlan: v100, acls_in: [b]}, 2: {native_vlan: v100}']]),
  }),
  tunnel('with instructions and no port', 'dp: sw2, tunnel_id: 300, exit_instructions: [{vlan_vid: 100}]'),
  tunnel('in both directions', 'dp: sw2, tunnel_id: 300, port: 2, bi_directional: true'),
  tunnel('reversed', 'dp: sw2, tunnel_id: 300, port: 2, reverse: true'),
  tunnel('in the same switch', 'dp: sw1, tunnel_id: 300, port: 2'),
  tunnel('in the same switch, with its tag kept', 'dp: sw1, tunnel_id: 300, port: 2, maintain_encapsulation: true', { allow: true, list: true }),
  tunnel('through three', 'dp: sw3, tunnel_id: 300, port: 2', { dps: line([[withAcl], [plain], [plain]]) }),
  tunnel('through three, in both directions', 'dp: sw3, tunnel_id: 300, port: 2, bi_directional: true', { dps: line([[withAcl], [plain], [plain]]) }),
  tunnel('around a ring', 'dp: sw3, tunnel_id: 300, port: 2', { dps: line([[withAcl], [plain], [plain]], { ring: true }) }),
  tunnel('over two links', 'dp: sw2, tunnel_id: 300, port: 2', { dps: { sw1: dp(`${withAcl}, 10: ${link('sw2', 10)}, 11: ${link('sw2', 11)}`, root), sw2: dp(`${plain}, 10: ${link('sw1', 10)}, 11: ${link('sw1', 11)}`) } }),
  tunnel('from two switches', 'dp: sw2, tunnel_id: 300, port: 2', { dps: line([[withAcl], [plain], [withAcl]]) }),
  tunnel('with the egress pipeline', 'dp: sw2, tunnel_id: 300, port: 2', { dps: line([[withAcl, 'egress_pipeline: true'], [plain, 'egress_pipeline: true']]) }),
  network('tunnel: by the ACL of a dataplane', { acls: `a: [{rule: {${tcp}, actions: {output: {tunnel: {dp: sw2, tunnel_id: 300, port: 2}}}}}, ${rest}]`, dps: line([[plain, 'dp_acls: [a]'], [plain]]) }),
  tunnel('to no port, from three switches', 'dp: sw3, tunnel_id: 300', { dps: line([[withAcl], [withAcl], [withAcl]]) }),
  tunnel('to no port, from three switches, as a list', 'dp: sw3, tunnel_id: 300', { list: true, dps: line([[withAcl], [withAcl], [withAcl]]) }),
  network('tunnel: without a rule that allows the rest', { acls: `a: [{rule: {${tcp}, actions: {mirror: 2}}}, {rule: {${udp}, actions: {output: [{tunnel: {dp: sw3, tunnel_id: 300}}]}}}]`, dps: line([[withAcl], [withAcl], [withAcl]]) }),
  network('tunnel: from a port that is a mirror', { acls: `a: [{rule: {${tcp}, actions: {mirror: 2}}}, {rule: {${udp}, actions: {output: [{tunnel: {dp: sw2, tunnel_id: 300}}]}}}]`, dps: line([['1: {native_vlan: v100, acls_in: [a]}, 2: {native_vlan: v100, acls_in: [a]}'], [plain]]) }),
  network('tunnel: in the second ACL of a port', { acls: `a: [{rule: {${udp}, actions: {allow: 0}}}, {rule: {${tcp}, tcp_dst: 443, actions: {allow: 0}}}], b: [{rule: {${tcp}, actions: {output: [{tunnel: {dp: sw2, tunnel_id: 300, port: 2}}]}}}, ${rest}]`, dps: line([['1: {native_vlan: v100, acls_in: [a, b]}, 2: {native_vlan: v100}'], [plain]]) }),
  network('tunnel: two', { acls: `a: [{rule: {${tcp}, actions: {output: {tunnel: {dp: sw2, tunnel_id: 300, port: 2}}}}}, {rule: {${udp}, actions: {allow: 1, output: [{tunnel: {dp: sw2, tunnel_id: 301}}]}}}, ${rest}]`, dps: line([[withAcl], [plain]]) }),
  network('tunnel: with an ACL at its end', { acls: `a: [{rule: {${tcp}, actions: {output: {tunnel: {dp: sw2, tunnel_id: 300, port: 2}}}}}, ${rest}], b: [{rule: {${udp}, actions: {allow: 0}}}, ${rest}]`, dps: line([[withAcl], ['1: {native_vlan: v100, acls_in: [b]}, 2: {native_vlan: v100}']]) }),
]
