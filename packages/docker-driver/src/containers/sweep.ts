import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask } from './ask.js'
import { inParallel } from './in-parallel.js'
import { removeNameFiles } from './name-files.js'
import { linkAlias, removeLinks } from './owned-links.js'
import { OWNER_LABEL, TESTBED_LABEL } from './owner.js'
import { driverOfSocket, PLUGIN_LABEL, standInFor } from './stand-in.js'

/** What is removed: of an owner, or of one of its testbeds. */
export interface Sweep {
  readonly owner: string
  readonly testbed?: string | undefined
}

/** How much was removed. */
export interface Removed {
  readonly containers: number
  readonly networks: number
  readonly links: number
}

/** Docker's filter for what has labels. */
export function labelFilter(...labels: readonly string[]): string {
  return `filters=${encodeURIComponent(JSON.stringify({ label: labels }))}`
}

/** Containers and networks with an owner label: their ids and owners. */
export async function labelled(ask: Ask, kind: 'containers' | 'networks', { owner, testbed }: Partial<Sweep> = {}): Promise<readonly { readonly id: string; readonly owner: string }[]> {
  const filter = labelFilter(owner === undefined ? OWNER_LABEL : `${OWNER_LABEL}=${owner}`, ...(testbed === undefined ? [] : [`${TESTBED_LABEL}=${testbed}`]))
  const { status, body } = await ask('GET', kind === 'containers' ? `/containers/json?all=1&${filter}` : `/networks?${filter}`)
  if (status !== 200 || !Array.isArray(body)) return []
  // Looked at again here: what is removed must never depend on how an engine understands a filter.
  return (body as { Id: string; Labels?: Record<string, string> | null }[]).flatMap(({ Id, Labels }) => {
    const found = Labels?.[OWNER_LABEL]
    return found === undefined || (owner !== undefined && found !== owner) || (testbed !== undefined && Labels?.[TESTBED_LABEL] !== testbed) ? [] : [{ id: Id, owner: found }]
  })
}

/** Removes an owner's containers and what they have mounted, then its networks, then links of this machine whose alias says the same. */
export async function sweep(ask: Ask, what: Sweep): Promise<Removed> {
  const leave = await standInFor(await plugins(ask, what))
  try {
    return await remove(ask, what)
  } finally {
    leave()
  }
}

/** Sockets of the drivers, of processes, that an owner's networks have. */
async function plugins(ask: Ask, { owner }: Sweep): Promise<string[]> {
  const { body } = await ask('GET', `/networks?${labelFilter(`${OWNER_LABEL}=${owner}`, PLUGIN_LABEL)}`)
  if (!Array.isArray(body)) return []
  return (body as { Driver?: string; Labels?: Record<string, string> | null }[]).flatMap(({ Driver, Labels }) => {
    const socket = Labels?.[PLUGIN_LABEL]
    return socket === undefined || Labels?.[OWNER_LABEL] !== owner || driverOfSocket(socket) !== Driver ? [] : [socket]
  })
}

/** Takes containers of others off a network: while they are on it, it cannot be removed. */
async function disconnectAll(ask: Ask, networkId: string): Promise<void> {
  const { body } = await ask('GET', `/networks/${networkId}`)
  for (const id of Object.keys((body as { Containers?: object | null } | undefined)?.Containers ?? {})) await ask('POST', `/networks/${networkId}/disconnect`, { Container: id, Force: true })
}

async function remove(ask: Ask, what: Sweep): Promise<Removed> {
  const containers = await labelled(ask, 'containers', what)
  await inParallel(containers, 4, async ({ id }) => {
    // podman would wait for the stop signal to have an effect, whatever it is told.
    await ask('POST', `/containers/${id}/kill`)
    await insistently(ask, `/containers/${id}?force=1&v=1`)
  })
  removeNameFiles(what)
  const networks = await labelled(ask, 'networks', what)
  for (const { id } of networks) {
    await disconnectAll(ask, id)
    await insistently(ask, `/networks/${id}`)
  }
  return { containers: containers.length, networks: networks.length, links: await removeLinks((alias) => alias === linkAlias(what) || (what.testbed === undefined && alias.startsWith(`${OWNER_LABEL}=${what.owner} `))) }
}

/** A container that is being started or stopped refuses for a moment. */
async function insistently(ask: Ask, path: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { status } = await ask('DELETE', path)
    if (status === 200 || status === 204 || status === 404) return
    await sleep(100)
  }
}
