export { OvsError } from './errors.js'
export type {
  FailedInterfaces,
  FailedOperation,
  MessageOffset,
  OpenFlowRefusal,
  OvsErrorCode,
  OvsErrorDetail,
  PeerReply,
} from './errors.js'

export * from './openflow/index.js'

export { JsonFramer } from './jsonrpc/framer.js'
export type { JsonFramerOptions } from './jsonrpc/framer.js'
export { parseJson, stringifyJson } from './jsonrpc/json.js'
export type { JsonValue } from './jsonrpc/json.js'
export { JsonRpcPeer } from './jsonrpc/peer.js'
export type { CallOptions, JsonRpcPeerOptions, RequestOptions } from './jsonrpc/peer.js'

export { dial } from './transport/dial.js'
export type { DialOptions } from './transport/dial.js'
export { ConnectionKeeper } from './transport/keeper.js'
export type { ConnectionKeeperOptions, KeeperEvent, KeptConnection, Link } from './transport/keeper.js'
export { listen, Listener } from './transport/listen.js'
export type { ListenOptions } from './transport/listen.js'
export { Reconnect } from './transport/reconnect.js'
export type { ReconnectAction, ReconnectOptions, ReconnectState, ReconnectStatistics } from './transport/reconnect.js'
export { removeStaleSocket } from './transport/stale-socket.js'
export { formatTarget, isPassive, parseTarget, parseTargets } from './transport/target.js'
export type {
  ActiveTarget,
  ParseTargetOptions,
  PassiveSslTarget,
  PassiveTarget,
  PassiveTcpTarget,
  PassiveUnixTarget,
  SslTarget,
  Target,
  TcpTarget,
  UnixTarget,
} from './transport/target.js'
export type { PemSource, TlsOptions } from './transport/tls.js'

export { OvsdbClient } from './ovsdb/client.js'
export type { OvsdbClientOptions, TransactOptions } from './ovsdb/client.js'
export { OvsdbLock } from './ovsdb/lock.js'
export type { LockOptions } from './ovsdb/lock.js'
export { OvsdbSession } from './ovsdb/session.js'
export type {
  BackoffOptions,
  ConnectionHandler,
  OvsdbSessionOptions,
  SessionConnection,
  SessionStatus,
} from './ovsdb/session-types.js'
export type { Condition, ConditionFunction } from './ovsdb/condition.js'
export type { Databases, TablesOf } from './ovsdb/databases.js'
export { generateTypes } from './ovsdb/generate-types.js'
export { OvsdbReplica } from './ovsdb/replica/replica.js'
export type { ChangesOptions, ReplicaOptions, UpdateOptions } from './ovsdb/replica/replica.js'
export type { FeedOptions } from './ovsdb/replica/change-feed.js'
export type {
  ChangeBatch,
  LookupKey,
  ReplicaChange,
  ReplicaConditions,
  ReplicaIndexes,
  ReplicaRow,
  ReplicaTables,
  TableSelection,
} from './ovsdb/replica/replica-types.js'
export type { ReplicaTransaction } from './ovsdb/replica/replica-transaction.js'
export { InsertedRow, Transaction } from './ovsdb/replica/transaction.js'
export type { Target as TransactionTarget } from './ovsdb/replica/transaction.js'
export { Monitor } from './ovsdb/monitor.js'
export type { ChangeListener, MonitoredRow, MonitorRequests } from './ovsdb/monitor.js'
export type { Mutation, Mutator } from './ovsdb/mutation.js'
export type {
  AbortOperation,
  AssertOperation,
  CommentOperation,
  CommitOperation,
  DeleteOperation,
  InsertOperation,
  MutateOperation,
  Operation,
  SelectOperation,
  UpdateOperation,
  WaitOperation,
} from './ovsdb/operation.js'
export type {
  CountResult,
  EmptyResult,
  InsertResult,
  OperationResult,
  OperationResults,
  SelectResult,
} from './ovsdb/result.js'
export type { AnyRow, AnyTables, RowInput, Tables } from './ovsdb/row.js'
export { parseSchema } from './ovsdb/schema.js'
export type { AtomicType, BaseType, ColumnSchema, ColumnType, DatabaseSchema, TableSchema } from './ovsdb/schema.js'
export { openVSwitchSchemaText } from './ovsdb/schema/open-vswitch-schema.gen.js'
export type {
  BridgeRow,
  ControllerRow,
  InterfaceRow,
  MirrorRow,
  OpenVSwitch,
  OpenVSwitchRow,
  PortRow,
} from './ovsdb/schema/open-vswitch.gen.js'
export type { RowChange } from './ovsdb/update.js'
export { namedUuid, parseUuid } from './ovsdb/value.js'
export type { Atom, Input, NamedUuid, Uuid, Value, ValueInput } from './ovsdb/value.js'

export { addBridge, removeBridges } from './vswitch/bridge.js'
export type { BridgeSpec } from './vswitch/bridge.js'
export { setNextCfg } from './vswitch/commit.js'
export type { Ofports } from './vswitch/commit.js'
export { HIGHEST_OFPORT, lowestFreeOfport } from './vswitch/ofport.js'
export type { StringMap, VswitchOperation } from './vswitch/operation.js'
export { addPorts, removePorts, updatePort } from './vswitch/port.js'
export type { PortSpec, PortVlans } from './vswitch/port.js'
export { Vswitch } from './vswitch/vswitch.js'
export type { VswitchCommit, VswitchCommitOptions } from './vswitch/vswitch.js'

export { DaemonControl } from './daemon/control.js'
export { daemonFiles, ovsdbServerCommand, vswitchdCommand } from './daemon/command-lines.js'
export type { CommandLine, DaemonFiles, DaemonOptions, DaemonProcessFiles } from './daemon/command-lines.js'
export { initialDatabase } from './daemon/initial-database.js'
export type { InitialDatabaseOptions } from './daemon/initial-database.js'
export { lastComplaints, parseLog, parseLogLine } from './daemon/log.js'
export type { LogLevel, LogLine } from './daemon/log.js'

export { BRIDGE_ID, BRIDGE_OWNER, ownedBridges, removeOwnedBridges } from './reaper/owned-bridges.js'
export type { OwnedBridge } from './reaper/owned-bridges.js'
export { startReaper } from './reaper/start-reaper.js'
