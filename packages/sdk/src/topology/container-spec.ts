/**
 * What makes a host a container, as the user writes it. These options stand beside the others of a host.
 */

/** What a container sees at a path. */
export type MountSpec =
  /** A file or folder of the machine that Docker runs on. It has to exist. */
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly?: boolean }
  /** A volume of Docker; made when it does not exist. Without `source` an anonymous one, removed together with the container. */
  | { readonly type: 'volume'; readonly source?: string; readonly target: string; readonly readOnly?: boolean }
  /** A file system in memory. `size` in bytes; `mode` such as 0o1777. */
  | { readonly type: 'tmpfs'; readonly target: string; readonly size?: number; readonly mode?: number }

/** What a container may use at most. */
export interface ResourcesSpec {
  /** Processor cores; fractions are possible. */
  readonly cpus?: number
  /** Bytes, at least 6 MiB. */
  readonly memory?: number
  /** Processes and threads. */
  readonly pids?: number
  /** Bytes of /dev/shm. Docker's default is 64 MiB. */
  readonly shmSize?: number
}

/** When a container counts as ready: when all that is given holds. */
export interface ReadySpec {
  /** TCP ports that something in it listens on, on whatever address. */
  readonly port?: number | readonly number[]
  /** A line of its log that has this text, or that this expression finds. */
  readonly log?: string | RegExp
  /** A program that exits with 0 in it; tried again until it does. */
  readonly command?: readonly string[]
  /** A request to its own 127.0.0.1 that is answered with `status`, by default any below 400. */
  readonly http?: { readonly port: number; readonly path?: string; readonly status?: number }
  /** The HEALTHCHECK of its image says `healthy`. */
  readonly health?: boolean
  /** Milliseconds for all of it. Default 30,000. */
  readonly timeout?: number
}

/** Options of a host that is a container. */
export interface ContainerOptions {
  /**
   * Makes the host a container of this image (`name[:tag]`, `name@sha256:…`), made for the testbed and removed with it. It has no other network than those of
   * the testbed. Its command begins some milliseconds before its interfaces are there. Needs root and Docker on this machine.
   */
  readonly image?: string
  /** Makes the host a container that exists and runs, by its name or id. It stays, with the networks that it has; those of the testbed are added while that lasts. */
  readonly container?: string
  /** The program and its arguments, instead of those of the image. */
  readonly command?: readonly string[]
  /** What stands before the command, instead of what the image has; an empty list: nothing. */
  readonly entrypoint?: readonly string[]
  /** Folders, files, volumes that it sees. */
  readonly mounts?: readonly MountSpec[]
  /** Capabilities that it has beside those that Docker gives, such as `NET_ADMIN`; or that are added and taken away. */
  readonly capabilities?: readonly string[] | { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  /** All capabilities and devices. Default false. */
  readonly privileged?: boolean
  readonly resources?: ResourcesSpec
  /** Devices of the machine that it may use, such as `/dev/net/tun`. */
  readonly devices?: readonly string[]
  /** `user`, `uid`, `user:group` that its command runs as. Default: the image's. */
  readonly user?: string
  /** Folder that its command runs in. Default: the image's. */
  readonly workdir?: string
  /** What `Testbed.start` and `addHost` wait for. Default: that it runs. */
  readonly ready?: ReadySpec
  /** When its image is fetched from the registry. Default `missing`: when it is not there. */
  readonly pull?: 'missing' | 'always' | 'never'
}

/** The options that say how a container is made: a container that exists cannot have them. */
export const MAKING_OPTIONS = ['command', 'entrypoint', 'mounts', 'capabilities', 'privileged', 'resources', 'devices', 'user', 'workdir', 'pull'] as const satisfies readonly (keyof ContainerOptions)[]
