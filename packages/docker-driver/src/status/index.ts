export { addressList, type AddressList } from './address-list.js'
export { DriverMetrics } from './driver-metrics.js'
export type {
  ContainerState,
  DynamicNetworkState,
  ExternalPortState,
  NetworkState,
  NetworkStates,
  OtherBridgeInterfaceState,
  OtherBridgePortState,
  OtherBridgeState,
} from './network-state.js'
export { networkJson, networksJson, networkStates, type StatusContext } from './network-states.js'
export { type GraphFormat, serveStatus, type ServeStatusOptions, type StatusServer } from './serve-status.js'
