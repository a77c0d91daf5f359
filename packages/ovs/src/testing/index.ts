export { duplexPair } from './duplex-pair.js'
export type { DuplexPairOptions } from './duplex-pair.js'
export { FakeOvsdbServer, success } from './fake-ovsdb-server.js'
export type { FakeOvsdbServerOptions, ReceivedRequest, WireOperation } from './fake-ovsdb-server.js'
export { InMemoryOvsdbServer } from './ovsdb/in-memory-ovsdb-server.js'
export type { InMemoryOvsdbServerOptions } from './ovsdb/in-memory-ovsdb-server.js'
export type { DatabaseState } from './ovsdb/server-database.js'
export { connectPorts, SwitchCore, SwitchDouble } from './openflow/index.js'
export type {
  Emission,
  Flow,
  PortOptions,
  Program,
  SwitchDescription,
  SwitchDoubleOptions,
  Trace,
  TraceStep,
  Transmission,
} from './openflow/index.js'
