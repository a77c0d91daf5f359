import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindUdpIn, captureIn, findProgram, icmpType, LinuxError, spawnIn, type CapturedPacket, type Sandbox } from '@streambed/linux'
import { failure, run, twoHosts } from './lan.js'

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sb-capture-'))
  sandbox = await twoHosts()
  // Addresses are resolved before anything is counted.
  await run(sandbox, 'a', ['ping', '-c1', '10.0.0.2'])
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

const ping = (...more: string[]): Promise<unknown> => run(sandbox, 'a', ['ping', '-c1', '-W1', ...more, '10.0.0.2'])
const isEcho = ({ icmp }: CapturedPacket): boolean => icmp?.type === icmpType.echoRequest

/** What tcpdump reads from a file, a line each. */
function tcpdump(file: string, ...more: string[]): string[] {
  // Not in the sandbox: as its root tcpdump wants to become somebody whom an ordinary user's namespace does not have.
  const output = execFileSync(findProgram('tcpdump', 'tcpdump'), ['-n', '-e', '-r', '-', ...more], { input: readFileSync(file), encoding: 'utf8', maxBuffer: 1e9, stdio: ['pipe', 'pipe', 'ignore'] })
  return output.split('\n').filter((line) => /^\d\d:/.test(line))
}

/** Sends datagrams as fast as this process can. */
async function burst(count: number): Promise<void> {
  const socket = await bindUdpIn(sandbox, 'a', 'udp4')
  for (let i = 0; i < count; i++) {
    socket.send(`packet ${i}`, 9, '10.0.0.2')
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => socket.send('last', 9, '10.0.0.2', resolve))
  socket.close()
}

