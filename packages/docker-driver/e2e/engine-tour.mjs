// What every engine has to be able to do, as a program, since ordinary users run it too. It writes what came of it, as JSON: world/tour.ts.
// Arguments: the engine, as DOCKER_HOST would have it, or nothing (then DOCKER_HOST says it), the image, and what to do, separated by commas; default everything.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const { ContainerEngine } = await import('@streambed/docker-driver')
const [socket, image, only] = process.argv.slice(2)
const wanted = only?.split(',')
const where = socket === '' ? {} : { socket }
const engine = await ContainerEngine.connect(where)
const facts = {}

/** Does something and notes what came of it. */
async function step(name, work) {
  if (wanted !== undefined && !wanted.includes(name)) return
  try {
    facts[name] = await work()
  } catch (error) {
    facts[name] = { error: error.code ?? error.name, message: error.message }
  }
}

const sleeper = { image, command: ['sleep', '3600'], init: true }
const failure = (promise) => promise.then((value) => ({ unexpected: value }), ({ code, message }) => ({ code, message }))
const folder = mkdtempSync('/tmp/streambed-tour-')
writeFileSync(`${folder}/file`, 'from outside')

await step('info', () => engine.info)

let box
await step('made', async () => {
  box = await engine.run({
    ...sleeper,
    name: 'everything',
    environment: { ONE: '1', TWO: 'a b' },
    mounts: [{ type: 'bind', source: folder, target: '/bound', readOnly: true }, { type: 'volume', target: '/volume' }, { type: 'tmpfs', target: '/memory' }],
    capabilities: { add: ['NET_ADMIN'], drop: ['CHOWN'] },
    sysctls: { 'net.ipv4.ip_forward': 1, 'kernel.shmmax': 123456 },
    workdir: '/tmp',
    hostname: 'every',
    labels: { mine: 'yes' },
    stopTimeout: 1000,
  })
  const sh = async (script) => (await box.exec(['sh', '-c', script])).stdout.trim()
  const { status, running, labels, networks } = await box.state()
  return {
    said: await sh('echo $ONE-$TWO; pwd; hostname; id -u; cat /bound/file; echo; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax; ls -d /volume /memory'),
    readOnly: (await failure(box.exec(['touch', '/bound/x']))).message,
    dropped: (await failure(box.exec(['chown', '1', '/tmp']))).message,
    added: (await box.exec(['ip', 'link', 'set', 'lo', 'mtu', '1400'])).code,
    interfaces: await sh('ip -o link | wc -l'),
    localhost: await sh('cat /etc/hosts | grep -c localhost'),
    state: { status, running, mine: labels.mine, owner: labels['streambed.owner'] === engine.labels['streambed.owner'], networks: networks.map(({ name }) => name).filter((name) => name !== 'none') },
  }
})

const limits = () => step('limits', async () => {
  const refusal = engine.info.limits.includes('pids') ? undefined : await failure(engine.create({ ...sleeper, resources: { pids: 50 } }))
  if (refusal !== undefined) return refusal
  const limited = await engine.run({ ...sleeper, resources: { cpus: 0.5, memory: 64 * 1024 * 1024, pids: 20 } })
  const { stderr } = await limited.exec(['sh', '-c', 'for i in $(seq 30); do sleep 60 & done'], { check: false })
  return { limited: /fork/.test(stderr) }
})

const execute = () => step('exec', async () => {
  const { stdout, stderr, code } = await box.exec(['sh', '-c', 'cat; echo err >&2; exit 3'], { input: 'hello', check: false })
  return {
    stdout, stderr, code,
    user: (await box.exec(['id', '-u'], { user: '7' })).stdout,
    environment: (await box.exec(['sh', '-c', 'echo $ONE $THREE; pwd'], { env: { THREE: '3' }, cwd: '/volume' })).stdout,
    missing: (await failure(box.exec(['no-such-program']))).code,
    missingFolder: (await failure(box.exec(['true'], { cwd: '/nowhere' }))).code,
    timeout: (await failure(box.exec(['sleep', '600'], { timeout: 300 }))).code,
    // It was ended, too.
    left: (await box.exec(['ps'])).stdout.includes('sleep 600'),
    big: (await box.exec(['sh', '-c', 'dd if=/dev/zero bs=1024 count=3000 2>/dev/null'])).stdoutBytes.length,
  }
})

const spawned = () => step('spawn', async () => {
  const child = await box.spawn(['sh', '-c', 'read line; echo "got $line"; exit 3'], { stdin: true })
  child.stdin.end('this\n')
  const [got] = await once(child.stdout, 'data')
  const loop = await box.spawn(['sh', '-c', 'sleep 1234 & echo on; wait'])
  await once(loop.stdout, 'data')
  const killed = await loop.kill('SIGKILL')
  const exited = await loop.exited
  return { got: String(got), exited: await child.exited, killed, loop: exited, left: (await box.exec(['ps'])).stdout.includes('1234'), missing: (await failure(box.spawn(['no-such-program']))).code }
})

const logs = () => step('logs', async () => {
  const talker = await engine.run({ image, command: ['sh', '-c', 'echo one; echo two >&2; sleep 0.2; echo three; sleep 3600'], init: true, readiness: { log: 'three' } })
  const lines = []
  for await (const { stream, line } of talker.logs()) lines.push(`${stream} ${line}`)
  const followed = []
  const follow = (async () => {
    for await (const { line } of talker.logs({ follow: true, tail: 1 })) {
      followed.push(line)
      if (followed.length === 1) await talker.kill()
    }
  })()
  await follow
  return { lines: lines.sort(), followed }
})

