import { mkdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { readFile } from 'node:fs/promises'
import { controlGroup, Daemon, refused, run } from './program.js'

/** Where Docker listens in this world. */
export const dockerSocket = '/run/docker.sock'

/** The image that {@link Docker.importBusybox} makes. */
export const busybox = 'streambed-busybox'

const host = `unix://${dockerSocket}`

/** The client that came with the daemon; another one on the PATH may be newer, and then refuse options. */
const client = '/usr/bin/docker'

/** dockerd in this world, on its well-known socket. Its data is in memory, and ends with this world. */
export class Docker {
  #daemon: Daemon | undefined

  /** Options of dockerd, such as `--live-restore`, hold for {@link restart} too. */
  constructor(private readonly options: readonly string[] = []) {}

  static async start(...options: string[]): Promise<Docker> {
    const docker = new Docker(options)
    await docker.up()
    await docker.importBusybox()
    return docker
  }

  /** What dockerd wrote. */
  get log(): string {
    return this.#daemon?.output ?? ''
  }

  /** Starts dockerd, and resolves when it answers. */
  async up(): Promise<void> {
    mkdirSync('/run/docker-data', { recursive: true })
    // A killed one leaves it, and the number may be somebody else's now.
    rmSync('/run/docker.pid', { force: true })
    this.#daemon = new Daemon('dockerd', [
      `--host=${host}`, '--data-root=/run/docker-data', '--pidfile=/run/docker.pid', `--cgroup-parent=${controlGroup}`, '--log-level=warn', ...this.options,
    ])
    await this.#daemon.until(isUp, 'dockerd answers', 60_000)
  }

  /** Stops dockerd, or kills it. */
  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#daemon?.stop(signal)
  }

  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.down(signal)
    await this.up()
  }

  /** Runs the `docker` command. */
  cli(...args: string[]): Promise<string> {
    return run(client, '--host', host, ...args)
  }

  /** The words with which the `docker` command fails. */
  refused(...args: string[]): Promise<string> {
    return refused(client, '--host', host, ...args)
  }

  /** Starts a container that sleeps, in the background, and answers its id. */
  sleeper(name: string, ...options: string[]): Promise<string> {
    return this.cli('run', '--detach', '--init', '--name', name, ...options, busybox, 'sleep', '3600')
  }

  /** Runs a command in a container. */
  exec(name: string, ...command: string[]): Promise<string> {
    return this.cli('exec', name, ...command)
  }

  /** An image with nothing but busybox, since there is no registry. */
  async importBusybox(): Promise<void> {
    const binary = await readFile('/bin/busybox')
    const archive = pack()
    archive.entry({ name: 'bin/busybox', mode: 0o755 }, binary)
    const applets = (await run('busybox', '--list')).split('\n').filter((applet) => applet !== 'busybox')
    for (const applet of applets) archive.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' })
    for (const folder of ['tmp', 'etc', 'var', 'var/run', 'proc', 'sys', 'dev']) archive.entry({ name: folder, type: 'directory', mode: 0o755 })
    archive.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/:/bin/sh\n')
    archive.finalize()
    await send('POST', `/images/create?fromSrc=-&repo=${busybox}`, Readable.from(archive))
  }
}

async function isUp(): Promise<boolean> {
  return (await send('GET', '/_ping').catch(() => '')) === 'OK'
}

/** A bare call of Docker's API. */
function send(method: string, path: string, body?: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: dockerSocket, method, path, headers: body === undefined ? {} : { 'content-type': 'application/x-tar' } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part)).on('error', reject)
      answer.on('end', () => (answer.statusCode === 200 && !text.includes('"error"') ? resolve(text) : reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`))))
    })
    call.on('error', reject)
    if (body === undefined) call.end()
    else body.pipe(call)
  })
}
