import type { FaucetConfig } from '@streambed/faucet'
import type { MachineFlags } from '../machine/index.js'
import type { CallLog } from '../protocol/serve.js'
import type { DriverEvent, DriverLog, Nat } from './context.js'
import type { ControlOption } from './controller.js'
import type { Comparison } from './reconciler.js'
import type { StatusOptions } from './status.js'

/** How a driver is started. Everything has a default. */
export interface DockerNetworkDriverOptions {
  /** As in `docker network create -d`. Its socket is `/run/docker/plugins/<name>.sock`. Default `dovesnap`. */
  readonly name?: string | undefined
  /** Where Docker is: path of its socket, `unix://…` or `tcp://host:port`. Default: the environment's `DOCKER_HOST`, then `/var/run/docker.sock`. */
  readonly docker?: string | undefined
  /** The database of Open vSwitch. Default `unix:/run/openvswitch/db.sock`. */
  readonly ovs?: string | undefined
  /** Who controls the bridges. Default `embedded`: this process. */
  readonly control?: ControlOption | undefined
  /** Targets on which the embedded controller listens beside its own socket, such as `ptcp:6653`. */
  readonly listen?: readonly string[] | undefined
  /** The Faucet configuration that the networks are added to, with the ACLs that they name: the path or text of a `faucet.yaml`, or the parsed one. Default: an empty one. */
  readonly config?: string | FaucetConfig | undefined
  /** Controllers of networks without `ovs.bridge.controller`, such as `tcp:127.0.0.1:6653`. */
  readonly defaultControllers?: readonly string[] | undefined
  /** How this machine is joined to other switches, and where mirrored packets go: dovesnap's flags. Default: not at all. */
  readonly machine?: MachineFlags | undefined
  /** Rules of the firewall; default: nftables, in a table with the driver's name. */
  readonly nat?: Nat | undefined
  /** A status server; default: none. */
  readonly status?: StatusOptions | undefined
  /** Path of the socket that Docker calls. Default: by the name. */
  readonly socket?: string | undefined
  /** The file descriptor of that socket, when somebody has made it that listens for us, such as systemd. It is closed at the end; its file stays. */
  readonly socketDescriptor?: number | undefined
  /** Milliseconds that Open vSwitch may take to answer at the start. Default 30,000. */
  readonly timeout?: number | undefined
  /** Milliseconds between two comparisons of everything. Default 30,000. */
  readonly reconcileInterval?: number | undefined
  /** Gets what happens to networks and containers. */
  readonly onEvent?: ((event: DriverEvent) => void) | undefined
  /** Gets what is to be logged. */
  readonly onLog?: ((record: DriverLog) => void) | undefined
  /** Gets what every comparison of everything has found, and what it failed with. */
  readonly onReconcile?: ((comparison: Comparison) => void) | undefined
  /** Gets every call of Docker's, with how long it took. */
  readonly onCall?: ((call: CallLog) => void) | undefined
  /** Gives the start up: what was begun is ended. A driver that has started is not concerned. */
  readonly signal?: AbortSignal | undefined
}
