import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { busybox, dockerSocket } from '../../docker-driver/e2e/world/docker.js'
import { useDocker } from '../../docker-driver/e2e/world/world.js'

useDocker()

async function run(image: string, dockerHost: string): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', DOCKER_HOST: dockerHost }
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../examples/dist/containers.js'), image], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 })
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close') as Promise<[number | null]>, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

describe('the example with containers', () => {
  it('runs, does what it says, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await run(busybox, `unix://${dockerSocket}`)
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual([
      'starting 2 containers',
      'plugging them in',
      'laptop reads: a page from a container',
      'web is web, and finds db: true',
      expect.stringMatching(/^web's log: .*10\.0\.0\.2.*$/),
      'laptop may use db: false, web may: true',
      "on db's wire: 10.0.0.3 > 10.0.0.4: ICMP echo request, id …, seq 0, length 64",
      'web is stopped: false',
      'web is running: 200',
      'in Docker: shop-lan with 10.0.0.3',
    ])
  })

  it('says what is missing', async () => {
    const { code, stdout, stderr } = await run(busybox, 'unix:///run/nothing.sock')
    expect({ code, stdout: stdout.includes('laptop reads') }).toEqual({ code: 1, stdout: false })
    expect(stderr).toMatch(/^This example cannot run here: there is no Docker at unix:\/\/\/run\/nothing\.sock.*install it/)
  })
})
