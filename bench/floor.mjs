// The floor: see floor.sh.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namelessFile, sandboxed } from './sandbox.mjs'

/** Prepares what may be prepared before the clock starts, for `count` hosts. */
export function openFloor(count) {
  const script = readFileSync(new URL('floor.sh', import.meta.url))
  const files = [script, emptyDatabase(), linkCommands(count)].map(namelessFile)
  const command = ['/usr/bin/bash', '--norc', '--noprofile', '/dev/fd/3', String(count)]

  /** From nothing to the first answered ping: milliseconds, and the running floor. */
  async function start() {
    const begin = performance.now()
    const floor = sandboxed(command, { files })
    await floor.answer()
    return { floor, time: performance.now() - begin }
  }

  return {
    /** Milliseconds; `close` in order, command by command; `gone` by killing its sandbox. Both need a life of their own. */
    async life(parts) {
      const measured = {}
      if (parts.includes('close') || !parts.includes('gone')) {
        const { floor, time } = await start()
        measured.start = time
        if (parts.includes('close')) {
          const closing = performance.now()
          await floor.order('close')
          measured.close = performance.now() - closing
        }
        await floor.kill()
      }
      if (parts.includes('gone')) {
        const { floor, time } = await start()
        measured.start ??= time
        const closing = performance.now()
        await floor.killFirst()
        measured.gone = performance.now() - closing
        await floor.kill()
      }
      return measured
    },
    close() {
      files.forEach((fd) => closeSync(fd))
    },
  }
}

/** The commands for one `ip -batch`: namespaces, cables, and the switch's ends up with one request. */
function linkCommands(count) {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return [
    ...numbers.map((i) => `netns add h${i}`),
    ...numbers.map((i) => `link add p${i} group 7 type veth peer name eth0 netns h${i}`),
    'link set group 7 up',
    '',
  ].join('\n')
}

function emptyDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'streambed-bench-'))
  try {
    const file = join(folder, 'conf.db')
    const { status, stderr } = spawnSync('ovsdb-tool', ['create', file, '/usr/share/openvswitch/vswitch.ovsschema'], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`ovsdb-tool could not make a database. ${stderr}`)
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
