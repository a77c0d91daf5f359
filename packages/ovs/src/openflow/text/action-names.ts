/** What Open vSwitch calls the actions of a set, in its order, with their numbers (`ofp_action_type`). */
const names: readonly (readonly [number: number, name: string])[] = [
  [0, 'output'],
  [22, 'group'],
  [25, 'set_field'],
  [18, 'strip_vlan'],
  [17, 'push_vlan'],
  [23, 'mod_nw_ttl'],
  [24, 'dec_ttl'],
  [15, 'set_mpls_ttl'],
  [16, 'dec_mpls_ttl'],
  [19, 'push_mpls'],
  [20, 'pop_mpls'],
  [21, 'set_queue'],
]

/** The actions whose bits are set. */
export function actionNames(bits: number): string {
  return names.flatMap(([number, name]) => (((bits >>> number) & 1) === 1 ? [name] : [])).join(' ') || '<none>'
}
