// Runs a command in a world of its own: node scripts/private-world.mjs COMMAND [ARGUMENT…]
//
// Docker and Open vSwitch have well-known places (/run/docker, /run/openvswitch), firewall chains and links. The tests of the
// Docker driver start both of them with these very places, in namespaces that end with the tests, so that nothing of the machine
// is touched and nothing is left. In it: no links but `lo`, an empty /run, own process ids.
import { readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { isMain, main, run } from './run.mjs'

/** Docker makes its control groups below this name; they are the one thing that a namespace does not take with it. */
export const controlGroup = `streambed-tests-${process.pid}`

/** What makes the world ready, for a shell; its arguments are the command. The shell stays, as the first process: it collects what daemons leave when they go into the background. */
export const furnish = `
mount -t tmpfs -o mode=755 streambed-tests /run
mkdir -p /run/docker/plugins /run/openvswitch /run/lock /run/netns
ip link set lo up
# It would say by which signal the command ended.
exec 9>&2 2>/dev/null
(exec "$@" 2>&9 9>&-)
exit $?
`

/** The command that runs a command in a world. It ends when nothing runs there any more, and everything there ends when it is killed. */
export function worldCommand(command) {
  const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc', '--kill-child=KILL']
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c', furnish, 'sh', ...command]
}

/** Runs the command and answers its exit code. `env` comes to our own environment. Needs root. */
export async function inPrivateWorld(command, env = {}) {
  const [program, ...args] = worldCommand(command)
  try {
    return await run(program, args, {
      // Detached: an interrupt has to reach all of them.
      detached: true,
      env: { ...process.env, ...env, STREAMBED_PRIVATE_WORLD: controlGroup },
    })
  } finally {
    removeControlGroups('/sys/fs/cgroup')
  }
}

/** Removes what Docker has left below a control group, when everything in the world has ended. `onError` is told of what is in use. */
export function removeControlGroups(folder, group = controlGroup, depth = 3, onError = console.error) {
  for (const { name } of folders(folder)) {
    if (name === group) removeTree(join(folder, name), onError)
    // One folder for each controller (version 1), or none (version 2); and below that of the process that has started us.
    else if (depth > 0) removeControlGroups(join(folder, name), group, depth - 1, onError)
  }
}

/** A control group is removed by removing its folder, from the innermost on. */
function removeTree(folder, onError) {
  for (const { name } of folders(folder)) removeTree(join(folder, name), onError)
  try {
    rmdirSync(folder)
  } catch (error) {
    if (error.code !== 'ENOENT') onError(`${folder}: ${error.code}`)
  }
}

function folders(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  } catch {
    return []
  }
}

if (isMain(import.meta)) await main(() => inPrivateWorld(process.argv.slice(2)))
