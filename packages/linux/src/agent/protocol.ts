import type { NamespaceReference } from '../netlink/writer.js'

/**
 * What the library and its agent say to each other over Node's IPC channel (structured clone, so bytes travel as they are).
 * A call is answered by one {@link AgentReply}; sockets and pipes that belong to a call arrive before its
 * reply as {@link AgentHandle} messages. Events come unasked.
 */

/** The name of the namespace that the agent itself, and the switch, live in. */
export const BASE_NAMESPACE = ''

/** Things to be done in one network namespace, in the order of the fields. */
export interface NamespaceJob {
  /** Identifier chosen by the caller; {@link BASE_NAMESPACE} is the agent's own. */
  readonly namespace: string
  /** Make the namespace first. */
  readonly create?: { readonly hostname: string }
  /** Take a namespace of the machine under this identifier first, as the call `adopt` does. */
  readonly adopt?: AdoptionTarget
  /** Paths below /proc/sys with `/` as separator, and their values. */
  readonly sysctls?: readonly (readonly [path: string, value: string])[]
  /** `tun` and `tap` devices, made through /dev/net/tun. */
  readonly tuns?: readonly TunDevice[]
  /** Netlink requests, ready but for the descriptors of namespaces. */
  readonly messages?: Uint8Array
  readonly references?: readonly NamespaceReference[]
  /** What each request does: index is sequence number less one. */
  readonly labels?: readonly string[]
  /** A refusal is no failure: what should be taken away may not be there. Default false. */
  readonly lenient?: boolean
  /**
   * Interfaces whose transmit offloads are switched off. Needed where a userspace datapath reads from the other end:
   * it would get frames whose checksum is not yet filled in.
   */
  readonly plainChecksums?: readonly string[]
}

/**
 * A network namespace of the machine, such as that of a container: that of a process, by its id as the machine has it, or the file that stands for it
 * (`/run/docker/netns/4f0c…`), by a path of the machine without symbolic links.
 */
export type AdoptionTarget = { readonly process: number } | { readonly path: string }

/** A persistent tun (layer 3) or tap (layer 2) device. */
export interface TunDevice {
  readonly name: string
  readonly mode: 'tun' | 'tap'
}

/** How a process is started. */
export interface SpawnRequest {
  readonly namespace: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  /** Open a pipe to the standard input; /dev/null otherwise. */
  readonly input: boolean
}

/** An echo request to be sent: from which namespace to which address. */
export interface Probe {
  readonly namespace: string
  readonly address: string
}

/** What became of a probe: round-trip time in milliseconds, or the reason why there was no answer. */
export type ProbeResult = { readonly ok: true; readonly rttMs: number } | { readonly ok: false; readonly reason: string }

/** The names that hosts know. */
export interface HostNames {
  /** The /etc/hosts of every host. */
  readonly hosts: string
  /** Another /etc/hosts for some hosts, by namespace. */
  readonly own?: Readonly<Record<string, string>>
  /** The /etc/resolv.conf of each host, by namespace. */
  readonly resolv: Readonly<Record<string, string>>
  /**
   * Adopted namespaces, of a process, in whose own root folder the files are to be rewritten: `whole`, /etc/hosts and /etc/resolv.conf; `block`, only a part
   * of /etc/hosts between two marks, which is taken out again when the namespace is removed. Default none: files of others are left alone.
   */
  readonly adopted?: Readonly<Record<string, 'whole' | 'block'>>
}

