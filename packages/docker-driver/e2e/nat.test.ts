import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Network, PortMapping } from '../src/model/index.js'
import { checkMappings, choosePort, NatTable, probePort } from '../src/nat/index.js'
import { network, endpoint, mapping } from '../src/nat/networks.fixture.js'
import { Peer } from './peer.js'
import { Docker } from './world/docker.js'
import { run, whyNotHere } from './world/program.js'

// Real packets through the rules. The bridges are the kernel's, since the rules only see their names: `br1` (nat) has c1 and c2,
// `br2` (routed) c3, and `out` is another machine, which has a route to the routed network only.
const table = 'streambed_test'
const why = whyNotHere()

const docker = new Docker()
let nat: NatTable
let baseline: string
const warnings: string[] = []
const peers: Record<string, Peer> = {}
const { c1, c2, c3, out, self } = new Proxy({} as Record<'c1' | 'c2' | 'c3' | 'out' | 'self', Peer>, {
  get: (_, name: string) => new Proxy({} as Peer, { get: (__, method: keyof Peer) => peers[name]?.[method].bind(peers[name]) }),
})

const ip = (line: string): Promise<string> => run('ip', ...line.split(' '))

async function rules(): Promise<string> {
  const texts = await Promise.all([run('iptables-save'), run('ip6tables-save'), run('nft', 'list', 'tables')])
  return texts.join('\n').split('\n').filter((line) => !line.startsWith('#')).map((line) => line.replace(/\[\d+:\d+\]/, '')).join('\n')
}

async function host(name: string, bridge: string | undefined, v4: string, v6: string, via: readonly [string, string] | undefined): Promise<void> {
  await ip(`netns add ${name}`)
  await ip(`link add v${name} type veth peer name eth0 netns ${name}`)
  if (bridge !== undefined) await ip(`link set v${name} master ${bridge}`)
  await ip(`link set v${name} up`)
  for (const line of [`addr add ${v4} dev eth0`, `addr add ${v6} dev eth0 nodad`, 'link set lo up', 'link set eth0 up']) await ip(`-n ${name} ${line}`)
  for (const gateway of via ?? []) await ip(`-n ${name} route add default via ${gateway}`)
  peers[name] = new Peer(name)
}

async function bridge(name: string, v4: string, v6: string): Promise<void> {
  await ip(`link add ${name} type bridge`)
  await ip(`addr add ${v4} dev ${name}`)
  await ip(`link set ${name} up`)
  await ip(`addr add ${v6} dev ${name} nodad`)
}

function networks(...mappings: PortMapping[]): Network[] {
  return [
    network('nat', 'br1', '10.9.0', 'fd09', [endpoint('c1', '10.9.0.2/24', 'fd09::2/64', mappings), endpoint('c2', '10.9.0.3/24', 'fd09::3/64', [])]),
    network('routed', 'br2', '10.8.0', 'fd08', [endpoint('c3', '10.8.0.2/24', 'fd08::2/64', [mapping(8083, { protocol: 'udp' })])]),
  ]
}

