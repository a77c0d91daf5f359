import { readFileSync } from 'node:fs'
import { connectUnixIn, findProgram } from '@streambed/linux'
import { DaemonControl, daemonFiles, initialDatabase, OvsdbClient, ovsdbServerCommand, Vswitch, vswitchdCommand, type BridgeSpec, type CommandLine } from '@streambed/ovs'
import { Switch, type SwitchHome } from './switch.js'
import { PRIVATE_SITE } from './topology/model.js'

const RUN_DIR = '/run/openvswitch'

/** The schema of the installed Open vSwitch, which may be newer than the one that the package brings. */
function systemSchema(): { schemaText?: string } {
  try {
    return { schemaText: readFileSync('/usr/share/openvswitch/vswitch.ovsschema', 'utf8') }
  } catch {
    return {}
  }
}

/** The whole command line. Control sockets keep the names that they have without an option: `ovs-appctl` finds them there by itself. */
function commandLine({ command, args }: CommandLine): string[] {
  return [findProgram(command, 'openvswitch-switch'), ...args.filter((argument) => !argument.startsWith('--unixctl='))]
}

/**
 * An Open vSwitch of the testbed's own, inside its sandbox, with its bridge made before anybody asks.
 * @throws LinuxError `missing` when Open vSwitch is not installed
 */
export function privateSwitch(name: string): SwitchHome {
  const files = daemonFiles(RUN_DIR)
  const bridge: BridgeSpec = { name: PRIVATE_SITE.bridge, datapath_type: 'netdev', fail_mode: 'standalone', external_ids: { 'streambed-testbed': name } }
  // The database server first; it puts itself into the background when it listens, so that the daemon never has to try twice.
  const server = ovsdbServerCommand({ runDir: RUN_DIR, extraArguments: ['--detach'] })
  const daemon = vswitchdCommand({ runDir: RUN_DIR })
  return {
    site: PRIVATE_SITE,
    sandbox: {
      needsTun: true,
      directories: [RUN_DIR],
      files: { [files.database]: new TextDecoder().decode(initialDatabase({ ...systemSchema(), bridges: [bridge] })) },
      services: [
        { name: server.command, argv: commandLine(server), pidFile: files.ovsdbServer.pidFile, logFile: files.ovsdbServer.logFile },
        { name: daemon.command, argv: commandLine(daemon), pidFile: files.vswitchd.pidFile, logFile: files.vswitchd.logFile },
      ],
    },
    open: async (sandbox) => {
      const client = new OvsdbClient(await connectUnixIn(sandbox, files.databaseSocket))
      return new Switch(client, await Vswitch.open(client), bridge, async () => {
        const pid = new TextDecoder().decode(await sandbox.call('readFile', { path: files.vswitchd.pidFile })).trim()
        return new DaemonControl(await connectUnixIn(sandbox, `${RUN_DIR}/ovs-vswitchd.${pid}.ctl`))
      })
    },
  }
}
