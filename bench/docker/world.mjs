// The world that Docker is measured in: its daemons, Open vSwitch and our driver are in namespaces of their own, on their well-known places, so
// that nothing of the machine is touched, and end with it.
import { fileURLToPath } from 'node:url'
import { controlGroup, furnish, removeControlGroups } from '../../scripts/private-world.mjs'
import { sandboxed } from '../sandbox.mjs'

const script = fileURLToPath(new URL('process.mjs', import.meta.url))

/** Starts everything. `order` tells the process in it what to do (see process.mjs), and answers what that answers. */
export async function openWorld() {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, STREAMBED_PRIVATE_WORLD: controlGroup }
  const program = sandboxed(['/bin/sh', '-c', furnish, 'sh', process.execPath, script], { env })
  const checked = async (answering) => {
    const { result, error } = await answering
    if (error !== undefined) throw new Error(error)
    return result
  }
  const close = async () => {
    await program.kill()
    removeControlGroups('/sys/fs/cgroup')
  }
  try {
    await checked(program.answer())
  } catch (error) {
    await close()
    throw error
  }
  return { order: (name, options = {}) => checked(program.order(JSON.stringify({ name, ...options }))), close }
}
