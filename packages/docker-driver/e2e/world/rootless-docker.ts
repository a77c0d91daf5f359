import { answers, importBusybox } from './busybox.js'
import type { Daemon } from './program.js'
import type { OrdinaryUser } from './user.js'

/** What the script that comes with Docker does in the namespaces that rootlesskit has made. Not every package of Docker has that script. */
const inside = 'rm -f /run/docker /run/containerd /run/xtables.lock; exec dockerd "$@"'

/**
 * Docker of an ordinary user: dockerd in namespaces of rootlesskit, with a network by slirp4netns. It has no bridge network, since the tests use none: that would need iptables in a user
 * namespace, which not every machine has.
 */
export class RootlessDocker {
  readonly socket: string
  #daemon: Daemon | undefined

  constructor(private readonly user: OrdinaryUser) {
    this.socket = `${user.runtime}/docker.sock`
  }

  /** Starts it, with its image. */
  async begin(): Promise<void> {
    const { home, runtime } = this.user
    const options = [`--host=unix://${this.socket}`, `--data-root=${home}/docker`, `--exec-root=${runtime}/docker`, `--pidfile=${runtime}/docker.pid`, '--bridge=none', '--iptables=false', '--storage-driver=vfs', '--log-level=error']
    const namespaces = ['--net=slirp4netns', '--mtu=1500', '--disable-host-loopback', '--copy-up=/etc', '--copy-up=/run', '--propagation=rslave', `--state-dir=${runtime}/rootlesskit`]
    this.#daemon = this.user.daemon({}, 'rootlesskit', ...namespaces, 'sh', '-c', inside, 'sh', ...options)
    await this.#daemon.until(() => answers(this.socket), 'the rootless Docker answers')
    await importBusybox(this.socket)
  }

  /** Runs the `docker` command. */
  cli(...args: string[]): Promise<string> {
    return this.user.run({}, '/usr/bin/docker', '--host', `unix://${this.socket}`, ...args)
  }

  async end(): Promise<void> {
    await this.#daemon?.stop()
  }
}
