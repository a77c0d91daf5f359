import { EmbeddedFaucet, type FaucetFeedEvent } from '@streambed/faucet'
import type { Switch } from '../switch.js'
import type { ControlPlan, ControlPort, TestbedControl } from './control.js'

/** The controller in this process. */
export class EmbeddedControl implements TestbedControl {
  private constructor(readonly faucet: EmbeddedFaucet) {}

  static async start({ config, hosts, links }: ControlPlan, onEvent: (event: FaucetFeedEvent) => void): Promise<EmbeddedControl> {
    const faucet = await EmbeddedFaucet.start({ config, onEvent })
    faucet.knowLinks(links.map(({ ends }) => ends))
    faucet.knowHosts(hosts)
    return new EmbeddedControl(faucet)
  }

  async takeOver(ovs: Switch, bridges: readonly string[]): Promise<void> {
    await Promise.all(bridges.map(async (bridge) => await this.faucet.attach(await ovs.openFlow(bridge))))
    await this.faucet.ready()
  }

  async apply({ config, hosts }: ControlPlan): Promise<void> {
    await this.faucet.apply(config)
    this.faucet.knowHosts(hosts)
  }

  async portsUp(ports: readonly ControlPort[]): Promise<void> {
    if (ports.length > 0) await this.faucet.portsUp(ports)
  }

  async close(): Promise<void> {
    await this.faucet.close()
  }
}
