import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'
import { Daemon, run } from './program.js'

/** Where Open vSwitch listens in this world: the folder that clients call /run/openvswitch, spelled as distributions build it into ovs-vswitchd. */
export const ovsRunDir = '/var/run/openvswitch'

/** The two daemons of Open vSwitch on their well-known sockets, with a database that outlives them. Userspace datapath only. */
export class OpenVswitch {
  #server: Daemon | undefined
  #vswitchd: Daemon | undefined

  /** Starts both daemons for the first time, or with a new database. */
  async begin(): Promise<void> {
    writeFileSync(daemonFiles(ovsRunDir).database, initialDatabase())
    await this.up()
  }

  /** Starts both daemons, and resolves when they have carried out what is in the database. */
  async up(): Promise<void> {
    const files = daemonFiles(ovsRunDir)
    for (const socket of [files.databaseSocket, files.vswitchd.pidFile]) rmSync(socket, { force: true })
    const server = ovsdbServerCommand({ runDir: ovsRunDir })
    this.#server = new Daemon(server.command, server.args, server.env)
    await this.#server.until(() => existsSync(files.databaseSocket), 'ovsdb-server listens')
    const vswitchd = vswitchdCommand({ runDir: ovsRunDir })
    this.#vswitchd = new Daemon(vswitchd.command, vswitchd.args, vswitchd.env)
    await this.#vswitchd.until(() => existsSync(files.vswitchd.pidFile), 'ovs-vswitchd runs')
    await this.vsctl('show')
  }

  /** Ends both daemons. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#vswitchd?.stop(signal)
    await this.#server?.stop(signal)
  }

  /** ovs-vswitchd does nothing more until {@link resume}; the database goes on. */
  pause(): void {
    this.#vswitchd?.pause()
  }

  resume(): void {
    this.#vswitchd?.resume()
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.down(signal)
    await this.up()
  }

  /** Runs `ovs-vsctl` and waits until ovs-vswitchd has done it. */
  vsctl(...args: string[]): Promise<string> {
    return run('ovs-vsctl', '--timeout=20', ...args)
  }

  /** Runs `ovs-ofctl` with OpenFlow 1.3. */
  ofctl(...args: string[]): Promise<string> {
    return run('ovs-ofctl', '-OOpenFlow13', ...args)
  }
}
