export type { IpamDriver, RequestAddressRequest, RequestPoolRequest } from './ipam-driver.js'
export type {
  CallContext,
  CreateEndpointReply,
  CreateEndpointRequest,
  CreateNetworkRequest,
  IpamData,
  JoinReply,
  JoinRequest,
  NetworkDriver,
  StaticRoute,
} from './network-driver.js'
export { checkDriverName, PLUGIN_DIRECTORY, pluginSocketPath } from './plugin-name.js'
export { type CallLog, type NetworkDriverServer, serveNetworkDriver, type ServeNetworkDriverOptions } from './serve.js'
