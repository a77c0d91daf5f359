import { readFile } from 'node:fs/promises'
import { DockerDriverError } from '../errors.js'
import { parseFilterTable, type FilterTable } from './docker-user.js'
import type { IpFamily } from './port-mapping.js'
import { runProgram } from '../run-program.js'

/** One of the up to four `filter` tables of iptables: by family, and by the kernel interface that it lives in. */
export interface IptablesFlavour {
  readonly family: IpFamily
  /** Such as `ip6tables-legacy`; with `-restore` behind it, the program that changes the table. */
  readonly program: string
  readonly table: FilterTable
}

/**
 * Reads the `filter` tables that there are. The legacy ones are only asked for when the kernel has them, since asking makes them.
 * Empty without iptables: then dockerd, which runs it, has made no rules either.
 */
export async function readFlavours(): Promise<IptablesFlavour[]> {
  const found = await Promise.all([readModern(4), readLegacy(4), readModern(6), readLegacy(6)])
  return found.filter((flavour) => flavour !== undefined)
}

async function readModern(family: IpFamily): Promise<IptablesFlavour | undefined> {
  return (await read(family, `${base(family)}-nft`)) ?? (await read(family, base(family)))
}

async function readLegacy(family: IpFamily): Promise<IptablesFlavour | undefined> {
  return (await hasLegacyFilter(family)) ? read(family, `${base(family)}-legacy`) : undefined
}

function base(family: IpFamily): string {
  return family === 4 ? 'iptables' : 'ip6tables'
}

/**
 * Changes a table by what `iptables-restore --noflush` reads, in one transaction.
 * @throws DockerDriverError `kernel`: it was refused.
 */
export async function restoreRules({ program }: IptablesFlavour, input: string): Promise<void> {
  const { code, stderr } = await runProgram([`${program}-restore`, '-w', '5', '--noflush'], input)
  if (code !== 0) throw new DockerDriverError('kernel', `${program}-restore refused the rules for Docker's chain DOCKER-USER: ${stderr.trim()}`)
}

async function read(family: IpFamily, program: string): Promise<IptablesFlavour | undefined> {
  try {
    const { code, stdout } = await runProgram([program, '-w', '5', '-S'])
    return code === 0 ? { family, program, table: parseFilterTable(stdout) } : undefined
  } catch (error) {
    if (error instanceof DockerDriverError && error.code === 'missing') return undefined
    throw error
  }
}

async function hasLegacyFilter(family: IpFamily): Promise<boolean> {
  const names = await readFile(`/proc/net/${family === 4 ? 'ip' : 'ip6'}_tables_names`, 'utf8').catch(() => '')
  return names.split('\n').includes('filter')
}
