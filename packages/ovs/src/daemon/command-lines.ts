import { join } from 'node:path'

/** Where a private pair of daemons lives, and what differs from the usual. */
export interface DaemonOptions {
  /**
   * An existing directory for sockets, pid files, logs and the database. Keep it short: a socket's path has at most 107
   * bytes.
   */
  readonly runDir: string
  /** Arguments to add, such as `--enable-dummy` for an ovs-vswitchd with bridges of the `dummy` datapath. */
  readonly extraArguments?: readonly string[]
  /** What goes to the log files. Defaults to `info`. */
  readonly logLevel?: 'off' | 'emer' | 'err' | 'warn' | 'info' | 'dbg'
}

/**
 * A program to start: never through a shell. The daemons are in /usr/sbin, which the PATH of an ordinary user may lack.
 */
export interface CommandLine {
  readonly command: string
  readonly args: readonly string[]
  /** To be added to the environment. */
  readonly env: Readonly<Record<string, string>>
}

/** The files of a private pair of daemons. */
export interface DaemonFiles {
  /** The database, as `initialDatabase` makes it. */
  readonly database: string
  /** Where ovsdb-server listens for OVSDB clients. */
  readonly databaseSocket: string
  readonly ovsdbServer: DaemonProcessFiles
  readonly vswitchd: DaemonProcessFiles
}

/** The files of one daemon. */
export interface DaemonProcessFiles {
  readonly pidFile: string
  /** The control socket, for `ovs-appctl -t`. */
  readonly controlSocket: string
  readonly logFile: string
}

/** The paths that {@link ovsdbServerCommand} and {@link vswitchdCommand} use. */
export function daemonFiles(runDir: string): DaemonFiles {
  const files = (name: string): DaemonProcessFiles => ({
    pidFile: join(runDir, `${name}.pid`),
    controlSocket: join(runDir, `${name}.ctl`),
    logFile: join(runDir, `${name}.log`),
  })
  return {
    database: join(runDir, 'conf.db'),
    databaseSocket: join(runDir, 'db.sock'),
    ovsdbServer: files('ovsdb-server'),
    vswitchd: files('ovs-vswitchd'),
  }
}

/** An ovsdb-server in the foreground that serves the run directory's database on its unix socket and nowhere else. */
export function ovsdbServerCommand(options: DaemonOptions): CommandLine {
  const { database, databaseSocket, ovsdbServer } = daemonFiles(options.runDir)
  return commandLine('ovsdb-server', options, ovsdbServer, [`--remote=punix:${databaseSocket}`, database])
}

/**
 * An ovs-vswitchd in the foreground on the run directory's database, with the userspace datapath only. Start it when
 * ovsdb-server accepts connections, some 10 ms after its start: when the first attempt to connect fails, it makes the
 * next one only after a second.
 */
export function vswitchdCommand(options: DaemonOptions): CommandLine {
  const { databaseSocket, vswitchd } = daemonFiles(options.runDir)
  return commandLine('ovs-vswitchd', options, vswitchd, ['--disable-system', `unix:${databaseSocket}`])
}

function commandLine(
  command: string,
  { runDir, extraArguments = [], logLevel = 'info' }: DaemonOptions,
  { pidFile, controlSocket, logFile }: DaemonProcessFiles,
  operands: readonly string[],
): CommandLine {
  const args = [
    // Before --log-file, which is carried out, and reported, as soon as it is read.
    '-vconsole:off',
    '-vsyslog:off',
    `-vfile:${logLevel}`,
    `--log-file=${logFile}`,
    `--pidfile=${pidFile}`,
    `--unixctl=${controlSocket}`,
    '--no-chdir',
    ...extraArguments,
    ...operands,
  ]
  return { command, args, env: { OVS_RUNDIR: runDir, OVS_LOGDIR: runDir, OVS_DBDIR: runDir, OVS_SYSCONFDIR: runDir } }
}
