import type { PullPolicy, PullProgress, RegistryAuth } from './image.js'
import type { Readiness } from './readiness.js'

/** What a container sees at a path. */
export type ContainerMount =
  /** A file or folder of the machine that Docker runs on. It has to exist. */
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly?: boolean | undefined }
  /** A volume of Docker; made when it does not exist. Without `source` an anonymous one, removed together with the container. */
  | { readonly type: 'volume'; readonly source?: string | undefined; readonly target: string; readonly readOnly?: boolean | undefined }
  /** A file system in memory. `size` in bytes; `mode` such as 0o1777. */
  | { readonly type: 'tmpfs'; readonly target: string; readonly size?: number | undefined; readonly mode?: number | undefined }

/** What a container may use at most. */
export interface ContainerResources {
  /** Processor cores; fractions are possible. */
  readonly cpus?: number | undefined
  /** Cores that it may run on, such as `0-1,3`. */
  readonly cpuset?: string | undefined
  /** Bytes. */
  readonly memory?: number | undefined
  /** Bytes of memory and swap together; -1: no limit on swap. */
  readonly memorySwap?: number | undefined
  /** Processes and threads. */
  readonly pids?: number | undefined
  /** Bytes of /dev/shm. Docker's default is 64 MiB. */
  readonly shmSize?: number | undefined
}

/** A network that a container is on, and how. Addresses without prefix length. */
export interface ContainerNetwork {
  /** Name or id of a network of Docker. */
  readonly name: string
  readonly ipv4?: string | undefined
  readonly ipv6?: string | undefined
  readonly mac?: string | undefined
  /** More names for it on this network (Docker's own resolver; none on the default bridge). */
  readonly aliases?: readonly string[] | undefined
  /** For the network's driver. */
  readonly driverOptions?: Readonly<Record<string, string>> | undefined
}

/** A port of a container, and where it is published on the machine, if so. */
export interface ContainerPort {
  readonly port: number
  /** Default `tcp`. */
  readonly protocol?: 'tcp' | 'udp' | 'sctp' | undefined
  /** Port of the machine; 0: a free one, which `state().ports` tells; undefined: exposed, not published. */
  readonly hostPort?: number | undefined
  /** Address of the machine; undefined: all. */
  readonly hostAddress?: string | undefined
}

/** A container to be made. Only `image` is needed. */
export interface ContainerSpec {
  /** `name[:tag]`, `name@sha256:…` or an id. Without a tag: `latest`. */
  readonly image: string
  /** Default: chosen by Docker. */
  readonly name?: string | undefined
  /** Default: the image's. */
  readonly command?: readonly string[] | undefined
  /** Default: the image's. An empty array: none. */
  readonly entrypoint?: readonly string[] | undefined
  /** Beside the image's; `undefined` takes one of those away. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly mounts?: readonly ContainerMount[] | undefined
  /** Capabilities such as `NET_ADMIN`, or `ALL`, beside or without those that Docker gives. */
  readonly capabilities?: { readonly add?: readonly string[] | undefined; readonly drop?: readonly string[] | undefined } | undefined
  readonly privileged?: boolean | undefined
  readonly sysctls?: Readonly<Record<string, string | number>> | undefined
  readonly resources?: ContainerResources | undefined
  /** `user`, `uid`, `user:group`. */
  readonly user?: string | undefined
  readonly workdir?: string | undefined
  readonly hostname?: string | undefined
  readonly domainname?: string | undefined
  /** Lines for its /etc/hosts: name to address. A pair list, as a name may have several. */
  readonly extraHosts?: readonly { readonly name: string; readonly address: string }[] | undefined
  readonly dns?: readonly string[] | undefined
  readonly dnsSearch?: readonly string[] | undefined
  readonly dnsOptions?: readonly string[] | undefined
  /** Devices of the machine, such as `/dev/net/tun`. */
  readonly devices?: readonly string[] | undefined
  /** Beside those that say who owns it. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Default `none`: only a loopback. `host` and `bridge` are Docker's. Several: joined in this order. */
  readonly network?: 'none' | 'bridge' | 'host' | (string & {}) | ContainerNetwork | readonly ContainerNetwork[] | undefined
  /**
   * For a container on `none`, whose interfaces come from elsewhere: Docker is to make it a network namespace and do nothing else about it, which takes less than half the
   * time. No network of Docker can be added later; its /etc/hosts has `localhost` only, its /etc/resolv.conf nothing. Where that is not possible
   * (podman, rootless, SELinux, a Docker that does not see this machine's /run) it is as without. Default false.
   */
  readonly bareNetwork?: boolean | undefined
  readonly ports?: readonly ContainerPort[] | undefined
  /** Docker's small init as process 1, which reaps what the command leaves. Default false. */
  readonly init?: boolean | undefined
  readonly readOnlyRoot?: boolean | undefined
  /** Default: Docker's. `unconfined` switches a profile off. */
  readonly securityOptions?: readonly string[] | undefined
  /** Signal of `stop()`. Default: the image's, or SIGTERM. */
  readonly stopSignal?: NodeJS.Signals | undefined
  /** Milliseconds between that and SIGKILL; whole seconds are used, rounded up. Default 10000. */
  readonly stopTimeout?: number | undefined
  /** What `start()` waits for. Default: nothing but that Docker has started it. */
  readonly readiness?: Readiness | undefined
  /** Default `missing`. */
  readonly pull?: PullPolicy | undefined
  readonly onPullProgress?: ((progress: PullProgress) => void) | undefined
  /** Default: what ~/.docker/config.json has for that registry. */
  readonly registryAuth?: RegistryAuth | undefined
  /** `linux/arm64`, … Default: the machine's. */
  readonly platform?: string | undefined
}
