import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Sweep } from './sweep.js'

/** In memory, and gone with the machine's next start. */
const ROOT = '/run/streambed/names'

const LOCALHOST = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'

/** The folder of an owner's files, or of one of its testbeds. */
export function ownersFolder({ owner, testbed }: Sweep, root = ROOT): string {
  const part = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
  return join(root, part(owner), ...(testbed === undefined ? [] : [part(testbed)]))
}

/** What a container mounts from there, as Docker's own containers do. */
export const NAME_FILES = ['hosts', 'resolv.conf'] as const

/**
 * Makes a folder with what a container mounts as its /etc/hosts and /etc/resolv.conf, which Docker gives to none that it has not made a network for: `localhost` has to
 * be known from the first instruction on. It is one for each container, since others write names into it. Undefined where this user cannot make it.
 */
export function makeNameFiles(what: Sweep, root = ROOT): string | undefined {
  const folder = join(ownersFolder(what, root), randomBytes(8).toString('hex'))
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    for (const name of NAME_FILES) writeFileSync(join(folder, name), name === 'hosts' ? LOCALHOST : '', { mode: 0o644, flag: 'wx' })
    return folder
  } catch {
    return undefined
  }
}

/** Removes what {@link makeNameFiles} made for one container. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // It goes with the testbed.
  }
}

/** Removes all of an owner, or of one of its testbeds. */
export function removeNameFiles(what: Sweep, root = ROOT): void {
  const folder = ownersFolder(what, root)
  try {
    rmSync(folder, { recursive: true, force: true })
    // The owner's, when this was its last testbed.
    if (what.testbed !== undefined) rmdirSync(dirname(folder))
  } catch {
    // Another testbed's files are in it, or it is not there.
  }
}
