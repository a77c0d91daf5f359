import type { NamespaceJob, Sandbox } from '@streambed/linux'
import type { Containers } from './containers/containers.js'
import { checkContainers } from './containers/privilege.js'
import { controlPort, namesRequest, type TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import { adaptPartition, partitionVlan } from './plan/partition.js'
import { aliasJob, bridgeOf, deletePortJob, forgetNeighbourJobs, hostJobs, hostPorts, portsUpJob } from './plan/plan.js'
import { withHost, withoutHost } from './topology/build.js'
import { isContainer, type HostModel, type TestbedModel } from './topology/model.js'
import type { HostSpec } from './topology/spec.js'

/**
 * Makes a host and plugs it in; ready when it resolves. When it rejects, nothing of it is there.
 * @throws TestbedError `invalid`; of a container also `missing` and `failed`
 */
export async function joinHost(core: TestbedCore, name: string, spec: HostSpec): Promise<void> {
  const { containers, sandbox, bridge, control } = core
  const model = withHost(core.model, name, spec)
  const host = model.hosts.get(name) as HostModel
  const plan = core.partition && adaptPartition(model, core.partition)
  checkContainers(model, containers.wire, sandbox.privilege === 'root')
  const boxed = isContainer(host) ? [host] : []
  try {
    const [pid] = await containers.start(boxed)
    await applyTo(containers, sandbox, boxed, [...hostJobs(model, host, pid), ...(await markJobs(model, boxed, containers)), portsUpJob(model.site, host.interfaces)])
    await core.settle(host)
    // The others first: the new host must not be among those that it is kept apart from, not even for a moment.
    await core.direct(control === undefined ? core.model : model, core.partition, plan)
    await bridge.add(hostPorts(model, [host], control ? undefined : (network, owner) => partitionVlan(model, plan, network, owner)))
    await control?.portsUp(host.interfaces.map((item) => controlPort(model, item)))
    await bridge.revalidated()
    if (boxed.length > 0) {
      await sandbox.call('names', namesRequest(model))
      await containers.ready(boxed)
    }
  } catch (error) {
    // What went wrong first is what the caller must know.
    await Promise.allSettled([unplug(core, host), containers.remove(host)])
    await core.direct(core.model, plan, core.partition).catch(() => undefined)
    if (boxed.length > 0) await core.publishNames().catch(() => undefined)
    throw error
  }
  core.model = model
  core.partition = plan
  await core.forgetUnresolved()
  await core.publishNames()
}

/**
 * Takes a host away: its processes are killed, its connections reset, its ports deleted.
 * @throws TestbedError `invalid` when there is none; what Docker says when it cannot remove the container, of which the testbed then knows nothing any more
 */
export async function dropHost(core: TestbedCore, name: string): Promise<void> {
  const model = withoutHost(core.model, name)
  const host = core.host(name)
  await core.sandbox.owned.closeNamespace(host.namespace, new TestbedError('closed', `host "${name}" was removed`))
  // Docker takes its time, in which the switch forgets the host.
  const removed = core.containers.remove(host)
  removed.catch(() => undefined)
  try {
    await unplug(core, host)
    await core.apply(forgetNeighbourJobs(model, host))
    await core.adopt(model)
    core.hostStates.delete(name)
    for (const { port } of host.interfaces) core.downPorts.delete(port)
    await core.publishNames()
  } catch (error) {
    await removed.catch(() => undefined)
    throw error
  }
  await removed
}

/** Takes away whatever of a host's cables and namespace is there. */
async function unplug({ model, bridge, sandbox }: TestbedCore, host: HostModel): Promise<void> {
  const [first] = host.interfaces
  if (first !== undefined) await bridge.removeIfThere(bridgeOf(model, first.switch), host.interfaces.map(({ port }) => port))
  // The cables first: a socket that somebody still holds keeps the namespace, and with it a cable, alive.
  await sandbox.apply(host.interfaces.map((item) => deletePortJob(model.site, item)))
  await sandbox.call('remove', { namespaces: [host.namespace] })
}

/** Applies jobs in which containers take part; when one of these has ended meanwhile, the error says so instead of what the kernel says. */
export async function applyTo(containers: Containers, sandbox: Sandbox, boxed: readonly HostModel[], jobs: readonly NamespaceJob[]): Promise<void> {
  try {
    await sandbox.apply(jobs)
  } catch (error) {
    if (sandbox.failure === undefined) await containers.assertRunning(boxed)
    throw error
  }
}

/**
 * The jobs that mark cables which nobody takes back when this process dies: both namespaces that they are in go on, the machine's and that of a container which
 * was there before. Docker's reaper removes them by the mark.
 */
export async function markJobs({ site }: TestbedModel, boxed: readonly HostModel[], containers: Containers): Promise<NamespaceJob[]> {
  const cables = site.own ? [] : boxed.filter(({ spec }) => spec.container !== undefined).flatMap(({ interfaces }) => interfaces)
  return cables.length === 0 ? [] : [aliasJob(site, cables, await containers.linkAlias())]
}
