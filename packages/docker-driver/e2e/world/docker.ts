import { mkdirSync, rmSync } from 'node:fs'
import { answers, busybox, importBusybox, send } from './busybox.js'
import { controlGroup, Daemon, refused, run } from './program.js'

/** Where Docker listens in this world. */
export const dockerSocket = '/run/docker.sock'

export { busybox }

/** A container that sleeps, for the engine. */
export const sleeper = { image: busybox, command: ['sleep', '3600'], init: true } as const

const host = `unix://${dockerSocket}`

/** The client that came with the daemon; another one on the PATH may be newer, and then refuse options. */
const client = '/usr/bin/docker'

/** dockerd in this world, on its well-known socket. Its data is in memory, and ends with this world. */
export class Docker {
  #daemon: Daemon | undefined

  /** Options of dockerd, such as `--live-restore`, hold for {@link restart} too. */
  constructor(private readonly options: readonly string[] = []) {}

  /** Starts dockerd for the first time, with its image. */
  async begin(): Promise<void> {
    await this.up()
    await importBusybox(dockerSocket)
  }

  /** What dockerd wrote. */
  get log(): string {
    return this.#daemon?.output ?? ''
  }

  /** Starts dockerd, and resolves when it answers. */
  async up(): Promise<void> {
    mkdirSync('/run/docker-data', { recursive: true })
    // A killed one leaves it, and the number may be somebody else's now.
    rmSync('/run/docker.pid', { force: true })
    this.#daemon = new Daemon('dockerd', [
      `--host=${host}`, '--data-root=/run/docker-data', '--pidfile=/run/docker.pid', `--cgroup-parent=${controlGroup}`, '--log-level=warn', ...this.options,
    ])
    await this.#daemon.until(() => answers(dockerSocket), 'dockerd answers')
  }

  /** Stops dockerd, or kills it. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#daemon?.stop(signal)
  }

  /** It answers nobody until {@link resume}; its connections stay. */
  pause(): void {
    this.#daemon?.pause()
  }

  resume(): void {
    this.#daemon?.resume()
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.down(signal)
    await this.up()
  }

  /** What `GET path` of its API answers. */
  async ask<T>(path: string): Promise<T> {
    return JSON.parse(await send(dockerSocket, 'GET', path)) as T
  }

  /** Runs the `docker` command. */
  cli(...args: string[]): Promise<string> {
    return run(client, '--host', host, ...args)
  }

  /** The words with which the `docker` command fails. */
  refused(...args: string[]): Promise<string> {
    return refused(client, '--host', host, ...args)
  }

  /** Starts a container that sleeps, in the background, and answers its id. */
  sleeper(name: string, ...options: string[]): Promise<string> {
    return this.cli('run', '--detach', '--init', '--name', name, ...options, busybox, 'sleep', '3600')
  }

  /** Ids of all containers that pass `docker ps --filter`. */
  async containers(...filters: string[]): Promise<string[]> {
    return (await this.cli('ps', '--all', '--quiet', '--no-trunc', ...filters.flatMap((filter) => ['--filter', filter]))).split('\n').filter(Boolean)
  }

  /** Starts a container that serves its `/etc` by HTTP. As a first process it does not hear SIGTERM. */
  webServer(name: string, ...options: string[]): Promise<string> {
    return this.cli('run', '--detach', '--stop-signal=KILL', '--name', name, ...options, busybox, 'httpd', '-f', '-p', '80', '-h', '/etc')
  }

  /** The process of a container, as the machine knows it. */
  async pid(name: string): Promise<number> {
    return (await this.ask<{ readonly State: { readonly Pid: number } }>(`/containers/${name}/json`)).State.Pid
  }

  /** Runs a program of the machine in the network of a container. */
  async inNetworkOf(name: string, ...command: string[]): Promise<string> {
    return run('nsenter', '--net', '--target', String(await this.pid(name)), ...command)
  }

  /** Whether a container gets an answer from an address. */
  async reaches(name: string, address: string, seconds = 3): Promise<boolean> {
    return this.inNetworkOf(name, 'ping', '-c1', `-W${seconds}`, address).then(() => true, () => false)
  }

  /** Removes all containers, and all networks but Docker's own. */
  async removeEverything(): Promise<void> {
    const containers = await this.containers()
    if (containers.length > 0) await this.cli('rm', '--force', '--volumes', ...containers)
    const networks = (await this.cli('network', 'ls', '--quiet', '--filter', 'type=custom')).split('\n').filter(Boolean)
    if (networks.length > 0) await this.cli('network', 'rm', ...networks)
  }

  /** Runs a command in a container. */
  exec(name: string, ...command: string[]): Promise<string> {
    return this.cli('exec', name, ...command)
  }
}
