import { closeSync, constants, openSync, statSync } from 'node:fs'
import { LinuxError } from '../errors.js'
import * as libc from './libc.js'
import type { AdoptionTarget } from './protocol.js'

/** ioctl_ns(2): the type of namespace that a descriptor stands for. */
const NS_GET_NSTYPE = 0xb703
/** A fifo at the path must not make the agent wait. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/** What the library tells its agent about the world outside, in the environment. */
export interface MachineEnvironment {
  /** The descriptor of the machine's /proc, which the agent inherits. */
  readonly STREAMBED_OUTER_PROC?: string
  /** Process id of the library's process in there. */
  readonly STREAMBED_OUTER_PID?: string
  /** `outer`: the agent is in the machine's own pid and mount namespace. */
  readonly STREAMBED_PROCESSES?: string
}

/**
 * The machine around the sandbox, seen through its /proc: in a sandbox with pid and mount namespaces of its own neither the machine's processes nor its files
 * are to be seen otherwise.
 */
export class Machine {
  constructor(
    /** Path of the machine's /proc. */
    private readonly proc: string,
    /** The process that started the sandbox. */
    private readonly owner: number,
    /** The agent itself lives in the machine's pid and mount namespaces. */
    readonly isOurs: boolean,
  ) {}

  /**
   * Opens a network namespace.
   * @throws LinuxError `invalid` when there is none, or it is the one that the machine itself uses
   */
  openNetwork(target: AdoptionTarget): number {
    const found = typeof (target as { path?: unknown }).path === 'string' ? /^\/proc\/(\d+)\/ns\/net$/.exec((target as { path: string }).path)?.[1] : undefined
    const process = 'process' in target ? target.process : found === undefined ? undefined : Number(found)
    const what = process === undefined ? `"${(target as { path: string }).path}"` : `process ${process}`
    let fd: number
    try {
      fd = openSync(process === undefined ? this.#outerPath((target as { path: string }).path) : `${this.proc}/${process}/ns/net`, FLAGS)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const missing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH'
      throw new LinuxError(missing ? 'invalid' : 'forbidden', missing ? (process === undefined ? `there is no network namespace at ${what}` : `there is no ${what} on the machine whose network namespace could be entered`) : `cannot open the network namespace of ${what}: ${code}`, { cause })
    }
    try {
      this.#check(fd, what)
      return fd
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  #check(fd: number, what: string): void {
    let type = 0
    try {
      type = libc.ioctlWithInteger('ask for the type of a namespace', fd, NS_GET_NSTYPE, 0)
    } catch {
      // No namespace at all.
    }
    if (type !== libc.CLONE_NEWNET) throw new LinuxError('invalid', `${what} is no network namespace: give the id of a process, or a path such as /run/docker/netns/4f0c6ae0b9d1`)
    if (statSync(`/proc/self/fd/${fd}`).ino === statSync(`${this.proc}/${this.owner}/ns/net`).ino) {
      throw new LinuxError('invalid', `${what} is in the machine's own network namespace (as a container with "--network host" is): nothing can be plugged into it apart from the machine`)
    }
  }

  /** Path of a file as the machine has it. No part of it may be a symbolic link, which would be followed in the agent's own root folder. */
  #outerPath(path: string): string {
    return this.isOurs ? path : `${this.proc}/${this.owner}/root${path}`
  }

  /** Path of the root folder of a process; undefined when the process does not live in a network namespace (any more). */
  rootOf(process: number, netLink: string): string | undefined {
    try {
      return `net:[${statSync(`${this.proc}/${process}/ns/net`).ino}]` === netLink ? `${this.proc}/${process}/root` : undefined
    } catch {
      return undefined
    }
  }
}

/** The machine, where the agent has rights in it: not in a user namespace of its own. */
export function findMachine(env: MachineEnvironment): Machine | undefined {
  const owner = Number(env.STREAMBED_OUTER_PID)
  if (env.STREAMBED_PROCESSES === 'outer') return new Machine('/proc', owner, true)
  const inherited = Number(env.STREAMBED_OUTER_PROC)
  if (!(inherited > 0)) return undefined
  // Another descriptor of it, which no program that is started later inherits.
  const fd = openSync(`/proc/self/fd/${inherited}`, constants.O_RDONLY | constants.O_DIRECTORY)
  closeSync(inherited)
  return new Machine(`/proc/self/fd/${fd}`, owner, false)
}