describe.skipIf(why !== undefined)(`nat${why === undefined ? '' : `: ${why}`}`, () => {
  beforeAll(async () => {
    await docker.begin()
    // Else the kernel's bridges show their own traffic to the firewall, which Open vSwitch does not.
    for (const name of ['iptables', 'ip6tables']) writeFileSync(`/proc/sys/net/bridge/bridge-nf-call-${name}`, '0')
    await bridge('br1', '10.9.0.1/24', 'fd09::1/64')
    await bridge('br2', '10.8.0.1/24', 'fd08::1/64')
    await host('c1', 'br1', '10.9.0.2/24', 'fd09::2/64', ['10.9.0.1', 'fd09::1'])
    await host('c2', 'br1', '10.9.0.3/24', 'fd09::3/64', ['10.9.0.1', 'fd09::1'])
    await host('c3', 'br2', '10.8.0.2/24', 'fd08::2/64', ['10.8.0.1', 'fd08::1'])
    await host('out', undefined, '192.0.2.2/24', '2001:db8::2/64', undefined)
    await ip('addr add 192.0.2.1/24 dev vout')
    await ip('addr add 2001:db8::1/64 dev vout nodad')
    await ip('-n out route add 10.8.0.0/24 via 192.0.2.1')
    await ip('-n out route add fd08::/64 via 2001:db8::1')
    // Someone who knows of the network behind the masquerading.
    await ip('-n out route add 10.9.0.0/24 via 192.0.2.1')
    await ip('-n out route add fd09::/64 via 2001:db8::1')
    peers['self'] = new Peer()
    baseline = await rules()
    nat = new NatTable({ table, onWarning: (message) => warnings.push(message) })
  })

  afterAll(async () => {
    await nat.close()
    await Promise.all(Object.values(peers).map((peer) => peer.stop()))
    for (const name of ['br1', 'br2', 'vout']) await ip(`link del ${name}`)
    for (const name of ['c1', 'c2', 'c3', 'out']) await ip(`netns del ${name}`)
  })

  it('drops by default, as dockerd wants it: nothing gets through before the rules are there', async () => {
    expect(await c1.tcp('192.0.2.2', 80)).toBe('error timeout')
  })

  it('masquerades what leaves a nat network, and not what leaves a routed one', async () => {
    await nat.apply(networks())
    expect(await Promise.all([c1.tcp('192.0.2.2', 80), c2.udp('192.0.2.2', 80), c3.tcp('192.0.2.2', 80)])).toEqual(['192.0.2.1', '192.0.2.1', '10.8.0.2'])
    expect(await Promise.all([c1.tcp('2001:db8::2', 80), c2.udp('2001:db8::2', 80), c3.tcp('2001:db8::2', 80)])).toEqual(['2001:db8::1', '2001:db8::1', 'fd08::2'])
  })

  it('lets others into a routed network, and not into a nat network', async () => {
    expect(await Promise.all([out.tcp('10.8.0.2', 80), c1.tcp('10.8.0.2', 80), self.tcp('10.9.0.2', 80)])).toEqual(['192.0.2.2', '10.8.0.1', '10.9.0.1'])
    expect(await out.tcp('fd08::2', 80)).toBe('2001:db8::2')
    expect(await out.tcp('10.9.0.2', 80)).toBe('error timeout')
    expect(await out.tcp('fd09::2', 80)).toBe('error timeout')
    // Also where no policy of Docker's stands before it.
    await run('iptables', '-P', 'FORWARD', 'ACCEPT')
    expect(await out.tcp('10.9.0.2', 80)).toBe('error timeout')
    expect(await c3.tcp('10.9.0.2', 80)).toBe('10.8.0.2')
    await run('iptables', '-P', 'FORWARD', 'DROP')
    expect(await c3.tcp('10.9.0.2', 80)).toBe('10.8.0.2')
  })

  it('publishes a port at every address of the machine, for everyone, in both families', async () => {
    await nat.apply(networks(mapping(8080), mapping(8080, { protocol: 'udp' })))
    // asker, address, and what the container sees
    const cases: [Peer, string, string][] = [
      [out, '192.0.2.1', '192.0.2.2'], [out, '2001:db8::1', '2001:db8::2'], [out, '10.9.0.1', '192.0.2.2'],
      [self, '192.0.2.1', '192.0.2.1'], [self, '2001:db8::1', '2001:db8::1'], [self, '10.9.0.1', '10.9.0.1'], [self, 'fd09::1', 'fd09::1'],
      [self, '127.0.0.1', '10.9.0.1'], [self, '127.0.0.7', '10.9.0.1'], [self, '::1', 'error ECONNREFUSED'],
      [c2, '10.9.0.1', '10.9.0.1'], [c2, '192.0.2.1', '10.9.0.1'], [c2, 'fd09::1', 'fd09::1'],
      [c1, '10.9.0.1', '10.9.0.1'], [c1, '2001:db8::1', 'fd09::1'],
      [c3, '10.8.0.1', '10.8.0.2'], [c3, 'fd09::1', 'fd08::2'],
    ]
    for (const protocol of ['tcp', 'udp'] as const) {
      const seen = []
      for (const [peer, address] of cases) seen.push(await peer[protocol](address, 8080))
      // A datagram to nobody is refused by a message that Node.js does not show to a socket that is not connected.
      expect(seen).toEqual(cases.map(([, , from]) => (protocol === 'udp' ? from.replace('ECONNREFUSED', 'timeout') : from)))
    }
    expect(await out.udp('192.0.2.1', 8083)).toBe('192.0.2.2')
    expect(await out.tcp('192.0.2.1', 8081)).toBe('error ECONNREFUSED')
  })

  it('publishes at one address only where that is asked for', async () => {
    await nat.apply(networks(mapping(8080, { hostAddress: '127.0.0.1' }), mapping(8081, { hostAddress: '192.0.2.1' }), mapping(8082, { hostAddress: '2001:db8::1' })))
    expect(await Promise.all([self.tcp('127.0.0.1', 8080), out.tcp('192.0.2.1', 8080)])).toEqual(['10.9.0.1', 'error ECONNREFUSED'])
    expect(await Promise.all([out.tcp('192.0.2.1', 8081), self.tcp('127.0.0.1', 8081), out.tcp('2001:db8::1', 8081)])).toEqual(['192.0.2.2', 'error ECONNREFUSED', 'error ECONNREFUSED'])
    expect(await Promise.all([out.tcp('2001:db8::1', 8082), out.tcp('192.0.2.1', 8082)])).toEqual(['2001:db8::2', 'error ECONNREFUSED'])
  })

  it('publishes SCTP', async () => {
    await nat.apply(networks(mapping(9000, { protocol: 'sctp' })))
    expect(await sctpArrives('out', '192.0.2.1', 9000, 'c1')).toBe('192.0.2.2 80')
  })

  it('keeps containers from the loopback addresses of the machine', async () => {
    await nat.apply(networks(mapping(8080)))
    expect(readFileSync('/proc/sys/net/ipv4/conf/br1/route_localnet', 'utf8').trim()).toBe('1')
    const server = await listening(7070, '127.0.0.1')
    const steal = (): Promise<string> => c1.tcp('127.0.0.1', 7070)
    await ip('-n c1 route add local 127.0.0.2 dev lo table 99').catch(() => undefined)
    for (const line of ['link set lo down', 'addr flush dev lo', 'route flush table local 127.0.0.0/8']) await ip(`-n c1 ${line}`).catch(() => undefined)
    await run('ip', 'netns', 'exec', 'c1', 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet')
    await ip('-n c1 route add 127.0.0.0/8 via 10.9.0.1 src 10.9.0.2')
    expect(await steal()).toBe('error timeout')
    // The witness: without the guard it does get there.
    await run('nft', 'flush', 'chain', 'inet', table, 'guard')
    expect(await steal()).not.toBe('error timeout')
    server.close()
    await ip('-n c1 route del 127.0.0.0/8 via 10.9.0.1')
    await ip('-n c1 link set lo up')
    await nat.apply([])
  })

  it('keeps connections while it is replaced', async () => {
    await nat.apply(networks(mapping(8080)))
    expect(await out.tcp('192.0.2.1', 8080, 'published')).toBe('192.0.2.2')
    expect(await c1.tcp('192.0.2.2', 80, 'masqueraded')).toBe('192.0.2.1')
    for (let round = 0; round < 30; round++) {
      const change = nat.apply(networks(mapping(8080), mapping(9000 + round)))
      expect(await Promise.all([out.again('published'), c1.again('masqueraded')])).toEqual(['192.0.2.2', '192.0.2.1'])
      await change
    }
    expect(await Promise.all([out.again('published'), c1.again('masqueraded')])).toEqual(['192.0.2.2', '192.0.2.1'])
  })

  it('changes the way of a UDP conversation that goes on, for other machines and the machine itself', async () => {
    const ask = (): Promise<string[]> => Promise.all([out.who('192.0.2.1', 8085), self.who('10.9.0.1', 8085)])
    const to = (id: 'c1' | 'c2'): Network[] => {
      const address = id === 'c1' ? '2' : '3'
      return [network('nat', 'br1', '10.9.0', 'fd09', [endpoint(id, `10.9.0.${address}/24`, `fd09::${address}/64`, [mapping(8085, { protocol: 'udp' })])])]
    }
    expect(await ask()).toEqual(['error timeout', 'error timeout'])
    for (const id of ['c1', 'c2', 'c1'] as const) {
      await nat.apply(to(id))
      expect(await ask()).toEqual([id, id])
    }
    await nat.apply(networks())
    expect(await ask()).toEqual(['error timeout', 'error timeout'])
  })

  it('is mended by one call after a restart of dockerd, a flush, a removed chain, and by another process', async () => {
    const wanted = networks(mapping(8080))
    await nat.apply(wanted)
    const right = await rules()
    const chain = (await run('iptables', '-S', 'DOCKER-USER')).split('\n')
    expect(chain.at(-1)).toBe('-A DOCKER-USER -j RETURN')
    await docker.restart('SIGKILL')
    expect(await out.tcp('192.0.2.1', 8080)).toBe('192.0.2.2')
    await nat.ensure()
    expect(await rules()).toBe(right)
    await run('nft', 'delete', 'table', 'inet', table)
    await nat.ensure()
    expect(await rules()).toBe(right)
    await run('iptables', '-F', 'DOCKER-USER')
    await run('iptables', '-A', 'DOCKER-USER', '-j', 'RETURN')
    expect(await c1.tcp('192.0.2.2', 80)).toBe('error timeout')
    await nat.ensure()
    expect(await rules()).toBe(right)
    await using other = new NatTable({ table })
    const generation = await run('nft', '-a', 'list', 'table', 'inet', table)
    await other.apply(wanted)
    expect(await run('nft', '-a', 'list', 'table', 'inet', table)).toBe(generation)
    expect(await out.tcp('192.0.2.1', 8080)).toBe('192.0.2.2')
  })

  it("leaves Docker's own networks to Docker's rules", async () => {
    await docker.sleeper('own', '-p', '5555:80')
    await docker.cli('exec', '-d', 'own', 'httpd', '-p', '80')
    const address = await docker.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'own')
    expect(await c1.tcp(address, 80)).toBe('error timeout')
    expect(await docker.cli('exec', 'own', 'sh', '-c', 'echo "?" | nc -w 1 10.9.0.2 80 || echo closed')).toBe('closed')
    expect(await docker.cli('exec', 'own', 'sh', '-c', 'echo "?" | nc -w 1 172.17.0.1 8080')).toBe('10.9.0.1')
    await docker.cli('rm', '-f', 'own')
  })

  it('finds ports that are taken, and chooses free ones', async () => {
    const [natted] = networks(mapping(8080))
    if (!natted) throw new Error('no network')
    const other = { id: 'x'.repeat(64), ipv4: '10.9.0.9/24', ipv6: undefined }
    expect(() => { checkMappings([natted], other, [mapping(8080)]) }).toThrow('container c1 on network nat has 8080:80/tcp already')
    const server = await listening(6060, '192.0.2.1')
    const udp = createSocket('udp6').bind(6060, '::1')
    await once(udp, 'listening')
    await expect(probePort(mapping(6060))).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('6060') as string })
    await expect(probePort(mapping(6060, { hostAddress: '127.0.0.1' }))).resolves.toBeUndefined()
    await expect(probePort(mapping(6060, { protocol: 'udp' }))).rejects.toMatchObject({ code: 'conflict' })
    await expect(probePort(mapping(6060, { hostAddress: '203.0.113.1' }))).rejects.toMatchObject({ code: 'invalid' })
    expect(await choosePort([natted], mapping(0), [6060, 6062])).toBe(6061)
    expect(await choosePort([natted], mapping(0), [8080, 8081])).toBe(8081)
    await expect(choosePort([natted], mapping(0), [6060, 6060])).rejects.toMatchObject({ code: 'conflict' })
    udp.close()
    server.close()
    await docker.sleeper('taker', '-p', '5555:80')
    await expect(probePort(mapping(5555))).rejects.toMatchObject({ code: 'conflict' })
    await docker.cli('rm', '-f', 'taker')
  })

  it('warns when somebody else drops what is forwarded', async () => {
    await nat.apply([])
    expect(warnings).toEqual([])
    await docker.down()
    await run('iptables', '-D', 'FORWARD', '-j', 'DOCKER-USER')
    await run('iptables', '-F', 'DOCKER-USER')
    await run('iptables', '-X', 'DOCKER-USER')
    await nat.apply(networks())
    await nat.ensure()
    expect(warnings).toEqual([expect.stringContaining('no chain DOCKER-USER')])
    await docker.up()
    await nat.ensure()
    expect(await c1.tcp('192.0.2.2', 80)).toBe('192.0.2.1')
  })

  it('leaves nothing, and has changed no policy', async () => {
    await nat.apply(networks(mapping(8080)))
    await nat.apply([])
    expect(await rules()).toBe(baseline)
  })

  it('finds DOCKER-USER in the other iptables too, those of IPv6 and of older kernels', async () => {
    await nat.apply([])
    for (const program of ['ip6tables', 'iptables-legacy']) {
      for (const line of ['-N DOCKER-USER', '-A FORWARD -j DOCKER-USER', '-P FORWARD DROP']) await run(program, ...line.split(' '))
    }
    expect([await c1.tcp('192.0.2.2', 80), await c3.tcp('2001:db8::2', 80)]).toEqual(['error timeout', 'error timeout'])
    await nat.apply(networks(mapping(8080)))
    expect([await c1.tcp('192.0.2.2', 80), await c3.tcp('2001:db8::2', 80), await out.tcp('2001:db8::1', 8080)]).toEqual(['192.0.2.1', 'fd08::2', '2001:db8::2'])
    await nat.apply([])
    for (const program of ['ip6tables', 'iptables-legacy']) {
      expect((await run(program, '-S')).split('\n').slice(3)).toEqual(['-N DOCKER-USER', '-A FORWARD -j DOCKER-USER'])
      for (const line of ['-P FORWARD ACCEPT', '-F', '-X']) await run(program, ...line.split(' '))
    }
  })
})

