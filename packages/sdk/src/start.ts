import { LinuxError, Sandbox, type NamespaceJob, type SandboxPrivilege } from '@streambed/linux'
import type { FaucetFeedEvent } from '@streambed/faucet'
import { Containers } from './containers/containers.js'
import { checkContainers, type WireOption } from './containers/privilege.js'
import type { ControlPlan } from './control/control.js'
import { checkControl, startControl, type ControlOption } from './control/start-control.js'
import { controlPlan, controlPort, namesRequest, TestbedCore } from './core.js'
import { TestbedError } from './errors.js'
import { controlEvent } from './events.js'
import { applyTo, markJobs } from './membership.js'
import { hostIndex, hostJobs, hostPorts, linkPorts, portsUpJob, switchPreparationJob } from './plan/plan.js'
import { privateSwitch } from './private-switch.js'
import type { SwitchHome, SwitchLocation } from './switch.js'
import { systemSwitch, type SystemOvs } from './system-switch.js'
import { buildModel } from './topology/build.js'
import { isContainer, type HostModel, type TestbedModel } from './topology/model.js'
import type { Topology } from './topology/spec.js'

/** `setTimeout` fires at once when it is asked for more (2^31 - 1 ms, 24 days). */
const LONGEST_TIMER = 0x7fff_ffff

/** A step of starting a testbed. */
export interface StartProgress {
  readonly step: 'sandbox' | 'hosts' | 'containers' | 'ports' | 'control' | 'ready'
  /** In words. */
  readonly message: string
  /** Since the start, milliseconds. */
  readonly elapsedMs: number
}

/** How a testbed is started. */
export interface StartOptions {
  /** Is told each step as it begins. */
  readonly onProgress?: ((progress: StartProgress) => void) | undefined
  /** Undoes everything and rejects when it fires during the start; ends the testbed when it fires later. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole start, images that are fetched included; default 60,000. `Infinity` for no limit. */
  readonly timeout?: number | undefined
  /**
   * `user-namespace` needs no privilege; `root` makes the namespaces directly. Default: `root` when the process is root.
   */
  readonly privilege?: SandboxPrivilege | undefined
  /**
   * `private` starts an Open vSwitch of the testbed's own (the default). `system`, or the address of a database, makes a bridge in one
   * that is running already, which needs root.
   */
  readonly ovs?: 'private' | 'system' | SystemOvs | undefined
  /**
   * What says what the switches do. `embedded` (the default) is the Faucet-compatible controller in this process; `faucet` is the real Faucet, which
   * must be installed; `none`: a single switch that learns by itself, for topologies without ACLs, meters, gateways and taps.
   */
  readonly control?: ControlOption | undefined
  /**
   * Where Docker is, for hosts that are containers: the path of its socket, or what DOCKER_HOST may hold. Default: DOCKER_HOST, else the first that answers of the
   * usual sockets of Docker and podman.
   */
  readonly docker?: string | undefined
  /**
   * How containers are plugged into the switch: `direct` (the default, and faster) without Docker's knowledge; `driver` makes each network of the testbed one of Docker too, to be seen by
   * `docker network ls`. What the hosts have of it is the same.
   */
  readonly wire?: WireOption | undefined
}

/**
 * Starts what a testbed consists of. When it resolves, every port is up and every address usable.
 * @throws TestbedError as `Testbed.start`; nothing is left then
 */
export async function startTestbed(topology: Topology, options: StartOptions): Promise<TestbedCore> {
  if (options.signal?.aborted === true) throw new TestbedError('aborted', 'the start of the testbed was aborted', { cause: options.signal.reason })
  const started = performance.now()
  const progress = (step: StartProgress['step'], message: string): void => options.onProgress?.({ step, message, elapsedMs: performance.now() - started })
  // Mistakes in the topology first, whatever the machine lacks.
  const checked = buildModel(topology)
  const limit = options.timeout ?? 60_000
  if (!(limit > 0)) throw new TestbedError('invalid', `timeout must be a number of milliseconds above 0 (got ${limit})`)
  const location = findLocation(options.ovs ?? 'private')
  const model = location.site === checked.site ? checked : buildModel(topology, location.site)
  const kind = options.control ?? 'embedded'
  checkControl(model, kind)
  const wire = options.wire ?? 'direct'
  checkContainers(model, wire, (options.privilege ?? (process.geteuid?.() === 0 ? 'root' : 'user-namespace')) === 'root')
  const plan = controlPlan(model, undefined)
  const home = location.home({ name: model.name, switches: [...model.switches.values()], controlled: kind !== 'none' })
  progress('sandbox', 'starting Open vSwitch and the agent')
  let sandbox: Sandbox
  try {
    sandbox = new Sandbox({ privilege: options.privilege, ...home.sandbox, signal: options.signal })
  } catch (error) {
    throw startError(error)
  }
  const over = new AbortController()
  void sandbox.failed.then((error) => over.abort(error))
  const containers = new Containers({
    docker: options.docker,
    testbed: model.name,
    wire,
    signal: over.signal,
    onPull: ({ image, layer, status, current, total }) => progress('containers', `fetching ${image}: ${status.toLowerCase()}${layer === undefined ? '' : ` ${layer}`}${current === undefined || total === undefined ? '' : ` (${megabytes(current)} of ${megabytes(total)} MB)`}`),
  })
  const timer = setTimeout(() => sandbox.abort(new LinuxError('timeout', `the testbed did not start in ${limit} ms`)), Math.min(limit, LONGEST_TIMER))
  try {
    const core = await build(model, plan, kind, home, sandbox, containers, progress)
    progress('ready', `${model.hosts.size} hosts on ${model.networks.size} networks`)
    return core
  } catch (error) {
    const reason = sandbox.failure ?? error
    sandbox.abort(new LinuxError('closed', 'the start failed', { cause: error }))
    await Promise.all([sandbox.closed, containers.close().catch(() => undefined)])
    throw startError(reason)
  } finally {
    clearTimeout(timer)
  }
}

