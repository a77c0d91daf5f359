import { DockerDriverError } from '../errors.js'
import { runProgram } from '../run-program.js'

/**
 * The name of the interface with a MAC address in a network namespace: Docker calls a container's interfaces eth0, eth1 … in an order of its own.
 * @throws DockerDriverError `not-found`: no such namespace, or no such interface in it. `missing`: no `ip` or `nsenter`.
 */
export async function findInterface(netns: string, mac: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(['nsenter', `--net=${netns}`, 'ip', '-json', 'link'])
  if (code !== 0) throw new DockerDriverError('not-found', `The network namespace ${netns} can't be entered: ${stderr.trim()}`)
  const name = interfaceName(stdout, mac)
  if (name === undefined) throw new DockerDriverError('not-found', `No interface with the MAC address ${mac} is in the network namespace ${netns}.`)
  return name
}

/** Looks a MAC address up in what `ip -json link` printed. Loopback and tunnels don't have one. */
export function interfaceName(json: string, mac: string): string | undefined {
  const links = JSON.parse(json) as readonly { readonly ifname?: string; readonly address?: string; readonly link_type?: string }[]
  return links.find(({ address, link_type }) => link_type === 'ether' && address === mac.toLowerCase())?.ifname
}

/**
 * Gives the interface that has a MAC address in a network namespace another one; when it has that already, nothing happens.
 * Throws as {@link findInterface}, and DockerDriverError `kernel` when the kernel refuses.
 */
export async function changeMac(netns: string, from: string, to: string): Promise<void> {
  const name = await findInterface(netns, from).catch(async (error: unknown) => {
    await findInterface(netns, to).catch(() => { throw error })
    return undefined
  })
  if (name === undefined) return
  const { code, stderr } = await runProgram(['nsenter', `--net=${netns}`, 'ip', 'link', 'set', 'dev', name, 'address', to])
  if (code !== 0) throw new DockerDriverError('kernel', `The interface ${name} in the network namespace ${netns} can't have the MAC address ${to}: ${stderr.trim()}`)
}
