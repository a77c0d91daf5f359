export { acl, allow, deny, mirror, output, outputInOrder } from './acl.js'
export type { AclRules, OutputTo, RuleOptions } from './acl.js'
export { matchFields } from './acl-match.js'
export type { AclMatch, ArpMatch, IcmpMatch, MatchFields, PortMatch, TransportPort } from './acl-match.js'