/** Builds everything in a new sandbox: one message to the agent, one transaction to the switch. */
async function build(model: TestbedModel, plan: ControlPlan, kind: ControlOption, home: SwitchHome, sandbox: Sandbox, containers: Containers, progress: (step: StartProgress['step'], message: string) => void): Promise<TestbedCore> {
  const hosts = [...model.hosts.values()]
  const opening = home.open(sandbox)
  opening.catch(() => undefined)
  // Whoever listens does so when there is a testbed.
  let emit = (_event: FaucetFeedEvent): void => undefined
  const starting = startControl(kind, plan, (event) => emit(event))
  starting.catch(() => undefined)
  try {
    progress('hosts', `making ${model.hosts.size} hosts`)
    const names = sandbox.call('names', namesRequest(model))
    const boxed = hosts.filter(isContainer)
    containers.hosts = () => hosts
    const opened = containers.openNetworks(model.networks.values())
    const first = [switchPreparationJob(model.site), ...hosts.filter((host) => !isContainer(host)).flatMap((host) => hostJobs(model, host))]
    const last = portsUpJob(model.site, hosts.flatMap(({ interfaces }) => interfaces), true)
    const applied = boxed.length === 0 ? sandbox.apply([...first, last]) : applyWithContainers(model, boxed, first, last, sandbox, containers, progress)
    // Whichever of the others fails first, nobody else hears of it.
    for (const step of [opened, names, applied]) step.catch(() => undefined)
    const ports = [...linkPorts(model), ...hostPorts(model, hosts, kind === 'none' ? (network) => model.networks.get(network)?.vlan ?? 0 : undefined)]
    const [ovs, control] = await Promise.all([opening, starting, names, applied, opened])
    progress('ports', 'connecting them to the switch')
    // The agent watches the links while the switch takes its ends.
    await Promise.all([
      ovs.addFirst(ports, home.ready),
      sandbox.call('settle', { links: hosts.flatMap((host) => host.interfaces.map((item) => ({ namespace: host.namespace, index: hostIndex(host, item) }))) }),
    ])
    if (control !== undefined) {
      progress('control', 'telling the switch what to do')
      await control.takeOver(ovs, [...model.switches.values()].map(({ bridge }) => bridge))
      await control.portsUp(hosts.flatMap(({ interfaces }) => interfaces).map((item) => controlPort(model, item)))
    }
    await containers.ready(boxed)
    const core = new TestbedCore(model, sandbox, ovs, control, containers)
    emit = (event) => core.events.emit(controlEvent(event))
    return core
  } catch (error) {
    // A bridge in an Open vSwitch that goes on without this testbed must not stay.
    await starting.then((control) => control?.close(), () => undefined)
    await opening.then((ovs) => ovs.close(error as Error), () => undefined)
    throw error
  }
}

/** Starts containers while the hosts that are namespaces are made, and makes them hosts as soon as they run. */
async function applyWithContainers(model: TestbedModel, boxed: readonly HostModel[], first: readonly NamespaceJob[], last: NamespaceJob, sandbox: Sandbox, containers: Containers, progress: (step: StartProgress['step'], message: string) => void): Promise<void> {
  progress('containers', `starting ${boxed.length} containers`)
  const [pids] = await Promise.all([containers.start(boxed), sandbox.apply(first)])
  progress('containers', 'plugging them in')
  await applyTo(containers, sandbox, boxed, [...boxed.flatMap((host, index) => hostJobs(model, host, pids[index])), ...(await markJobs(model, boxed, containers)), last])
  await sandbox.call('names', namesRequest(model))
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function findLocation(ovs: NonNullable<StartOptions['ovs']>): SwitchLocation {
  try {
    return ovs === 'private' ? privateSwitch() : systemSwitch(ovs === 'system' ? {} : ovs)
  } catch (error) {
    throw startError(error)
  }
}

function startError(error: unknown): TestbedError {
  if (error instanceof TestbedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof LinuxError) {
    if (error.code === 'missing' || error.code === 'forbidden') return new TestbedError('missing', message, { cause: error })
    if (error.code === 'aborted' || error.code === 'timeout') return new TestbedError(error.code, error.code === 'aborted' ? 'the start of the testbed was aborted' : message, { cause: error.cause ?? error })
  }
  return new TestbedError('failed', `the testbed could not be started: ${message}`, { cause: error })
}
