import type { AttachedNetwork, ContainerState, ContainerStatus, PublishedPort } from './container.js'

/** The part of `GET /containers/<id>/json` that is looked at. */
export interface InspectedContainer {
  readonly Id: string
  readonly Name: string
  readonly State: {
    readonly Status: string
    readonly Running: boolean
    readonly Pid: number
    readonly ExitCode: number
    readonly OOMKilled?: boolean
    readonly Error?: string
    readonly StartedAt?: string
    readonly FinishedAt?: string
    readonly Health?: { readonly Status?: string; readonly Log?: readonly { readonly Output?: string }[] | null } | null
  }
  readonly Config: { readonly Image: string; readonly Labels?: Readonly<Record<string, string>> | null; readonly Tty?: boolean; readonly StopTimeout?: number }
  readonly HostConfig?: { readonly Tmpfs?: Readonly<Record<string, string>> | null; readonly Mounts?: readonly { readonly Type: string; readonly Target: string }[] | null }
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string; readonly EndpointID?: string; readonly IPAddress?: string; readonly GlobalIPv6Address?: string; readonly MacAddress?: string }>> | null
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[] | null>> | null
  }
}

/** Docker's account of a container in our words. */
export function stateOf({ State, Config, NetworkSettings }: InspectedContainer): ContainerState {
  const ended = date(State.FinishedAt) !== undefined && !State.Running
  const health = State.Health?.Status
  return {
    status: State.Status as ContainerStatus,
    running: State.Running,
    pid: State.Running && State.Pid > 0 ? State.Pid : undefined,
    exitCode: ended ? State.ExitCode : undefined,
    outOfMemory: State.OOMKilled === true,
    error: nonEmpty(State.Error),
    health: health === 'starting' || health === 'healthy' || health === 'unhealthy' ? health : undefined,
    startedAt: date(State.StartedAt),
    finishedAt: date(State.FinishedAt),
    networks: Object.entries(NetworkSettings?.Networks ?? {}).map(([name, network]): AttachedNetwork => ({
      name,
      networkId: network.NetworkID ?? '',
      endpointId: network.EndpointID ?? '',
      ipv4: nonEmpty(network.IPAddress),
      ipv6: nonEmpty(network.GlobalIPv6Address),
      mac: nonEmpty(network.MacAddress),
    })),
    ports: Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) => {
      const [port = '', protocol = 'tcp'] = key.split('/')
      return (bindings ?? []).map((binding): PublishedPort => ({
        port: Number(port),
        protocol: protocol as PublishedPort['protocol'],
        hostAddress: binding.HostIp ?? '',
        hostPort: Number(binding.HostPort),
      }))
    }),
    labels: Config.Labels ?? {},
  }
}

/** Docker writes the year 1 for never. */
function date(text: string | undefined): Date | undefined {
  return text === undefined || text === '' || text.startsWith('0001-') ? undefined : new Date(text)
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
