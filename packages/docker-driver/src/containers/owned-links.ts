import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { OWNER_LABEL, TESTBED_LABEL } from './owner.js'
import type { Sweep } from './sweep.js'

/**
 * The alias (`ip link set … alias`) by which a link of this machine is an owner's and a testbed's. It has a hash of the testbed's name, which may be of any length
 * and have any characters: the kernel takes 255 bytes.
 */
export function linkAlias({ owner, testbed = '' }: Sweep): string {
  return `${OWNER_LABEL}=${owner} ${TESTBED_LABEL}=${createHash('sha256').update(testbed).digest('hex').slice(0, 16)}`
}

/** Links of this network namespace by their alias. Without the `ip` program there are none of ours. */
export async function removeLinks(test: (alias: string) => boolean): Promise<number> {
  const links = (await ip('-json', 'link', 'show')) as { ifname: string; ifalias?: string }[] | undefined
  const ours = (links ?? []).filter(({ ifalias }) => ifalias !== undefined && ifalias.startsWith(`${OWNER_LABEL}=`) && test(ifalias))
  for (const { ifname } of ours) await ip('link', 'delete', ifname)
  return ours.length
}

/** Owners that links of this network namespace name. */
export async function linkOwners(): Promise<readonly string[]> {
  const links = (await ip('-json', 'link', 'show')) as { ifalias?: string }[] | undefined
  return (links ?? []).flatMap(({ ifalias }) => new RegExp(`^${OWNER_LABEL}=(\\S+)`).exec(ifalias ?? '')?.[1] ?? [])
}

/** What the program says in JSON; undefined when there is none, or it refuses. The reaper loads no more than it has to: rtnetlink would be a program of its own. */
async function ip(...args: string[]): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)('ip', args, { env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` } })
    return JSON.parse(stdout) as unknown
  } catch {
    return undefined
  }
}
