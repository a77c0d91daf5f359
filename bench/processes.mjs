// Which processes belong to a testbed, and when they are gone.
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The children of a process, their children and so on: daemons too, which become children of their sandbox's first process. */
export function descendants(pid) {
  const found = []
  for (const child of children(pid)) found.push(child, ...descendants(child))
  return found
}

function children(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return [] // It has ended meanwhile.
  }
}

/** Resolves when none of the processes is left, not even as a zombie. */
export async function gone(pids) {
  let left = pids
  while ((left = left.filter(alive)).length > 0) await sleep(1)
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
