import { randomBytes } from 'node:crypto'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import type { Poller } from './poller.js'
import type { AgentCalls, ProbeResult } from './protocol.js'
import { encodeSocketAddress } from './sockaddr.js'

const IPPROTO_UDP = 17
const RESEND_MS = 200
/** How long an ICMP "port unreachable" may take to come back after the datagram has arrived. */
const REFUSAL_MS = 50

/**
 * Tells whether a UDP datagram gets from one namespace to a bound socket at an address.
 *
 * UDP itself never says so. When the destination is a host of the testbed, a raw socket there sees the datagram behind
 * the host's own firewall, and the port is taken as open unless the host answers that it is unreachable. For any other
 * destination an answer of any content counts as open.
 */
export async function probeUdp(table: NamespaceTable, poller: Poller, request: AgentCalls['probeUdp']['request']): Promise<ProbeResult> {
  const address = encodeSocketAddress(request.address, request.port)
  const family = address.length === 16 ? libc.AF_INET : libc.AF_INET6
  const payload = randomBytes(16)
  const open: number[] = []
  const make = (namespace: string, type: number, protocol: number): number => {
    const fd = table.inNetwork(namespace, () => libc.socket(family, type | libc.SOCK_NONBLOCK, protocol))
    open.push(fd)
    return fd
  }
  try {
    const sender = make(request.from, libc.SOCK_DGRAM, 0)
    const witness = request.to === undefined ? undefined : make(request.to, libc.SOCK_RAW, IPPROTO_UDP)
    const connected = libc.tryConnect(sender, address)
    if (connected < 0) return { ok: false, reason: libc.errnoName(-connected) }
    return await exchange(poller, sender, witness, payload, request.timeoutMs)
  } finally {
    for (const fd of open) {
      poller.remove(fd)
      libc.close(fd)
    }
  }
}

const buffer = new Uint8Array(65_536)

function exchange(poller: Poller, sender: number, witness: number | undefined, payload: Buffer, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const started = performance.now()
    let refusalTimer: NodeJS.Timeout | undefined
    const done = (result: ProbeResult): void => {
      clearInterval(resend)
      clearTimeout(limit)
      clearTimeout(refusalTimer)
      resolve(result)
    }
    const send = (): void => {
      const sent = libc.trySend(sender, payload, null)
      if (sent < 0 && sent !== -11) done({ ok: false, reason: libc.errnoName(-sent) })
    }
    const resend = setInterval(() => {
      if (refusalTimer === undefined) send()
    }, RESEND_MS)
    const limit = setTimeout(() => done({ ok: false, reason: 'timeout' }), timeoutMs)
    poller.add(sender, 'read', () => {
      const length = libc.tryReceive(sender, buffer)
      if (length >= 0) done({ ok: true, rttMs: performance.now() - started })
      else if (length !== -11) done({ ok: false, reason: libc.errnoName(-length) })
    })
    if (witness !== undefined) {
      poller.add(witness, 'read', () => {
        for (;;) {
          const length = libc.tryReceive(witness, buffer)
          if (length < 0) return
          if (refusalTimer !== undefined || !Buffer.from(buffer.subarray(0, length)).includes(payload)) continue
          const rttMs = performance.now() - started
          refusalTimer = setTimeout(() => done({ ok: true, rttMs }), REFUSAL_MS)
        }
      })
    }
    send()
  })
}
