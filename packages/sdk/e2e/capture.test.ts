import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatPacket, Testbed } from '@streambed/sdk'

const start = () => Testbed.start({ networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: { subnet: '10.1.0.0/24' } }, hosts: { a: { networks: ['lan', 'back'] }, b: { networks: ['lan', 'back'] } } })
let testbed: Awaited<ReturnType<typeof start>>
let folder: string
beforeAll(async () => {
  testbed = await start()
  folder = mkdtempSync(join(tmpdir(), 'capture-'))
})
afterAll(async () => {
  await testbed.close()
  rmSync(folder, { recursive: true })
})

it('is ready when the call returns: the packet sent at once is in it', async () => {
  const { a, b } = testbed.hosts
  for (let round = 0; round < 20; round++) {
    const capture = await b.capture()
    await a.ping(b.ip('lan'))
    await capture.close()
    const types = capture.take().flatMap((packet) => packet.icmp?.type ?? [])
    expect(types, `round ${round}`).toEqual([8, 0])
  }
})

it('decodes what passes, and tcpdump reads the same from the file', async () => {
  const { a, b } = testbed.hosts
  const file = join(folder, 'all.pcap')
  const capture = await b.capture({ file })
  const server = await b.listen(80)
  server.on('connection', (socket) => socket.end('hello'))
  await (await a.connect(b.ip('lan'), 80)).resume().toArray()
  await a.ping(b.ip6(), { family: 6 })
  const udp = await a.createSocket('udp4')
  await new Promise((resolve) => udp.send('datagram', 9, b.ip('lan'), resolve))
  const packets = [await capture.find((packet) => packet.udp?.dstPort === 9)]
  expect(Buffer.from(packets[0]?.payload ?? []).toString()).toBe('datagram')
  await capture.close()
  udp.close()
  server.close()
  const lines = execFileSync('tcpdump', ['-nn', '-r', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n')
  expect(lines.some((line) => /IP 10\.0\.0\.2\.\d+ > 10\.0\.0\.3\.80: Flags \[S\]/.test(line))).toBe(true)
  expect(lines.some((line) => /ICMP6, echo request/.test(line))).toBe(true)
  expect(lines.some((line) => /UDP, length 8/.test(line))).toBe(true)
  // Nanoseconds, and the magic of a file that says so.
  expect(readFileSync(file).readUInt32LE(0)).toBe(0xa1b23c4d)
})

it('takes the interface that is named, filters, and ends with break', async () => {
  const { a, b } = testbed.hosts
  const capture = await b.capture({ interface: 'back', filter: (packet) => packet.icmp?.type === 8 })
  await a.ping(b.ip('lan'))
  await a.ping(b.ip('back'))
  for await (const packet of capture) {
    expect(formatPacket(packet)).toMatch(/^10\.1\.0\.2 > 10\.1\.0\.3: ICMP echo request/)
    break
  }
  expect(await capture.next()).toEqual({ done: true, value: undefined })
  await expect(b.capture({ interface: 'nowhere' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('eth0 (lan), eth1 (back)') as string })
  await expect(b.capture({ file: '/no/such/folder/x.pcap' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('/no/such/folder/x.pcap') as string })
})
