// A pool for vitest that gives every test file a world of its own (private-world.mjs): nothing that a file does or leaves is seen by
// another one, so that two of them can run side by side, each with its Docker and Open vSwitch on their well-known places.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ForksPoolWorker } from 'vitest/node'
import { controlGroup, removeControlGroups, worldCommand } from './private-world.mjs'

/** For `pool` of vitest's configuration. Needs root; anybody else gets processes as usual, and tests that say why they skip. */
export const privateWorlds = process.getuid() === 0 ? { name: 'private-worlds', createPoolWorker: (options) => new PrivateWorld(options) } : 'forks'

/** How many there were: each has control groups of its own. */
let count = 0
/** Those that there are. */
const living = new Set()
/** Where podman makes its control groups, under a name that cannot be chosen, and leaves empty ones: worlds share it. */
const podmansGroup = 'libpod_parent'

class PrivateWorld extends ForksPoolWorker {
  name = 'private-worlds'
  #group = `${controlGroup}-${++count}`
  #process

  /** The process that its parent class would start, in a world; all else is up to that. */
  async start() {
    const [execPath, ...execArgv] = worldCommand([process.execPath, ...this.execArgv])
    this._fork ??= fork(this.entrypoint, [], { execPath, execArgv, env: { ...this.env, STREAMBED_PRIVATE_WORLD: this.#group }, stdio: 'pipe', serialization: 'advanced' })
    this.#process = this._fork
    living.add(this)
    await super.start()
  }

  /** Ends the command in the world; the shell that runs it then ends, by that everything else there, and the process that is ours after that. */
  async stop() {
    for (const shell of children(this.#process.pid)) for (const command of children(shell)) process.kill(command, 'SIGKILL')
    await super.stop()
    removeControlGroups('/sys/fs/cgroup', this.#group)
    // Another world's podman may be just about to use an empty one.
    living.delete(this)
    if (living.size === 0) removeControlGroups('/sys/fs/cgroup', podmansGroup, 1, () => undefined)
  }
}

function children(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    // It has ended.
    return []
  }
}
