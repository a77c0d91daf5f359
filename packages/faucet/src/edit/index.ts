export {
  deleteDpInterfaces,
  deleteDps,
  getDpIds,
  makeCoprocessorPort,
  setDpInterfaces,
  setDps,
  setRemoteMirrorPort,
} from './dps.js'
export type { NewDp, RemoteMirror } from './dps.js'
export { getAclNames, getDpInfo, getDpNames } from './info.js'
export type { DpInfo, InterfaceInfo } from './info.js'
export { deleteConfigKey, mergeConfig } from './merge.js'
export type { ConfigKeyPath } from './merge.js'
export { addPortAcl, parseAclNames, parseName, removePortAcl, setPortAcls } from './port-acl.js'
export { addPortMirror, clearPortMirror, removePortMirror } from './port-mirror.js'
export {
  removeAcl,
  removeVlan,
  setAcl,
  setPermanentLearning,
  setPortEnabled,
  setPortOption,
  setPortTaggedVlans,
  setPortVlan,
  setVlan,
  setVlanAcls,
  setVlanOutAcl,
} from './vlan.js'
