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

/** Resolves when none of the processes runs any more. */
export async function gone(pids) {
  let left = pids
  while ((left = left.filter(runs)).length > 0) await sleep(1)
}

/** A zombie has given everything back and waits for its parent only; but its other threads may still be at it. */
function runs(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the name, which may have spaces in it: state, … and as the 18th the number of threads (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] !== 'Z' || Number(fields[17]) > 1
  } catch {
    return false
  }
}
