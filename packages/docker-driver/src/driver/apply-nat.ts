import type { Endpoint, Network } from '../model/network.js'
import type { DriverContext } from './context.js'
import type { Networks } from './ledger.js'

/** The networks as the firewall is to have them: also with containers that are just being admitted, whom the ledger does not have yet. */
export function publishingNetworks(networks: Networks, admitting: ReadonlyMap<string, Endpoint>): readonly Network[] {
  if (admitting.size === 0) return [...networks.values()]
  return [...networks.values()].map((network) => {
    const some = [...network.endpoints.keys()].flatMap((id) => admitting.get(id) ?? [])
    return some.length === 0 ? network : { ...network, endpoints: new Map([...network.endpoints, ...some.map((endpoint) => [endpoint.id, endpoint] as const)]) }
  })
}

/** Makes the rules of the firewall what follows from the networks of now. @param scope as of `Nat.apply` */
export function applyNat({ nat, ledger, admitting }: DriverContext, scope: 'all' | 'endpoints' = 'all'): Promise<void> {
  return nat.apply(publishingNetworks(ledger.networks, admitting), scope)
}
