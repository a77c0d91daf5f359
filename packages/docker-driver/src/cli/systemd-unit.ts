import { pluginSocketPath } from '../protocol/plugin-name.js'

/** What goes into the unit files. */
export interface UnitOptions {
  /** The driver's name: what stands behind `docker network create -d`. */
  readonly name: string
  /** The program and its arguments, absolute paths first. */
  readonly command: readonly string[]
}

/** The name of a unit. One machine may have several drivers, under several names. */
export function unitName(name: string, type: 'service' | 'socket'): string {
  return `streambed-docker-driver-${name}.${type}`
}

/** The unit files, by their names. */
export function unitFiles(options: UnitOptions): ReadonlyMap<string, string> {
  return new Map([
    [unitName(options.name, 'socket'), socketFile(options.name)],
    [unitName(options.name, 'service'), serviceFile(options)],
  ])
}

/**
 * The unit file of the driver's socket (systemd.socket(5)), which systemd keeps while the daemon is away: a call of Docker's waits in it, and starts the daemon.
 * Docker would ask again and again otherwise, after longer and longer pauses.
 */
function socketFile(name: string): string {
  return `[Unit]
Description=Where Docker calls its network driver ${name}
Before=docker.service

[Socket]
ListenStream=${pluginSocketPath(name)}
SocketMode=0600
DirectoryMode=0755
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`
}

/**
 * The unit file of the daemon (systemd.service(5)). It starts before Docker, so that containers which Docker starts by itself find
 * their networks; it ends after it; and it does not need Docker to be there. Networks and containers go on while it restarts. How long it waits for
 * Open vSwitch is its own affair (`--ovs_wait`): when it gives up, it tells who waits in its socket.
 */
function serviceFile({ name, command }: UnitOptions): string {
  return `[Unit]
Description=Docker networks on Open vSwitch and Faucet (${name})
After=network.target openvswitch-switch.service
Wants=openvswitch-switch.service ${unitName(name, 'socket')}
Before=docker.service

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command.map(word).join(' ')}
TimeoutStartSec=infinity
Restart=on-failure
RestartSec=1
KillMode=mixed

[Install]
WantedBy=multi-user.target docker.service
`
}

/** Quotes a word as systemd reads command lines: `%` and `$` would be replaced. */
function word(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\n', '\\n')
  return /^[\w@%+=:,./-]+$/.test(text) ? escaped : `"${escaped}"`
}