/** Every call with its request and its reply. */
export interface AgentCalls {
  /** Works the jobs off in order; stops at the first refusal. */
  apply: { request: { jobs: readonly NamespaceJob[] }; reply: undefined }
  /** Waits until links that were brought up can really send. */
  settle: { request: { links: readonly { readonly namespace: string; readonly index: number }[] }; reply: undefined }
  /** Forgets neighbours that were asked for in vain, in every namespace, so that the next packet asks again at once. */
  forgetUnresolved: { request: Record<string, never>; reply: undefined }
  /** Sends one dump request and returns everything the kernel answers. */
  dump: { request: { namespace: string; messages: Uint8Array }; reply: Uint8Array[] }
  /**
   * Takes an existing network namespace of the machine under an identifier: links, sockets, captures and processes work in it. A process that is started in it
   * has the agent's file system and host name. Needs root.
   */
  adopt: { request: { namespace: string; target: AdoptionTarget }; reply: undefined }
  /** Gives the identifier of an adopted namespace to another one (`by`, whose own identifier is free then): its process was started again. */
  replace: { request: { namespace: string; by: string }; reply: undefined }
  /**
   * Ends the processes of namespaces and forgets them; links inside go with them. Of an adopted one only what the agent started in it is ended: its own
   * processes, connections and links are left alone.
   */
  remove: { request: { namespaces: readonly string[] }; reply: undefined }
  /** The files that every host sees as its own /etc/hosts and /etc/resolv.conf. */
  names: { request: HostNames; reply: undefined }
  /** Handles: stdin (if asked for), stdout, stderr. */
  spawn: { request: SpawnRequest; reply: { process: number; pid: number } }
  signal: { request: { process: number; signal: string }; reply: boolean }
  /** Signals everything that runs in a namespace until a scan finds nothing new. */
  signalAll: { request: { namespace: string; signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' }; reply: { processes: number } }
  /** Handle: a bound TCP socket, on which the library calls listen: so nobody but the library can accept a connection. */
  listen: { request: { namespace: string; host: string; port: number }; reply: { port: number } }
  /** Handle: a connected socket. */
  connect: { request: { namespace: string; host: string; port: number; localHost?: string | undefined; timeoutMs: number; connection: number }; reply: undefined }
  abortConnect: { request: { connection: number }; reply: undefined }
  /** Handle: a bound UDP socket. */
  bindUdp: { request: { namespace: string; host: string; port: number; family: 4 | 6; reuseAddr: boolean; reusePort: boolean }; reply: { port: number } }
  /** Handle: a stream socket connected to a unix socket in the agent's file system; waits until it exists. */
  connectUnix: { request: { path: string; timeoutMs: number }; reply: undefined }
  /** Resets every TCP connection and closes every TCP listener of a namespace (`SOCK_DESTROY`); tells how many there were. */
  destroySockets: { request: { namespace: string }; reply: { destroyed: number } }
  probe: { request: { probes: readonly Probe[]; timeoutMs: number }; reply: ProbeResult[] }
  /** Sends one datagram and tells whether it reached a bound socket of the destination namespace. */
  probeUdp: { request: { from: string; to: string | undefined; address: string; port: number; timeoutMs: number }; reply: ProbeResult }
  /** Handle: a stream of pcap records (nanosecond, host byte order, without the file header). */
  capture: { request: { namespace: string; interface: string; snapLength: number; promiscuous: boolean; capture: number }; reply: undefined }
  endCapture: { request: { capture: number }; reply: { received: number; dropped: number } }
  readFile: { request: { path: string; tail?: number | undefined }; reply: Uint8Array }
  /** Deletes the links of a group at once, closes everything that was handed out, and ends the agent. */
  close: { request: { group: number | undefined }; reply: undefined }
}

/** A call's name. */
export type AgentCallName = keyof AgentCalls

/** One call on its way to the agent. */
export interface AgentRequest<Name extends AgentCallName = AgentCallName> {
  readonly id: number
  readonly call: Name
  readonly request: AgentCalls[Name]['request']
}

/** An error as it travels. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly errno?: number | undefined
  readonly step?: string | undefined
}

/** A socket or pipe that belongs to a call still to be answered. */
export interface AgentHandle {
  readonly type: 'handle'
  readonly id: number
  readonly name: string
}

/** The answer to a call. */
export type AgentReply =
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly reply: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: WireError }

/** What the agent reports without being asked. */
export type AgentEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'exit'; readonly process: number; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'service-exit'; readonly name: string; readonly code: number | null; readonly signal: string | null; readonly log: string }

/** Everything that arrives from the agent. */
export type AgentMessage = AgentReply | AgentHandle | AgentEvent
