import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ContainerEngine, OWNER_LABEL } from '@streambed/docker-driver'
import { afterEach, describe, expect, it } from 'vitest'
import { busybox, dockerSocket, sleeper } from './world/docker.js'
import { run, until } from './world/program.js'
import { useDocker } from './world/world.js'

// The reaper that outlives a process, and the next start.
const docker = useDocker()

describe('what a dead process left', () => {
  let owners: ChildProcess[] = []
  afterEach(() => {
    for (const child of owners) child.kill('SIGKILL')
    owners = []
  })

  /** A process that has an engine with containers, a network and a link; `reaper`: with the program that outlives it. */
  async function owner(options: { readonly reaper: boolean; readonly creating?: boolean }): Promise<{ readonly child: ChildProcess; readonly label: string }> {
    const library = import.meta.resolve('@streambed/docker-driver')
    const script = `
      const { ContainerEngine } = await import(${JSON.stringify(library)})
      const { execFileSync } = await import('node:child_process')
      const engine = await ContainerEngine.connect({ socket: '${dockerSocket}', testbed: 'mine' })
      const labels = Object.entries(engine.labels).flatMap(([key, value]) => ['--label', key + '=' + value])
      ${options.reaper ? '' : 'engine.guard = () => undefined'}
      engine.guard()
      execFileSync('docker', ['--host', 'unix://${dockerSocket}', 'network', 'create', ...labels, 'theirs-' + process.pid])
      execFileSync('ip', ['link', 'add', 'v' + process.pid, 'type', 'veth', 'peer', 'name', 'w' + process.pid])
      execFileSync('ip', ['link', 'set', 'v' + process.pid, 'alias', engine.linkAlias])
      await engine.runAll([1, 2].map(() => ({ image: '${busybox}', command: ['sleep', '3600'], init: true, mounts: [{ type: 'volume', target: '/v' }] })))
      console.log(engine.labels['${OWNER_LABEL}'])
      ${options.creating === true ? `for (;;) await engine.runAll([1, 2, 3, 4].map(() => ({ image: '${busybox}', command: ['sleep', '3600'] })))` : 'setInterval(() => undefined, 1000)'}`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    owners.push(child)
    const [label] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    return { child, label: label.trim() }
  }

  const left = async (label: string, pid: number | undefined): Promise<unknown> => ({
    containers: await docker.containers(`label=${OWNER_LABEL}=${label}`),
    networks: await docker.cli('network', 'ls', '--quiet', '--filter', `label=${OWNER_LABEL}=${label}`),
    link: (await run('ip', '-o', 'link')).includes(`v${pid}@`),
    volumes: await docker.cli('volume', 'ls', '--quiet'),
  })
  const nothing = { containers: [], networks: '', link: false, volumes: '' }

  it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])('is removed after %s, and nothing else', async (signal) => {
    const bystander = await docker.sleeper('bystander', '--label', `${OWNER_LABEL}=somebody/else/1/2/3`)
    const { child, label } = await owner({ reaper: true })
    expect(await docker.containers(`label=${OWNER_LABEL}=${label}`)).toHaveLength(2)
    child.kill(signal)
    await until(async () => JSON.stringify(await left(label, child.pid)) === JSON.stringify(nothing), 'everything is gone')
    expect(await docker.containers(`id=${bystander}`)).toEqual([bystander])
    await docker.cli('rm', '--force', 'bystander')
  })

  it('is removed when it dies while it makes more', async () => {
    const { child, label } = await owner({ reaper: true, creating: true })
    await until(async () => (await docker.containers(`label=${OWNER_LABEL}=${label}`)).length > 4, 'it makes more')
    child.kill('SIGKILL')
    await until(async () => (await run('pgrep', '-f', `reaper.js.*${label}`).catch(() => '')) === '', 'the reaper has done its work', 40_000)
    expect(await left(label, child.pid)).toEqual(nothing)
  })

  it('is found at the next start, and what is alive or another machine\'s stays', async () => {
    const [dead, alive] = [await owner({ reaper: false }), await owner({ reaper: false })]
    const self = alive.label.split('/')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${['other-machine', ...self.slice(1)].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[self[0], 'other-boot', ...self.slice(2)].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[self[0], self[1], '4026539999', '77', '1'].join('/')}`, busybox, 'true')
    await docker.cli('create', '--label', `${OWNER_LABEL}=${[...self.slice(0, 4), '1'].join('/')}`, busybox, 'true')
    dead.child.kill('SIGKILL')
    await once(dead.child, 'exit')
    const next = await ContainerEngine.connect({ socket: dockerSocket, removeAbandoned: false })
    expect(await next.removeAbandoned()).toEqual({ containers: 4, networks: 1, links: 1 })
    expect(await left(dead.label, dead.child.pid)).toMatchObject({ ...nothing, volumes: expect.anything() })
    expect(await docker.containers(`label=${OWNER_LABEL}=${alive.label}`)).toHaveLength(2)
    expect(await next.removeOwned(alive.label)).toEqual({ containers: 2, networks: 1, links: 1 })
    // Another machine's, and one of a pid namespace that cannot be looked into.
    const rest = await docker.containers('status=created')
    expect(rest).toHaveLength(2)
    await docker.cli('rm', ...rest)
    await next.close()
  })

  it('is nothing after an orderly end, and the reaper is gone', async () => {
    const own = await ContainerEngine.connect({ socket: dockerSocket })
    await own.runAll([sleeper, sleeper])
    await Promise.all([own.close(), own.close()])
    expect(await docker.containers(`label=streambed.testbed=${own.labels['streambed.testbed']}`)).toEqual([])
    await until(async () => (await run('pgrep', '-f', `reaper.js.*${own.labels['streambed.testbed']}`).catch(() => '')) === '', 'the reaper has gone')
    await expect(own.create(sleeper)).rejects.toMatchObject({ code: 'closed' })
  })
})
