import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { Container, ContainerExecOptions, ContainerFile, ContainerSpawnOptions, ContainerState, FileContent, LogLine, LogOptions, WriteFileOptions } from '@streambed/docker-driver'
import type { ExecResult, HostProcess } from '@streambed/linux'
import { TestbedError } from './errors.js'
import { Host } from './host.js'
import { movedJobs, moveJobs } from './plan/plan.js'
import type { HostModel } from './topology/model.js'

/**
 * A host that is a container. It has all that other hosts have: programs run in the container, with its files and its users; sockets, captures and faults work in
 * its network. Beside the errors of other hosts, calls reject with DockerDriverError, told by its `code`, when Docker refuses.
 */
export class ContainerHost extends Host {
  get #container(): Container {
    return this.core.containers.of(this.model)
  }

  /** Docker's id of its container: 64 hex digits. */
  get id(): string {
    return this.#container.id
  }

  /** The name that its container has in Docker. */
  get containerName(): string {
    return this.#container.name
  }

  /** The image that its container was made of, as it was asked for. */
  get image(): string {
    return this.#container.image
  }

  /** What Docker says about the container now. */
  containerState(): Promise<ContainerState> {
    return this.core.guardContainer(() => this.#container.state())
  }

  /**
   * Runs a program in the container to its end. Its environment is the container's, not that of this process.
   * @throws ExecError, LinuxError as {@link Host.exec}; DockerDriverError
   */
  override exec(argv: readonly string[], options: ContainerExecOptions = {}): Promise<ExecResult> {
    return this.core.guardContainer(() => {
      this.namespace()
      return this.#container.exec(argv, { ...options, env: { ...this.model.spec.env, ...options.env } })
    })
  }

  /** Starts a program in the container and returns it running. Its process id is the machine's. @throws as {@link exec} */
  override spawn(argv: readonly string[], options: ContainerSpawnOptions = {}): Promise<HostProcess> {
    return this.core.guardContainer(() => {
      this.namespace()
      return this.#container.spawn(argv, { ...options, env: { ...this.model.spec.env, ...options.env } })
    })
  }

  /** What its command wrote to stdout and stderr, line by line; with `follow` until it ends. */
  logs(options: LogOptions = {}): AsyncIterable<LogLine> {
    this.core.assertAlive()
    return this.#container.logs(options)
  }

  /** The content of a file in the container. @throws DockerDriverError `not-found`, `invalid` for a folder */
  readFile(path: string): Promise<Buffer> {
    return this.core.guardContainer(() => this.#container.readFile(path))
  }

  /** Makes or replaces a file in the container, and the folders on the way to it. */
  writeFile(path: string, content: string | Uint8Array, options: WriteFileOptions = {}): Promise<void> {
    return this.core.guardContainer(() => this.#container.writeFile(path, content, options))
  }

  /** Makes files under a folder of the container, by their relative paths. */
  putFiles(folder: string, files: Readonly<Record<string, FileContent>>): Promise<void> {
    return this.core.guardContainer(() => this.#container.putFiles(folder, files))
  }

  /** A file, or a folder with everything in it, one after the other; paths are relative to it (`''` is itself). */
  getFiles(path: string): AsyncIterable<ContainerFile> {
    this.core.assertAlive()
    return this.#container.getFiles(path)
  }

  /**
   * Copies a file of this machine into the container, or a folder with everything in it.
   * @param from path here
   * @param to path in the container: what the copy is called there
   */
  copyIn(from: string, to: string): Promise<void> {
    return this.core.guardContainer(async () => {
      const files: Record<string, FileContent> = {}
      await collect(from, basename(to), files)
      await this.#container.putFiles(dirname(to), files)
    })
  }

  /**
   * Copies a file of the container to this machine, or a folder with everything in it.
   * @param from path in the container
   * @param to path here: what the copy is called
   */
  copyOut(from: string, to: string): Promise<void> {
    return this.core.guardContainer(async () => {
      const root = resolve(to)
      const links: [string, string][] = []
      for await (const file of this.#container.getFiles(from)) {
        const target = resolve(root, file.path)
        // The archive is the container's word, which may be in a stranger's hands.
        if (target !== root && !target.startsWith(`${root}${sep}`)) throw new TestbedError('failed', `the container gave a file outside of ${from}: ${file.path}`)
        if (file.type === 'folder') await mkdir(target, { recursive: true })
        else {
          await mkdir(dirname(target), { recursive: true })
          if (file.type === 'symlink') links.push([file.linkTo ?? '', target])
          else if (file.type === 'file') await writeFile(target, file.content, { mode: file.mode & 0o777, flag: 'wx' })
        }
      }
      // At last, so that nothing is written through one of them.
      for (const [linkTo, target] of links) await symlink(linkTo, target)
    })
  }

  /** Its container has ended without being asked to: it is as if it had been stopped. @internal */
  async ended(exitCode: number): Promise<void> {
    if (this.state === 'stopped') return
    await this.cutOff(this.model, () => Promise.resolve(), `the container of host "${this.name}" ended with exit code ${exitCode}`)
  }

  protected override async freeze(): Promise<void> {
    await this.#container.pause()
  }

  protected override async thaw(): Promise<void> {
    await this.#container.unpause()
  }

  protected override async halt(): Promise<void> {
    // One that is paused goes on for it.
    await this.#container.kill('SIGKILL').catch(() => undefined)
    await this.#container.wait()
  }

  protected override async boot(model: HostModel): Promise<void> {
    const process = await this.core.containers.again(model)
    // Docker has made another namespace; the cables are still plugged into the one before, which the agent has kept.
    const next = `${model.namespace}~`
    try {
      await this.core.apply(moveJobs(this.core.model, model, next, process))
    } catch (error) {
      await this.core.sandbox.call('remove', { namespaces: [next] })
      await this.core.containers.assertRunning([model])
      throw error
    }
    await this.core.sandbox.call('replace', { namespace: model.namespace, by: next })
    await this.core.apply(movedJobs(this.core.model, model))
    // Docker has made its /etc/hosts anew, too.
    await this.core.publishNames()
  }

  protected override async booted(model: HostModel): Promise<void> {
    await this.core.containers.ready([model])
  }
}

/** The last part of a path, which has one. */
function basename(path: string): string {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  if (name === '' || name === '.' || name === '..') throw new TestbedError('invalid', `"${path}" is no path of a file: it says what the copy is called, such as "/etc/app.conf"`)
  return name
}

async function collect(path: string, name: string, files: Record<string, FileContent>): Promise<void> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw new TestbedError('invalid', `there is no "${path}" to be copied`, { cause })
  })
  if (found.isDirectory()) {
    files[name] = { folder: true, mode: found.mode & 0o7777 }
    for (const entry of await readdir(path)) await collect(join(path, entry), `${name}/${entry}`, files)
  } else files[name] = { content: await readFile(path), mode: found.mode & 0o7777 }
}