const files = () => step('files', async () => {
  await box.writeFile('/opt/deep/file', 'text', { mode: 0o600 })
  await box.putFiles('/opt', { 'a/b': 'b', tool: { content: '#!/bin/sh\necho it runs\n', mode: 0o755 }, link: { linkTo: 'a/b' } })
  await box.writeFile('/memory/file', 'in memory')
  const files = []
  for await (const { path, type, mode } of box.getFiles('/opt')) files.push(`${path} ${type} ${type === 'symlink' ? '' : mode.toString(8)}`)
  return {
    text: String(await box.readFile('/opt/deep/file')),
    link: String(await box.readFile('/opt/link')),
    memory: String(await box.readFile('/memory/file')),
    tool: (await box.exec(['/opt/tool'])).stdout,
    files: files.sort(),
    missing: (await failure(box.readFile('/nothing'))).code,
    folder: (await failure(box.readFile('/opt'))).code,
  }
})

const readiness = () => step('readiness', async () => {
  const begin = performance.now()
  const server = await engine.run({ image, command: ['sh', '-c', 'sleep 0.2; exec httpd -f -p 80 -h /etc'], stopSignal: 'SIGKILL', readiness: { port: 80, command: ['test', '-e', '/etc/passwd'] } })
  const waited = performance.now() - begin > 200
  const late = await failure(server.ready({ readiness: { port: 81, timeoutMs: 200 } }))
  const ended = await failure(engine.run({ image, command: ['sh', '-c', 'echo this is why; exit 3'], readiness: { port: 80 } }))
  const noProgram = await failure(engine.run({ image, command: ['no-such-program'] }))
  const noImage = await failure(engine.run({ image: 'localhost/nothing:1', pull: 'never' }))
  return { waited, late: late.code, http: await server.ready({ readiness: { http: { port: 80, path: '/passwd' }, timeoutMs: 3000 } }).then(() => true, ({ message }) => message), ended, noProgram, noImage }
})

const life = () => step('life', async () => {
  const one = await engine.create({ image, command: ['sh', '-c', 'trap "exit 7" TERM; while :; do sleep 0.05; done'] })
  const statuses = [(await one.state()).status]
  const early = await failure(one.exec(['true']))
  await one.start()
  await one.start()
  const happened = []
  const stop = new AbortController()
  const events = (async () => {
    for await (const { action } of one.events({ signal: stop.signal })) happened.push(action)
  })()
  statuses.push((await one.state()).status)
  const before = one.pid
  await one.restart({ timeoutMs: 1000 })
  const again = one.pid !== before && one.pid > 0
  const waiting = one.wait()
  await one.stop()
  const code = await waiting
  const { status, exitCode } = await one.state()
  statuses.push(status)
  await one.stop()
  const killed = await failure(one.kill())
  await one.start()
  await one.kill()
  const killCode = await one.wait()
  await one.remove()
  await one.remove()
  const gone = await failure(one.state())
  // What runs in a container ends with it.
  const other = await engine.run(sleeper)
  const running = failure(other.exec(['sleep', '3600']))
  await other.spawn(['true'])
  await other.remove()
  for (let round = 0; round < 500 && !happened.includes('destroy'); round++) await sleep(10)
  stop.abort()
  await events
  return { statuses, early: early.code, again, code, exitCode, killed: killed.code, killCode, gone: gone.code, ended: (await running).code !== undefined, happened: ['start', 'die', 'destroy'].filter((action) => happened.includes(action)) }
})

const pause = () => step('pause', async () => {
  await box.pause()
  const { status } = await box.state()
  await box.unpause()
  return { status, after: (await box.state()).status }
})

const adopt = () => step('adopt', async () => {
  const same = await engine.adopt('everything')
  return { same: same.id === box.id, owned: same.owned, name: same.name, taken: await failure(engine.create({ ...sleeper, name: 'everything' })), nobody: (await failure(engine.adopt('nobody'))).code }
})

const parallel = () => step('parallel', async () => {
  const all = await engine.runAll([1, 2, 3, 4].map(() => sleeper))
  const count = all.length
  await Promise.all(all.map((one) => one.remove()))
  return { count }
})

// Another process makes a container and dies; the program that outlives it takes it away, and the next start what there was no such program for.
const reap = (guard) => step(guard ? 'reaper' : 'abandoned', async () => {
  const script = `
    const { ContainerEngine } = await import('${import.meta.resolve('@streambed/docker-driver')}')
    const engine = await ContainerEngine.connect(${JSON.stringify(where)})
    ${guard ? '' : 'engine.guard = () => undefined'}
    const container = await engine.run({ image: '${image}', command: ['sleep', '3600'], init: true, mounts: [{ type: 'volume', target: '/v' }] })
    console.log(container.id)
    setInterval(() => undefined, 1000)`
  const victim = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [id] = await once(victim.stdout.setEncoding('utf8'), 'data')
  const there = (await (await engine.adopt(id.trim())).state()).running
  victim.kill('SIGKILL')
  await once(victim, 'exit')
  let removed
  if (guard) for (let round = 0; round < 500 && (await failure(engine.adopt(id.trim()))).code !== 'not-found'; round++) await sleep(20)
  else removed = await engine.removeAbandoned()
  return { there, gone: (await failure(engine.adopt(id.trim()))).code, removed: removed?.containers }
})

const inOrder = async (...all) => {
  for (const one of all) await one()
}
// An engine is used by several at a time.
await Promise.all([inOrder(execute, spawned, files, pause, adopt), inOrder(limits, logs, readiness), inOrder(life, parallel, () => reap(true), () => reap(false))])

const { id } = box ?? {}
await engine.close()
const again = await ContainerEngine.connect(where)
await step('closed', async () => ({ gone: (await failure(again.adopt(id))).code }))
await again.close()
rmSync(folder, { recursive: true })
console.log(JSON.stringify(facts))
