import { readFileSync } from 'node:fs'
import { connectUnixIn, findProgram } from '@streambed/linux'
import { DaemonControl, daemonFiles, initialDatabase, OvsdbClient, ovsdbServerCommand, Vswitch, vswitchdCommand, type CommandLine } from '@streambed/ovs'
import { bridgesOf, Switch, type SwitchLocation } from './switch.js'
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
 * An Open vSwitch of the testbed's own, inside its sandbox, with its bridges made before anybody asks.
 * @throws LinuxError `missing` when Open vSwitch is not installed
 */
export function privateSwitch(): SwitchLocation {
  const files = daemonFiles(RUN_DIR)
  // The database server first; it puts itself into the background when it listens, so that the daemon never has to try twice.
  const server = ovsdbServerCommand({ runDir: RUN_DIR, extraArguments: ['--detach'] })
  const daemon = vswitchdCommand({ runDir: RUN_DIR })
  return {
    site: PRIVATE_SITE,
    home: (plan) => {
      const bridges = bridgesOf(plan, { datapath_type: 'netdev', external_ids: { 'streambed-testbed': plan.name } })
      return {
        ready: true,
        sandbox: {
          needsTun: true,
          directories: [RUN_DIR],
          files: { [files.database]: new TextDecoder().decode(initialDatabase({ ...systemSchema(), bridges })) },
          services: [
            { name: server.command, argv: commandLine(server), pidFile: files.ovsdbServer.pidFile, logFile: files.ovsdbServer.logFile },
            { name: daemon.command, argv: commandLine(daemon), pidFile: files.vswitchd.pidFile, logFile: files.vswitchd.logFile },
          ],
        },
        open: async (sandbox) => {
          const client = new OvsdbClient(await connectUnixIn(sandbox, files.databaseSocket))
          return new Switch({
            client,
            vswitch: await Vswitch.open(client),
            bridges,
            openControl: async () => {
              const pid = new TextDecoder().decode(await sandbox.call('readFile', { path: files.vswitchd.pidFile })).trim()
              return new DaemonControl(await connectUnixIn(sandbox, `${RUN_DIR}/ovs-vswitchd.${pid}.ctl`))
            },
            openFlow: (bridge) => connectUnixIn(sandbox, `${RUN_DIR}/${bridge}.mgmt`),
          })
        },
      }
    },
  }
}
