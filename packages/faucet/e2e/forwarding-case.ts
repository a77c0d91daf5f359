/** A configuration on which both controllers are compared. */
export interface ForwardingCase {
  readonly name: string
  /** faucet.yaml; the numbers of dataplanes are written as `dp_id: N`. */
  readonly yaml: string
  /** Ports that a switch does not have, as `name of the dataplane:number`. */
  readonly absent: readonly string[]
}

/** What a case says, each as the inside of a YAML mapping in braces. */
export interface NetworkText {
  /** Defaults to the VLANs v100 and v200. */
  readonly vlans?: string
  readonly acls?: string
  readonly meters?: string
  readonly routers?: string
  /** Ports of the only dataplane, sw1. */
  readonly ports?: string
  /** Options of the only dataplane, sw1. */
  readonly dp?: string
  /** Dataplanes by name, in place of the only one: all within the braces but `dp_id`. */
  readonly dps?: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
}

/** Two VLANs, which most cases do with. */
export const twoVlans = 'v100: {vid: 100}, v200: {vid: 200}'

/** Makes a case. No packet-in is left out of account, so that a host is learned the first time that it is seen. */
export function network(name: string, text: NetworkText): ForwardingCase {
  const { vlans = twoVlans, acls, meters, routers, ports = '', dp, dps, absent = [] } = text
  const all = dps ?? { sw1: `${dp === undefined ? '' : `${dp}, `}interfaces: {${ports}}` }
  const lines = Object.entries(all).map(
    ([dpName, inside], index) =>
      `  ${dpName}: {dp_id: ${index + 1}, ${inside.includes('ignore_learn_ins') ? '' : 'ignore_learn_ins: 0, '}${inside}}`,
  )
  const section = (key: string, inside: string | undefined) => (inside === undefined ? [] : [`${key}: {${inside}}`])
  const sections = [
    ...section('vlans', vlans), ...section('acls', acls), ...section('meters', meters), ...section('routers', routers),
    'dps:', ...lines,
  ]
  return { name, yaml: sections.join('\n') + '\n', absent }
}