async function listening(port: number, address: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('mine')).listen(port, address)
  await once(server, 'listening')
  return server
}

/** Sends an SCTP INIT by a raw socket, for a kernel without SCTP, and answers which source address and destination port arrive. */
async function sctpArrives(from: string, address: string, port: number, at: string): Promise<string> {
  const receiver = spawn('ip', ['netns', 'exec', at, '/usr/bin/python3', '-uc', `
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
s.settimeout(5)
print('ready')
data, (address, _) = s.recvfrom(2048)
print(address, struct.unpack('!H', data[22:24])[0])
`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: receiver.stdout })
  await once(lines, 'line')
  const arrived = once(lines, 'line')
  await run('ip', 'netns', 'exec', from, '/usr/bin/python3', '-c', `
import socket, struct
def crc32c(data):
  crc = 0xffffffff
  for byte in data:
    crc ^= byte
    for _ in range(8): crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
  return struct.pack('<I', crc ^ 0xffffffff)
init = struct.pack('!BBHIIHHI', 1, 0, 20, 1, 65535, 1, 1, 1)
head = struct.pack('!HHI', 5000, ${port}, 0)
packet = head + crc32c(head + bytes(4) + init) + init
socket.socket(socket.AF_INET, socket.SOCK_RAW, 132).sendto(packet, ('${address}', 0))
`)
  const [line] = (await arrived) as [string]
  return line
}
