// First process of a pid namespace: starts a process that uses sandboxes, kills it at a random moment, and tells what is
// left in the namespace once the orphans have been collected. One line of JSON for each round.
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { once } from 'node:events'

const rounds = Number(process.argv[2])

if (process.argv[2] === 'parent') {
  const { Sandbox, spawnIn, listenIn, captureIn } = await import('@streambed/linux')
  console.log('start')
  const sandbox = new Sandbox({ services: [{ name: 'service', argv: ['sleep', '1000'] }] })
  console.log('constructed')
  await sandbox.apply([{ namespace: 'a', create: { hostname: 'a' } }])
  console.log('applied')
  await spawnIn(sandbox, 'a', ['sh', '-c', 'trap "" TERM HUP INT; setsid sleep 1000 & sleep 1000 & while :; do wait; done'])
  await listenIn(sandbox, 'a', 80)
  await captureIn(sandbox, 'a', 'lo')
  console.log('busy')
  setInterval(() => undefined, 1000)
} else {
  for (let round = 0; round < rounds; round++) {
    const parent = spawn(process.execPath, [process.argv[1], 'parent'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let stage = 'nothing'
    parent.stdout.setEncoding('utf8').on('data', (text) => (stage = text.trim().split('\n').at(-1)))
    await once(parent.stdout, 'data')
    // From the moment before the sandbox is begun to well after everything is up.
    const afterMs = Math.random() * 250
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    const left = await gone(5000)
    console.log(JSON.stringify({ afterMs, stage, left }))
  }
}

/** Waits until nothing but this process is alive here; what is alive at the deadline. */
async function gone(limitMs) {
  const deadline = Date.now() + limitMs
  for (;;) {
    const left = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap((pid) => {
        try {
          const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
          // A zombie is waiting for this process, which is no init, to collect it: it holds nothing.
          return /\) Z/.test(stat) ? [] : [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 200)]
        } catch {
          return []
        }
      })
    if (left.length === 0 || Date.now() > deadline) return left
    await new Promise((resolve) => setImmediate(resolve))
  }
}
