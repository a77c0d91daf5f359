import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { DriverEvent, DriverLog } from '../driver/context.js'
import type { ControlOption } from '../driver/controller.js'
import { DockerNetworkDriver } from '../driver/docker-network-driver.js'
import { DockerDriverError } from '../errors.js'
import { parseControllers } from '../options/index.js'
import { type ActivatedSocket, checkActivatedSocket } from '../protocol/activated-socket.js'
import { pluginSocketPath } from '../protocol/plugin-name.js'
import { networkJson, type StatusContext } from '../status/index.js'
import type { FlagValues } from './flags.js'

/** The daemon as it runs. */
export interface Daemon extends AsyncDisposable {
  /** Stops; networks and containers go on. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts what the command runs: the driver and its status server. Resolves when Docker can call it.
 * @param socket that systemd hands over; default: the driver makes its own
 * @param signal gives the start up
 * @throws DockerDriverError, with a sentence about what to do; `aborted`
 */
export async function startDaemon(values: FlagValues, socket: ActivatedSocket | undefined, log: (record: DriverLog) => void, signal?: AbortSignal): Promise<Daemon> {
  if (socket !== undefined) {
    checkActivatedSocket(socket, pluginSocketPath(values.name))
    log({ level: 'debug', text: `systemd hands over ${socket.path}` })
  }
  // Events come while the driver starts, too.
  let started: DockerNetworkDriver | undefined
  const status = (): StatusContext => started?.statusContext ?? { shortEngineId: '' }
  const driver = (started = await DockerNetworkDriver.start({
    name: values.name,
    socketDescriptor: socket?.descriptor,
    docker: values.docker === '' ? undefined : values.docker,
    ovs: values.ovs,
    timeout: Number(values.ovs_wait) * 1000,
    control: controlOf(values),
    config: values.config === '' ? undefined : read('config', values.config),
    listen: values.ofp_listen === '' ? [] : values.ofp_listen.split(','),
    defaultControllers: values.default_ofcontrollers === '' ? [] : parseControllers(values.default_ofcontrollers),
    machine: {
      stackingInterfaces: values.stacking_interfaces,
      stackPriority1: values.stack_priority1,
      stackMirrorInterface: values.stack_mirror_interface,
      mirrorBridgeIn: values.mirror_bridge_in,
      mirrorBridgeOut: values.mirror_bridge_out,
    },
    ...(values.status_port !== '0' && {
      status: { host: values.status_host, port: portOf('status_port', values.status_port), allow: values.status_auth_ips.split(',').map((item) => item.trim()).filter(Boolean) },
    }),
    signal,
    onLog: log,
    onEvent: (event) => log({ level: 'info', text: eventLine(event, status()) }),
  }))
  notify('READY=1')
  log({ level: 'info', text: `Docker can call ${driver.socket}` })
  // Docker may be waiting for us, to restore its networks: nobody waits for it here.
  void driver.reconcile().then(() => log({ level: 'info', text: 'ready: Docker, Open vSwitch and the controller agree' }))
  const close = async (): Promise<void> => {
    notify('STOPPING=1')
    await driver.close()
  }
  let closing: Promise<void> | undefined
  const once = (): Promise<void> => (closing ??= close())
  return { close: once, [Symbol.asyncDispose]: once }
}

function controlOf({ faucet_config, faucet_pid, faucet_prometheus, config }: FlagValues): ControlOption {
  if (faucet_config === '') return 'embedded'
  if (config !== '') throw new DockerDriverError('invalid', '--config is for the controller in this program, --faucet_config for a real Faucet: give one of them')
  if (!existsSync(faucet_config)) throw new DockerDriverError('not-found', `--faucet_config: there is no file ${faucet_config}`)
  // Without a process Faucet is to look at the file by itself (FAUCET_CONFIG_STAT_RELOAD=1, as dovesnap has it).
  return { faucet: faucet_config, reload: faucet_pid === '' ? () => undefined : processOf(faucet_pid), prometheus: faucet_prometheus }
}

function portOf(flag: string, text: string): number {
  const port = Number(text)
  if (port > 65535) throw new DockerDriverError('invalid', `--${flag} must be a TCP port, 0 to 65535 (got ${text})`)
  return port
}

/** 0 and 1 would be our own group, and everybody's parent. */
function processOf(text: string): number {
  const id = Number(text)
  if (id < 2) throw new DockerDriverError('invalid', `--faucet_pid must be the process id of Faucet (got ${text})`)
  return id
}

function read(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DockerDriverError('not-found', `--${flag}: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

/** One JSON object, as dovesnap writes it: the network, what happened, and to whom. */
function eventLine(event: DriverEvent, status: StatusContext): string {
  const { network } = event
  const state = networkJson(network, status)
  const message = `"Type":"${event.type.toUpperCase()}","Operation":"${event.operation.toUpperCase()}","Details":${JSON.stringify(details(event))}`
  return `{"Version":1,"Time":${Math.floor(Date.now() / 1000)},"Msg":{"NetworkState":${state},${message}}}`
}

function details(event: DriverEvent): Readonly<Record<'name' | 'id' | 'port' | 'mac' | 'ip', string>> {
  const nothing = { id: '', port: '', mac: '', ip: '' }
  switch (event.type) {
    case 'network':
      return { ...nothing, name: event.network.name, id: event.network.id }
    case 'port':
      return { ...nothing, name: event.name, port: String(event.ofport) }
    case 'container': {
      const { joined, mac, ipv4, ipv6 } = event.endpoint
      return { name: joined?.containerName ?? '', id: joined?.containerId ?? '', port: String(joined?.ofport ?? ''), mac, ip: ipv4 ?? ipv6 ?? '' }
    }
  }
}

/** Tells systemd how we are (sd_notify(3)); without systemd nobody. */
function notify(state: string): void {
  if (process.env['NOTIFY_SOCKET'] !== undefined) execFile('systemd-notify', [state], () => undefined)
}