describe('a capture', () => {
  it('is ready when it returns', async () => {
    for (let i = 0; i < 50; i++) {
      const capture = await captureIn(sandbox, 'b', 'eth0')
      await ping()
      const { received } = await capture.close()
      const packets = capture.take()
      expect(packets.filter((packet) => packet.ipv4?.src === '10.0.0.1' && packet.icmp !== undefined)).toHaveLength(1)
      expect(received).toBe(packets.length)
    }
  })

  it('writes a file that tcpdump reads, with as many packets as the iterator gives', async () => {
    const file = join(folder, 'ping.pcap')
    const capture = await captureIn(sandbox, 'b', 'eth0', { file })
    await run(sandbox, 'a', ['ping', '-c20', '-i0.002', '10.0.0.2'])
    const { received, dropped, discarded } = await capture.close()
    const packets: CapturedPacket[] = []
    for await (const packet of capture) packets.push(packet)
    expect(packets.length).toBeGreaterThanOrEqual(40)
    expect({ received, dropped, discarded }).toEqual({ received: packets.length, dropped: 0, discarded: 0 })
    expect(tcpdump(file)).toHaveLength(packets.length)
    const now = BigInt(Date.now()) * 1_000_000n
    for (const { timestampNs } of packets) expect(Number(now - timestampNs)).toBeLessThan(60e9)
    expect(packets.map(({ timestampNs }) => timestampNs)).toEqual([...packets.map(({ timestampNs }) => timestampNs)].sort())
  })

  it('keeps the VLAN tag that the kernel takes off', async () => {
    const file = join(folder, 'vlan.pcap')
    const capture = await captureIn(sandbox, 'b', 'eth0', { file })
    const python = `
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(('eth0', 0))
for tag in (b'\\x81\\x00\\x61\\x23', b'\\x88\\xa8\\x00\\x05', b'\\x88\\xa8\\x00\\x05\\x81\\x00\\x0f\\xfe'):
    s.send(b'\\x02\\0\\0\\0\\0\\x02\\x02\\0\\0\\0\\0\\x01' + tag + b'\\x88\\xb5' + b'payload'.ljust(46))
`
    await run(sandbox, 'a', ['python3', '-c', python])
    await capture.find(({ vlans }) => vlans.length === 2)
    await capture.close()
    const lines = tcpdump(file, 'ether[12:2] = 0x8100 or ether[12:2] = 0x88a8')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/802\.1Q.*vlan 291, p 3/)
    expect(lines[1]).toMatch(/802\.1Q-QinQ.*vlan 5,/)
    expect(lines[2]).toMatch(/vlan 5,.*vlan 4094,/)
  })

  it('cuts to snapLength, also what comes at the very end', async () => {
    const capture = await captureIn(sandbox, 'b', 'eth0', { snapLength: 60 })
    await ping('-s', '1000')
    await capture.close()
    const packet = capture.take().find(isEcho)
    expect(packet).toMatchObject({ originalLength: 1042 })
    expect(packet?.frame.length).toBe(60)
    for (const snapLength of [0, -1, 1.5, Number.NaN, 1e6]) expect(await failure(captureIn(sandbox, 'b', 'eth0', { snapLength }))).toMatchObject({ code: 'invalid' })
  })

  it('finds, takes, and ends with break', async () => {
    const capture = await captureIn(sandbox, 'b', 'eth0')
    const finding = capture.find(isEcho)
    await ping()
    expect((await finding).ipv4).toMatchObject({ src: '10.0.0.1' })
    const none = await failure(capture.find(() => false, 50))
    expect(none).toMatchObject({ code: 'timeout', message: 'no such packet on eth0 in 50 ms' })
    await ping()
    await capture.find(({ icmp }) => icmp?.type === icmpType.echoReply)
    expect(capture.take()).toEqual([])
    await ping()
    let seen = 0
    for await (const packet of capture) {
      expect(packet.frame.length).toBeGreaterThan(0)
      if (++seen === 2) break
    }
    expect(await capture.next()).toEqual({ done: true, value: undefined })
    expect(await failure(capture.find(() => true))).toMatchObject({ code: 'closed' })
    // Twice is once.
    expect(await capture.close()).toBe(await capture.close())
  })

  it('filters', async () => {
    await using capture = await captureIn(sandbox, 'b', 'eth0', { filter: isEcho })
    await ping()
    const { received } = await capture.close()
    expect(capture.take()).toHaveLength(1)
    expect(received).toBeGreaterThanOrEqual(2)
  })

  it('counts what nobody takes', async () => {
    const capture = await captureIn(sandbox, 'b', 'eth0', { limit: 10, filter: ({ udp }) => udp !== undefined })
    await burst(100)
    const { discarded } = await capture.close()
    expect(capture.take()).toHaveLength(10)
    expect(discarded).toBe(91)
  })

  it('accounts for every one of 20,000 packets', async () => {
    const file = join(folder, 'burst.pcap')
    const capture = await captureIn(sandbox, 'b', 'eth0', { file })
    await burst(20_000)
    const { received, dropped } = await capture.close()
    const udp = capture.take().filter((packet) => packet.udp !== undefined)
    const other = received - udp.length
    expect(udp.length + dropped).toBeGreaterThanOrEqual(20_001)
    expect(dropped + received - other).toBeLessThanOrEqual(20_001 + dropped)
    expect(tcpdump(file)).toHaveLength(received)
    const names = udp.map(({ payload }) => Buffer.from(payload).toString())
    expect(new Set(names).size).toBe(names.length)
  })

  it('ends though the interface is busy', async () => {
    await using _flood = await spawnIn(sandbox, 'a', ['ping', '-q', '-f', '10.0.0.2'])
    for (let i = 0; i < 5; i++) {
      const capture = await captureIn(sandbox, 'b', 'eth0')
      await capture.find(isEcho)
      const started = performance.now()
      await run(sandbox, 'a', ['true'])
      // The agent does other work meanwhile.
      expect(performance.now() - started).toBeLessThan(1000)
      await capture.close()
    }
  })

  it('says that there is no such interface, and that a file cannot be written', async () => {
    expect(await failure(captureIn(sandbox, 'b', 'eth7'))).toMatchObject({ code: 'invalid', message: 'there is no interface "eth7" in the host' })
    const error = await failure(captureIn(sandbox, 'b', 'eth0', { file: join(folder, 'no/such/folder.pcap') }))
    expect(error).toBeInstanceOf(LinuxError)
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('no/such/folder.pcap') as string })
  })

  it('tells of a full disk at its close, and goes on', async () => {
    const capture = await captureIn(sandbox, 'b', 'eth0', { file: '/dev/full' })
    await ping()
    expect(await capture.find(isEcho)).toBeDefined()
    expect(await failure(capture.close())).toMatchObject({ code: 'kernel', message: expect.stringContaining('ENOSPC') as string })
  })

  it('ends with its host', async () => {
    await sandbox.apply([{ namespace: 'c', create: { hostname: 'c' } }])
    const capture = await captureIn(sandbox, 'c', 'lo')
    const next = capture.next()
    await sandbox.call('remove', { namespaces: ['c'] })
    expect(await next).toEqual({ done: true, value: undefined })
  })
})
