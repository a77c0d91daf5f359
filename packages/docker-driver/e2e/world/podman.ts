import { mkdirSync, writeFileSync } from 'node:fs'
import { answers, importBusybox } from './busybox.js'
import { Daemon, run } from './program.js'
import type { OrdinaryUser } from './user.js'

/**
 * `podman system service`, of root, or rootless of an ordinary user. What it does depends on nothing of the machine: it has no registries; runc, which Docker uses too, since crun refuses
 * machines with both versions of control groups; neither systemd nor a journal; and copies instead of overlays, which are not possible everywhere.
 */
export class Podman {
  readonly socket: string
  readonly #configuration: string
  #daemon: Daemon | undefined

  constructor(private readonly user?: OrdinaryUser) {
    this.#configuration = `/run/lab/podman-${user?.name ?? 'root'}`
    this.socket = user === undefined ? '/run/podman/podman.sock' : `${user.runtime}/podman/podman.sock`
  }

  /** Starts it, with its image. */
  async begin(): Promise<void> {
    const configuration = this.#configuration
    mkdirSync(configuration, { recursive: true })
    writeFileSync(`${configuration}/containers.conf`, '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\ninit_path = "/usr/bin/tini-static"\n')
    const places = this.user === undefined ? 'runroot = "/run/podman/runroot"\ngraphroot = "/run/podman/data"\n' : ''
    writeFileSync(`${configuration}/storage.conf`, `[storage]\ndriver = "vfs"\n${places}`)
    writeFileSync(`${configuration}/registries.conf`, 'unqualified-search-registries = []\n')
    const folder = this.socket.replace(/\/[^/]*$/, '')
    if (this.user === undefined) mkdirSync(folder, { recursive: true })
    else await this.user.run({}, 'mkdir', '-p', folder)
    const command = ['podman', 'system', 'service', '--time=0', `unix://${this.socket}`]
    this.#daemon = this.user === undefined ? new Daemon('podman', command.slice(1), this.#variables) : this.user.daemon(this.#variables, ...command)
    await this.#daemon.until(() => answers(this.socket), 'podman answers')
    await importBusybox(this.socket)
  }

  /** Runs the `podman` command. */
  cli(...args: string[]): Promise<string> {
    return this.user === undefined ? run('env', '--unset=DOCKER_CONFIG', ...Object.entries(this.#variables).map(([name, value]) => `${name}=${value}`), 'podman', ...args) : this.user.run(this.#variables, 'podman', ...args)
  }

  /** Names of all containers. */
  async containers(): Promise<string[]> {
    return (await this.cli('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean).sort()
  }

  /** Stops it. */
  async end(): Promise<void> {
    await this.#daemon?.stop()
  }

  get #variables(): Readonly<Record<string, string>> {
    const files = ['', '_STORAGE', '_REGISTRIES'].map((kind) => [`CONTAINERS${kind}_CONF`, `${this.#configuration}/${kind.slice(1).toLowerCase() || 'containers'}.conf`])
    // It leaves what was imported where temporary files are.
    return { ...Object.fromEntries(files), TMPDIR: this.user?.runtime ?? this.#configuration }
  }
}
