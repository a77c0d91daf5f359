import { readFileSync } from 'node:fs'
import { AdoptedFiles } from './adopted-files.js'
import { CaptureTable } from './capture.js'
import { send, wireError } from './channel.js'
import { HostFiles } from './host-files.js'
import { runJob } from './jobs.js'
import { findMachine } from './machine.js'
import { NamespaceTable } from './namespace-table.js'
import { dump } from './netlink-socket.js'
import { Poller } from './poller.js'
import { ProcessTable } from './process-table.js'
import { probe } from './probe.js'
import { probeUdp } from './probe-udp.js'
import type { AgentCallName, AgentCalls, AgentRequest } from './protocol.js'
import { readServices, type Service } from './service.js'
import { destroyTcpSockets } from './sock-destroy.js'
import { settle } from './settle.js'
import { shutDown } from './shut-down.js'
import { SocketTable } from './socket-table.js'
import { forgetUnresolvedNeighbours } from './unresolved.js'

/**
 * The agent: first process of a sandbox, owner of its namespaces. It lives as long as its parent:
 * when the IPC channel ends, it leaves, and the kernel takes the pid namespace with everything in it.
 *
 * It may also work in the machine's own namespaces, for a daemon that has root: then it ends by itself what it has started.
 */

const services: readonly Service[] = readServices(process.env)

const files = new HostFiles()
const machine = findMachine(process.env)
const namespaces = new NamespaceTable(files, machine)
const adoptedFiles = new AdoptedFiles(namespaces, machine)
const poller = new Poller()
const sockets = new SocketTable(namespaces, poller)
const captures = new CaptureTable(namespaces, poller)
const processes = new ProcessTable(namespaces, services, machine?.isOurs === true, (service, code, signal) => {
  void send({ type: 'service-exit', name: service.name, code, signal, log: service.log() })
})

type Handlers = { readonly [Name in AgentCallName]: (request: AgentCalls[Name]['request'], id: number) => AgentCalls[Name]['reply'] | Promise<AgentCalls[Name]['reply']> }

const handlers: Handlers = {
  apply: ({ jobs }) => {
    for (const job of jobs) runJob(namespaces, job)
    return undefined
  },
  settle: (request) => settle(namespaces, request),
  forgetUnresolved: () => {
    for (const id of namespaces.ids) namespaces.inNetwork(id, forgetUnresolvedNeighbours)
    return undefined
  },
  dump: ({ namespace, messages }) => namespaces.inNetwork(namespace, () => dump(messages)),
  adopt: ({ namespace, target }) => {
    namespaces.adopt(namespace, target)
    return undefined
  },
  replace: ({ namespace, by }) => {
    captures.endIn(namespace)
    namespaces.replace(namespace, by)
    return undefined
  },
  remove: ({ namespaces: ids }) => {
    for (const id of ids) {
      // What was to be made in it may have failed before it was.
      if (!namespaces.has(id)) continue
      processes.signalAll(id, 'SIGKILL')
      captures.endIn(id)
      if (namespaces.adopted(id) === undefined) namespaces.inNetwork(id, destroyTcpSockets)
      else adoptedFiles.restore(id)
      namespaces.remove(id)
    }
    return undefined
  },
  names: (names) => {
    files.set(names)
    adoptedFiles.set(names)
    return undefined
  },
  spawn: (request, id) => processes.spawn(id, request),
  signal: ({ process: number, signal }) => processes.signal(number, signal),
  signalAll: ({ namespace, signal }) => ({ processes: processes.signalAll(namespace, signal) }),
  listen: (request, id) => sockets.listen(id, request),
  connect: (request, id) => sockets.connect(id, request),
  abortConnect: ({ connection }) => {
    sockets.abortConnect(connection)
    return undefined
  },
  bindUdp: (request, id) => sockets.bindUdp(id, request),
  connectUnix: async (request, id) => {
    await sockets.connectUnix(id, request)
    // Whoever listens there is up, so that its pid file can be read.
    for (const service of services) service.identify()
    return undefined
  },
  destroySockets: ({ namespace }) => ({ destroyed: namespaces.inNetwork(namespace, destroyTcpSockets) }),
  probe: (request) => probe(namespaces, poller, request),
  probeUdp: (request) => probeUdp(namespaces, poller, request),
  capture: (request, id) => captures.start(id, request),
  endCapture: ({ capture }) => captures.end(capture),
  readFile: ({ path, tail: length }) => {
    const bytes = readFileSync(path)
    return new Uint8Array(length === undefined ? bytes : bytes.subarray(Math.max(0, bytes.length - length)))
  },
  close: ({ group }) => {
    // A dump of TCP sockets walks the whole machine's table: only where there can be any.
    for (const id of namespaces.usedIds) namespaces.inNetwork(id, destroyTcpSockets)
    adoptedFiles.restoreAll()
    shutDown(processes, group)
    return undefined
  },
}

async function handle<Name extends AgentCallName>(message: AgentRequest<Name>): Promise<void> {
  try {
    const reply = await handlers[message.call](message.request, message.id)
    await send({ type: 'reply', id: message.id, ok: true, reply })
  } catch (error) {
    await send({ type: 'reply', id: message.id, ok: false, error: wireError(error) })
  }
  if (message.call === 'close') leave()
}

/** Ends the agent. In a pid namespace of its own the kernel ends everything else; among the machine's processes nobody else would. */
function leave(): never {
  if (machine?.isOurs === true) processes.killStarted()
  process.exit(0)
}

process.on('message', (message: AgentRequest) => void handle(message))
process.on('disconnect', leave)
// Whoever means to end a testbed ends its owner. SIGTERM also comes from the kernel, when that has died (--pdeathsig): the channel may still be open, should
// somebody else have inherited its other end.
const owner = process.ppid
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void (machine?.isOurs === true && process.ppid !== owner && leave()))
void send({ type: 'ready' })
