// What the measurement before left for the kernel to do must not be counted in the next one.
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until the processors are idle (four fifths of 100 ms), at least 100 ms and at most three seconds: the kernel takes network
 * namespaces apart after the processes in them have gone.
 */
export async function idle() {
  let before = idleTime()
  for (let round = 0; round < 30; round++) {
    await sleep(100)
    const now = idleTime()
    if (now - before >= 0.8 * 100 * cpus().length) return
    before = now
  }
}

/** Milliseconds that the processors have been idle, together. */
function idleTime() {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0)
}

/** Waits until the kernel's own memory has not changed by 0.5 MiB within half a second, at most 15 seconds. */
export async function steadyKernelMemory() {
  let before = slab()
  for (let round = 0; round < 30; round++) {
    await sleep(500)
    const now = slab()
    if (Math.abs(now - before) < 512) return
    before = now
  }
}

function slab() {
  return Number(/^Slab:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))[1])
}
