export { ExecError, formatPacket, LinuxError } from '@streambed/linux'
export type {
  Capture,
  CapturedPacket,
  CaptureOptions,
  CaptureStatistics,
  ConnectOptions,
  ExecOptions,
  ExecResult,
  HostProcess,
  ListenOptions,
  Packet,
  ProcessExit,
  SpawnOptions,
  UdpOptions,
} from '@streambed/linux'
export type { HostState } from './core.js'
export { TestbedError } from './errors.js'
export type { TestbedErrorCode, TopologyIssue } from './errors.js'
export type { TestbedEvent, TimedTestbedEvent } from './events.js'
export { ContainerHost } from './container-host.js'
export type { WireOption } from './containers/privilege.js'
export { Host } from './host.js'
export type { HostInterface, PingOptions, PingResult, Port, Target } from './host.js'
export type { ContainerInspection, HostInspection, InterfaceInspection, NetworkInspection, PortInspection, SwitchInspection, TestbedInspection } from './inspection.js'
export { Network } from './network.js'
export { Reachability } from './reachability.js'
export type { ExpectedReachability, ReachabilityAttempt, ReachabilityOptions, ReachabilityPair } from './reachability.js'
export type { SystemOvs } from './system-switch.js'
export { Testbed } from './testbed.js'
export type { StartOptions, StartProgress } from './start.js'
export type { TestbedEnd } from './testbed.js'
export type { AttachmentSpec, HostSpec, MeterSpec, NetworkSpec, RouteSpec, SwitchSpec, TapSource, Topology, TopologyAcl, TopologyBase, TrunkSpec, TypedTopology } from './topology/spec.js'
export type { ContainerOptions, MountSpec, ReadySpec, ResourcesSpec } from './topology/container-spec.js'
export { acl } from '@streambed/faucet'
export type { Acl, AclEntry, AclMatch, AclRules, FaucetEvent, RuleOptions } from '@streambed/faucet'
export { allow, deny, mirror, output, outputInOrder } from './rules.js'
export type { ControlOption } from './control/start-control.js'
export type { DecidingRule, Explanation, ExplanationStep } from './explain/explanation.js'
export type { ContainerNames } from './topology/spec.js'
export type { PacketKind } from './explain/trace-packet.js'
export type { AclNames } from './topology/live.js'
