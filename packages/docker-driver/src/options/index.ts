export { aclsOfAddedPort, parseAddedPorts, specsOfAddedPort } from './added-ports.js'
export { networkAddresses, type IpamAddresses } from './addresses.js'
export { parseControllers } from './controllers.js'
export { chooseDpid, formatDpid, parseDpid, readDpid } from './dpid.js'
export { shortEngineId } from './engine-id.js'
export { LONGEST_INTERFACE_NAME, parseInterfaceName } from './interface-name.js'
export { labelPrefixes, parseLabels, portSettings, type ContainerLabels, type PortSettings } from './labels.js'
export { applyMacPrefix, parseMac, parseMacPrefix } from './mac.js'
export {
  bridgeName,
  loopbackBridgeName,
  mirrorBridgeName,
  patchNames,
  stackBridge,
  vethNames, vethOf,
  type VethNames,
} from './names.js'
export { networkOptionNames, parseNetworkOptions, type NetworkContext } from './network-options.js'
export { parseBool, parseNumber, parseOfport, parseVid } from './scalar.js'
export { aclsFor, aclsOfSpec, formatSpec, namesNetworks, parseBoolSpec, parseMacPrefixSpec, parseSpec, specFor } from './spec.js'
