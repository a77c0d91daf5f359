import { closeSync, mkdirSync, openSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { LinuxError } from '../errors.js'
import { hostFile, type HostFiles } from './host-files.js'
import * as libc from './libc.js'
import type { Machine } from './machine.js'
import { BASE_NAMESPACE, type AdoptionTarget } from './protocol.js'

/** A host's namespaces, held as descriptors. */
interface Entry {
  readonly id: string
  readonly hostname: string
  readonly net: number
  /** `net:[4026532008]`, to recognise the processes that live in it. */
  readonly netLink: string
  /** Somebody else's: what is in it is left alone. Undefined for one that was made here. */
  readonly adopted: Adopted | undefined
  /** Mount and UTS namespace: made when the first process starts, since most hosts of a large testbed never run one. */
  full: { readonly mnt: number; readonly uts: number } | undefined
}

/** What is known about a namespace of the machine. */
export interface Adopted {
  /** The process that it was found by, as the machine numbers it; undefined when it was found by a path. */
  readonly process: number | undefined
}

const NET = '/proc/self/ns/net'
const MNT = '/proc/self/ns/mnt'
const UTS = '/proc/self/ns/uts'

/**
 * The namespaces of a testbed. Entering is done with setns(2) on this very thread and undone before any
 * other JavaScript runs, so only synchronous work may be done inside.
 */
export class NamespaceTable {
  readonly #entries = new Map<string, Entry>()
  readonly #used = new Set<string>()
  readonly #base = { net: openSync(NET, 'r'), mnt: openSync(MNT, 'r'), uts: openSync(UTS, 'r') }
  readonly #baseLink = readlinkSync(NET)

  /** @param machine the world outside of the sandbox; undefined where the agent has no rights in it */
  constructor(
    private readonly files: HostFiles,
    private readonly machine: Machine | undefined,
  ) {}

  get ids(): string[] {
    return [...this.#entries.keys()]
  }

  /** Those in which something may have opened a socket: a process, or the library. */
  get usedIds(): string[] {
    return [...this.#used]
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** Notes that a socket was opened in a namespace. */
  markUsed(id: string): void {
    // Connections of an adopted one are not the agent's to reset.
    if (id !== BASE_NAMESPACE && this.#entries.get(id)?.adopted === undefined) this.#used.add(id)
  }

  /** The descriptor of a network namespace, for IFLA_NET_NS_FD. */
  netFd(id: string): number {
    return id === BASE_NAMESPACE ? this.#base.net : this.#entry(id).net
  }

  /** The identity of a network namespace, as the links in /proc/PID/ns show it. */
  netLink(id: string): string {
    return id === BASE_NAMESPACE ? this.#baseLink : this.#entry(id).netLink
  }

  create(id: string, hostname: string): void {
    if (this.#entries.has(id)) throw new LinuxError('invalid', `namespace "${id}" exists already`)
    libc.unshare(libc.CLONE_NEWNET)
    try {
      this.#entries.set(id, { id, hostname, net: openSync(NET, 'r'), netLink: readlinkSync(NET), adopted: undefined, full: undefined })
    } finally {
      libc.setns(this.#base.net, libc.CLONE_NEWNET)
    }
  }

  /**
   * Takes an existing network namespace of the machine.
   * @throws LinuxError `forbidden` without root; `invalid` when there is none, or it is the machine's own
   */
  adopt(id: string, target: AdoptionTarget): void {
    if (this.#entries.has(id)) throw new LinuxError('invalid', `namespace "${id}" exists already`)
    if (this.machine === undefined) {
      throw new LinuxError('forbidden', 'a network namespace of the machine, such as that of a container, can only be entered by root: this sandbox is in a user namespace of its own, which has no rights over it. Run as root')
    }
    const found = this.machine.openNetwork(target)
    try {
      libc.setns(found, libc.CLONE_NEWNET)
      // Opened again from inside: a descriptor of somebody's file would keep its mount busy.
      this.#entries.set(id, { id, hostname: id, net: openSync(NET, 'r'), netLink: readlinkSync(NET), adopted: { process: 'process' in target ? target.process : undefined }, full: undefined })
    } finally {
      libc.setns(this.#base.net, libc.CLONE_NEWNET)
      closeSync(found)
    }
  }

  /** Gives the identifier of an adopted namespace to another one, whose own is free then. */
  replace(id: string, by: string): void {
    const old = this.#entry(id)
    const next = this.#entry(by)
    if (old.adopted === undefined || next.adopted === undefined) throw new LinuxError('invalid', `namespace "${id}" cannot be replaced by "${by}": both must be adopted ones`)
    this.#entries.delete(by)
    this.#entries.set(id, { ...next, id })
    closeSync(old.net)
  }

  /** What is known about a namespace of the machine; undefined for one that was made here. */
  adopted(id: string): Adopted | undefined {
    return this.#entries.get(id)?.adopted
  }

  /** Forgets a namespace; the kernel destroys it when the last socket and process in it are gone. */
  remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#used.delete(id)
    this.files.forget(id)
    for (const fd of [entry.net, entry.full?.mnt, entry.full?.uts]) if (fd !== undefined) closeSync(fd)
  }

  /** Runs `work` in the network namespace. */
  inNetwork<T>(id: string, work: () => T): T {
    if (id === BASE_NAMESPACE) return work()
    libc.setns(this.#entry(id).net, libc.CLONE_NEWNET)
    try {
      return work()
    } finally {
      libc.setns(this.#base.net, libc.CLONE_NEWNET)
    }
  }

  /** Runs `work` as a process of the host would see the world: its network, its /etc/hosts, its host name. */
  inHost<T>(id: string, work: () => T): T {
    if (id === BASE_NAMESPACE) return work()
    const entry = this.#entry(id)
    // An adopted one has a root folder of its own, that of its owner, which is not for our programs; without a mount namespace of the agent's own
    // there is no place for a host's files that nobody else would see.
    if (entry.adopted !== undefined || this.machine?.isOurs === true) return this.inNetwork(id, work)
    this.#used.add(id)
    // A thread that shares root and working directory with others may not change its mount namespace (setns(2)), and every thread
    // that libuv has started since shares them with this one again.
    libc.unshare(libc.CLONE_FS)
    return this.inNetwork(id, () => {
      try {
        if (entry.full === undefined) entry.full = this.#furnish(entry)
        else {
          libc.setns(entry.full.mnt, libc.CLONE_NEWNS)
          libc.setns(entry.full.uts, libc.CLONE_NEWUTS)
        }
        return work()
      } finally {
        libc.setns(this.#base.uts, libc.CLONE_NEWUTS)
        libc.setns(this.#base.mnt, libc.CLONE_NEWNS)
      }
    })
  }

  /** Makes mount and UTS namespace of a host, and stays in them. */
  #furnish(entry: Entry): { mnt: number; uts: number } {
    libc.unshare(libc.CLONE_NEWNS | libc.CLONE_NEWUTS)
    libc.sethostname(entry.hostname)
    this.files.furnish(entry.id)
    mountOver(hostFile(entry.id, 'hosts'), '/etc/hosts')
    mountOver(hostFile(entry.id, 'resolv.conf'), '/etc/resolv.conf')
    // /sys/class/net shows the namespace that sysfs was mounted in. Where the system does not allow it, /sys stays as it is.
    try {
      libc.mount('sysfs', '/sys', 'sysfs', 0)
    } catch {
      // A masked /sys (inside a container) cannot be mounted anew by an unprivileged user.
    }
    return { mnt: openSync(MNT, 'r'), uts: openSync(UTS, 'r') }
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new LinuxError('invalid', `there is no namespace "${id}"`)
    return entry
  }
}

/** Bind-mounts a file over another; a symbolic link is followed, and its missing target below /run is made. */
function mountOver(source: string, target: string): void {
  let real: string
  try {
    real = realpathSync(target)
  } catch {
    const link = readlinkSync(target, { encoding: 'utf8' })
    real = link.startsWith('/') ? link : `${dirname(target)}/${link}`
    mkdirSync(dirname(real), { recursive: true })
    writeFileSync(real, '')
  }
  libc.mount(source, real, null, libc.MS_BIND)
}
