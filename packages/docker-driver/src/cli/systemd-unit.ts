/** What goes into the unit file. */
export interface UnitOptions {
  /** The driver's name: what stands behind `docker network create -d`. */
  readonly name: string
  /** The program and its arguments, absolute paths first. */
  readonly command: readonly string[]
}

/** The name of the service. One machine may have several drivers, under several names. */
export function unitName(name: string): string {
  return `streambed-docker-driver-${name}.service`
}

/**
 * The unit file of the daemon (systemd.service(5)). It starts before Docker, so that containers which Docker starts by itself find
 * their networks; it ends after it; and it does not need Docker to be there. Networks and containers go on while it restarts.
 */
export function unitFile({ name, command }: UnitOptions): string {
  return `[Unit]
Description=Docker networks on Open vSwitch and Faucet (${name})
After=network.target openvswitch-switch.service
Wants=openvswitch-switch.service
Before=docker.service

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command.map(word).join(' ')}
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
