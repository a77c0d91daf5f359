import { NetlinkWriter } from '../netlink/writer.js'
import { encodeDeleteLink, encodeSetLink } from '../rtnetlink/link.js'
import { sendBatch } from './netlink-socket.js'
import type { ProcessTable } from './process-table.js'

const LIMIT_MS = 5000

/**
 * Ends the services and deletes the links of a group.
 *
 * A dying switch daemon closes one packet socket for each port, and each close waits for an RCU grace period: some 11 ms
 * each, one after the other. The kernel asks for a quick (expedited) grace period while somebody holds the lock of
 * rtnetlink. So this keeps the kernel busy with requests that change nothing until the daemon is gone: 200 ports
 * then take some 0.1 s instead of 2.3 s.
 */
export function shutDown(processes: ProcessTable, group: number | undefined): void {
  processes.killServices()
  if (group === undefined) return
  const deadline = Date.now() + LIMIT_MS
  const idle = new NetlinkWriter()
  encodeSetLink(idle, 'change nothing', { group })
  idle.finish()
  const wipe = new NetlinkWriter()
  encodeDeleteLink(wipe, 'delete the links of the testbed', { group })
  wipe.finish()
  try {
    while (processes.servicesRunning() && Date.now() < deadline) sendBatch(idle.bytes, idle.labels)
    sendBatch(wipe.bytes, wipe.labels)
  } catch {
    // There is no link in the group: nothing was built yet.
  }
}
