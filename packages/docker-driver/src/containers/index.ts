export { ContainerEngine } from './engine.js'
export type { ConnectEngineOptions, EngineInfo, SeveralOptions } from './engine.js'
export type {
  AttachedNetwork,
  Container,
  ContainerExecOptions,
  ContainerSpawnOptions,
  ContainerState,
  ContainerStatus,
  PublishedPort,
  StartOptions,
} from './container.js'
export type { ContainerEvent } from './events.js'
export { DockerNetwork } from './network.js'
export type { NetworkSpec } from './network.js'
export { inParallel } from './in-parallel.js'
export type { ContainerFile, FileContent, WriteFileOptions } from './files.js'
export type { PullOptions, PullPolicy, PullProgress, RegistryAuth } from './image.js'
export type { Limit } from './limits.js'
export type { LogLine, LogOptions } from './logs.js'
export { formatOwner, judge, OWNER_LABEL, parseOwner, surroundings, TESTBED_LABEL } from './owner.js'
export type { Owner, Surroundings } from './owner.js'
export { isProcessOf } from './process-of.js'
export type { HttpReadiness, PortReadiness, Readiness } from './readiness.js'
export type { ContainerMount, ContainerNetwork, ContainerPort, ContainerResources, ContainerSpec } from './spec.js'
export { PLUGIN_LABEL } from './stand-in.js'
export type { Removed } from './sweep.js'
