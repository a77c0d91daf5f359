export { duplexPair } from './duplex-pair.js'
export type { DuplexPairOptions } from './duplex-pair.js'
export { FakeOvsdbServer, success } from './fake-ovsdb-server.js'
export type { FakeOvsdbServerOptions, ReceivedRequest, WireOperation } from './fake-ovsdb-server.js'
