import type { AddressRange } from './address.js'
import type { aclOptions, actionOptions, outputOptions } from './acl-options.js'
import type { ConfigPath } from './issue.js'
import type { Options, OptionTable } from './option.js'
import type { dpOptions, meterOptions, portOptions, routerOptions, stackOptions, vlanOptions } from './options.js'
import type { ResolvedAcl, ResolvedRoute } from './resolved-model.js'
import type { ConfigValue } from './value.js'

/** Where an ACL is applied: then its match on the port or on the VLAN is Faucet's own. */
export interface AclUse {
  readonly type: 'port' | 'vlan' | 'dp' | 'tunnel'
}

/** A VLAN while a configuration is checked. One object for all dataplanes, but for the VLANs of tunnels. */
export interface VlanDraft {
  readonly vid: number
  readonly name: string
  readonly path: ConfigPath
  readonly place: ConfigValue
  readonly options: Options<typeof vlanOptions>
  readonly reserved: boolean
  readonly vips: readonly AddressRange[]
  readonly routes: readonly ResolvedRoute[]
  readonly aclsIn: readonly ConfigValue[]
  readonly aclsOut: readonly ConfigValue[]
}

/** A port while a configuration is checked. */
export interface PortDraft {
  readonly number: number
  readonly name: string
  readonly path: ConfigPath
  readonly place: ConfigValue
  readonly options: Options<typeof portOptions>
  native: VlanDraft | undefined
  tagged: readonly VlanDraft[]
  readonly aclsIn: readonly ConfigValue[]
  /** Ports that get copies of this one's packets. */
  readonly mirrorTo: number[]
  outputOnly: boolean
  readonly isStack: boolean
  peer: { readonly dp: DpDraft; readonly port: PortDraft } | undefined
}

/** A dataplane while a configuration is checked. */
export interface DpDraft {
  readonly name: string
  readonly index: number
  readonly path: ConfigPath
  readonly place: ConfigValue
  readonly options: Options<typeof dpOptions>
  readonly stack: Options<typeof stackOptions> | undefined
  readonly ports: Map<number, PortDraft>
  /** The VLANs that tunnels made. */
  readonly tunnelVlans: VlanDraft[]
  readonly acls: Map<string, ResolvedAcl>
  /** As what the ACLs are applied, by `keyId`. */
  readonly aclUses: Map<string, Set<AclUse['type']>>
  readonly usedMeters: Set<string>
  readonly tunnelAcls: Set<string>
}

/** A rule whose types are right. */
export interface RuleDraft {
  readonly options: Options<OptionTable>
  readonly actions: Options<typeof actionOptions> | undefined
  readonly outputs: readonly Options<typeof outputOptions>[]
  readonly ordered: boolean
}

/** An ACL whose types have been checked. */
export interface AclDraft {
  readonly key: ConfigValue
  readonly name: string
  readonly path: ConfigPath
  readonly options: Options<typeof aclOptions>
  readonly rules: readonly RuleDraft[]
  /** Whether its types are right: else it is not followed further. */
  readonly good: boolean
}

/** A router. */
export interface RouterDraft {
  readonly name: string
  readonly path: ConfigPath
  readonly place: ConfigValue
  readonly options: Options<typeof routerOptions>
}

/** A meter. */
export interface MeterDraft {
  readonly name: string
  readonly options: Options<typeof meterOptions>
}

/** Everything that dataplanes share, by `keyId`. */
export interface Network {
  readonly vlans: Map<string, VlanDraft>
  readonly acls: ReadonlyMap<string, AclDraft>
  readonly routers: readonly RouterDraft[]
  readonly meters: ReadonlyMap<string, MeterDraft>
  readonly dps: DpDraft[]
}

/** The port of a dataplane under a name or number, as Faucet looks it up. */
export function findPort(dp: DpDraft, ref: ConfigValue | undefined): PortDraft | undefined {
  if (ref?.kind === 'int' || ref?.kind === 'bool') return dp.ports.get(Number(ref.value))
  if (ref?.kind === 'str') for (const port of dp.ports.values()) if (port.name === ref.value) return port
  return undefined
}
