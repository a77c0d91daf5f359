import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Sweep } from './sweep.js'

/** In memory, and gone with the machine's next start. */
const ROOT = '/run/streambed/hosts'

const LOCALHOST = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'

/** The folder of an owner's files, or of one of its testbeds. */
export function hostsFolder({ owner, testbed }: Sweep, root = ROOT): string {
  const part = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
  return join(root, part(owner), ...(testbed === undefined ? [] : [part(testbed)]))
}

/**
 * Makes a file that a container mounts as its /etc/hosts, which Docker gives to none that it has not made a network for: `localhost` has to be known from
 * the first instruction on. It is one for each container, since others write names into it. Undefined where this user cannot make it.
 */
export function makeHostsFile(what: Sweep, root = ROOT): string | undefined {
  const folder = hostsFolder(what, root)
  const file = join(folder, randomBytes(8).toString('hex'))
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    writeFileSync(file, LOCALHOST, { mode: 0o644, flag: 'wx' })
    return file
  } catch {
    return undefined
  }
}

/** Removes one of them. */
export function removeHostsFile(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Its folder goes with the testbed.
  }
}

/** Removes all of an owner, or of one of its testbeds. */
export function removeHostsFiles(what: Sweep, root = ROOT): void {
  const folder = hostsFolder(what, root)
  try {
    rmSync(folder, { recursive: true, force: true })
    // The owner's, when this was its last testbed.
    if (what.testbed !== undefined) rmdirSync(dirname(folder))
  } catch {
    // Another testbed's files are in it, or it is not there.
  }
}
