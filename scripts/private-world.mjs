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
"$@"
`

/** Runs the command and answers its exit code. `env` comes to our own environment. Needs root. */
export async function inPrivateWorld(command, env = {}) {
  const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc', '--kill-child=KILL']
  try {
    return await run('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c', furnish, 'sh', ...command], {
      // Detached: an interrupt has to reach all of them.
      detached: true,
      env: { ...process.env, ...env, STREAMBED_PRIVATE_WORLD: controlGroup },
    })
  } finally {
    removeControlGroups('/sys/fs/cgroup')
  }
}

/** Removes what Docker has left below {@link controlGroup}, when everything in the world has ended. */
export function removeControlGroups(folder, depth = 0) {
  for (const { name } of folders(folder)) {
    if (name === controlGroup) removeTree(join(folder, name))
    // One folder for each controller (version 1), or none (version 2).
    else if (depth === 0) removeControlGroups(join(folder, name), 1)
  }
}

/** A control group is removed by removing its folder, from the innermost on. */
function removeTree(folder) {
  for (const { name } of folders(folder)) removeTree(join(folder, name))
  try {
    rmdirSync(folder)
  } catch (error) {
    if (error.code !== 'ENOENT') console.error(`${folder}: ${error.code}`)
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
