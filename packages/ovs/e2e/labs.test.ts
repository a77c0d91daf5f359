import { createServer, type Server } from 'node:http'
import { isIPv4 } from 'node:net'
import { arpOp, captureIn, decodeVxlan, dumpNeighbours, icmpType, listenIn, type Packet } from '@streambed/linux'
import { addBridge, addPorts, type Datapath, type FlowStats, OFPP, type PortSpec } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Box, type BoxName, Lab, macOf, underlay, type Web, webs } from './lab.js'

/** A switch that speaks OpenFlow 1.3 and, having no controller, switches by its NORMAL flow. */
const bridge = (name: string) =>
  addBridge({ name, datapath_type: 'netdev', fail_mode: 'standalone', protocols: ['OpenFlow13'] })

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const isEcho = (packet?: Packet) => packet?.icmp?.type === icmpType.echoRequest
const toNormal = [{ type: 'apply_actions', actions: [{ type: 'output', port: OFPP.NORMAL }] }]

describe('lab 11: an overlay of VXLAN', () => {
  const addresses: Record<Web, string> = {
    web1: '172.16.0.1',
    web2: '172.16.0.2',
    web3: '172.16.0.3',
    web4: '172.16.0.4',
  }
  const peerOf = { boxA: 'boxB', boxB: 'boxA' } as const
  const tunnelOptions = (box: BoxName) => ({ remote_ip: underlay[peerOf[box]], dst_port: '4789', ttl: '5' })

  let lab: Lab
  let boxA: Box
  beforeAll(async () => {
    lab = await Lab.start({
      web1: [`${addresses.web1}/12`],
      web2: [`${addresses.web2}/12`],
      web3: [`${addresses.web3}/12`],
      web4: [`${addresses.web4}/12`],
    })
    boxA = lab.box('boxA')
    await Promise.all([
      setUp(boxA, ['web1_veth1', 'web2_veth1']),
      setUp(lab.box('boxB'), ['web3_veth1', 'web4_veth1']),
    ])
  })
  afterAll(() => lab?.close())

  /**
   * The userspace datapath sends a tunnel's packets out of the bridge that has the local address, so the NIC and its
   * address go to a bridge of their own; with the kernel's datapath they would stay as they are.
   */
  async function setUp(box: Box, hosts: readonly string[]): Promise<void> {
    await box.vswitch.commit([...bridge('br-phy'), ...addPorts('br-phy', [{ name: underlay.nic }])])
    await box.removeAddress(underlay.nic, `${underlay[box.name]}/24`)
    await box.addAddress('br-phy', `${underlay[box.name]}/24`)
    const tunnel: PortSpec = { name: 'vxlan0', type: 'vxlan', options: tunnelOptions(box.name) }
    const ports = [...hosts.map((name) => ({ name })), tunnel]
    await box.vswitch.commit([...bridge('myBridge'), ...addPorts('myBridge', ports)])
  }

  it('connects the boxes', async () => {
    expect(await lab.ping('boxA', underlay.boxB)).toBe(true)
    expect(await lab.ping('boxB', underlay.boxA)).toBe(true)
  })

  it.each(webs)('connects %s with every other host', async (from) => {
    for (const to of webs.filter((web) => web !== from))
      expect(await lab.ping(from, addresses[to]), `${from} to ${to}`).toBe(true)
  })

  it('lets web1 learn the MAC address of all three', async () => {
    for (const to of ['web2', 'web3', 'web4'] as const) await lab.ping('web1', addresses[to])
    const known = (await dumpNeighbours(lab.sandbox, 'web1')).filter(({ address }) => isIPv4(address))
    expect(Object.fromEntries(known.map(({ address, mac }) => [address, mac]))).toEqual({
      [addresses.web2]: macOf('web2'),
      [addresses.web3]: macOf('web3'),
      [addresses.web4]: macOf('web4'),
    })
  })

  it('carries the frames of the hosts in VXLAN, with the time to live of the tunnel', async () => {
    await using capture = await captureIn(lab.sandbox, 'boxB', underlay.nic)
    expect(await lab.ping('web1', addresses.web3)).toBe(true)
    const outer = await capture.find((packet) => isEcho(decodeVxlan(packet)?.inner))
    expect(outer).toMatchObject({ ipv4: { src: underlay.boxA, dst: underlay.boxB, ttl: 5 }, udp: { dstPort: 4789 } })
    expect(decodeVxlan(outer)).toMatchObject({
      vni: 0,
      inner: {
        ethernet: { src: macOf('web1'), dst: macOf('web3') },
        ipv4: { src: addresses.web1, dst: addresses.web3 },
      },
    })
  })

  it.each(['boxA', 'boxB'] as const)('has the bridge and its ports in the database of %s', async (name) => {
    const box = lab.box(name)
    const [bridges, interfaces, myBridge, ports] = await box.client.transact('Open_vSwitch', [
      { op: 'select', table: 'Bridge', where: [], columns: ['name', 'protocols'] },
      { op: 'select', table: 'Interface', where: [['name', '==', 'vxlan0']], columns: ['type', 'options', 'error'] },
      { op: 'select', table: 'Bridge', where: [['name', '==', 'myBridge']], columns: ['ports'] },
      { op: 'select', table: 'Port', where: [], columns: ['_uuid', 'name'] },
    ])
    expect(bridges.rows.map((row) => row.name).sort()).toEqual(['br-phy', 'myBridge'])
    expect(interfaces.rows).toMatchObject([{ type: 'vxlan', error: undefined }])
    const own = name === 'boxA' ? ['web1_veth1', 'web2_veth1'] : ['web3_veth1', 'web4_veth1']
    const members = new Set(myBridge.rows[0]?.ports)
    const names = ports.rows.filter(({ _uuid }) => members.has(_uuid)).map((row) => row.name)
    expect(names.sort()).toEqual(['myBridge', 'vxlan0', ...own])
    expect(interfaces.rows[0]?.options).toEqual(tunnelOptions(name))

    // So does the witness.
    expect((await box.vsctl('list-br')).split('\n')).toEqual(['br-phy', 'myBridge'])
    expect((await box.vsctl('list-ports', 'myBridge')).split('\n').sort()).toEqual(['vxlan0', ...own])
    const shown = await box.vsctl('show')
    for (const port of ['myBridge', 'vxlan0', ...own]) expect(shown).toMatch(new RegExp(`Port ${port}\n`))
    expect(shown).toMatch(/Interface myBridge\n +type: internal/)
    expect(shown).toContain(`options: {dst_port="4789", remote_ip="${tunnelOptions(name).remote_ip}", ttl="5"}`)
  })

  describe('seeing OpenFlow in action', () => {
    const http = 'table=0,eth_type=0x0800,ip_proto=6,tcp_dst=80'
    let datapath: Datapath
    let server: Server
    beforeAll(async () => {
      datapath = await boxA.datapath('myBridge')
      server = createServer((_, response) => response.end('hello from web1'))
      server.listen(await listenIn(lab.sandbox, 'web1', 80))
    })
    afterAll(async () => {
      server?.close()
      await datapath?.close()
    })

    /** The flows with counters of everything that has passed by now. */
    async function flows(): Promise<FlowStats[]> {
      await boxA.settled()
      return collect(datapath.flows())
    }

    const curl = (timeout: number) =>
      lab.run('web3', 'curl', '--silent', '--max-time', String(timeout), `http://${addresses.web1}/`)

    it('is the datapath that the database names', async () => {
      const [{ rows }] = await boxA.client.transact('Open_vSwitch', [
        { op: 'select', table: 'Bridge', where: [['name', '==', 'myBridge']], columns: ['datapath_id', 'protocols'] },
      ])
      expect(rows).toMatchObject([{ datapath_id: datapath.dpid }])
      expect([...(rows[0]?.protocols ?? [])]).toEqual(['OpenFlow13'])
      expect(datapath.connection.version).toBe(4)
      expect(await boxA.ofctl('show', 'myBridge')).toContain(`dpid:${datapath.dpid}`)
      const names = [...(await datapath.ports())].map(({ name }) => name)
      expect(names.sort()).toEqual(['myBridge', 'vxlan0', 'web1_veth1', 'web2_veth1'])
    })

    it('has one flow, in table 0 and of priority 0, that switches normally', async () => {
      expect(await flows()).toMatchObject([{ tableId: 0, priority: 0, match: [], instructions: toNormal }])
      const witness = (await boxA.ofctl('dump-flows', 'myBridge')).split('\n').filter((line) => line.includes('table='))
      expect(witness).toEqual([expect.stringMatching(/table=0,.* priority=0 actions=NORMAL$/)])
    })

    it('counts ten pings from web3, with their answers', async () => {
      const [before] = await flows()
      const pinged = await lab.run('web3', 'ping', '-n', '-i0.2', '-c10', addresses.web1)
      expect(pinged.stdout).toContain('10 received')
      const [after] = await flows()
      const counted = (after?.packetCount ?? 0n) - (before?.packetCount ?? 0n)
      // 20 of ICMP, and the ARP with which hosts make sure now and then that their neighbours are still there.
      expect(counted).toBeGreaterThanOrEqual(20n)
      expect(counted).toBeLessThan(50n)
      expect((after?.byteCount ?? 0n) - (before?.byteCount ?? 0n)).toBeGreaterThanOrEqual(20n * 98n)
      const [, witness] = /n_packets=(\d+).*actions=NORMAL/.exec(await boxA.ofctl('dump-flows', 'myBridge')) ?? []
      expect(BigInt(witness ?? 0)).toBeGreaterThanOrEqual(after?.packetCount ?? 0n)
    })

    it('drops HTTP while there is a flow for it, and nothing else', async () => {
      expect(await curl(5)).toMatchObject({ code: 0, stdout: 'hello from web1' })

      await datapath.addFlow(`priority=1000,${http},action=`)
      await boxA.settled()
      // Two seconds are enough for the first SYN and its repetition, the two packets of the lab. 28: it timed out.
      expect(await curl(2)).toMatchObject({ code: 28, stdout: '' })
      const dropped = (await flows()).find(({ priority }) => priority === 1000)
      expect(dropped).toMatchObject({
        tableId: 0,
        match: [
          { field: 'eth_type', value: 0x800 },
          { field: 'ip_proto', value: 6 },
          { field: 'tcp_dst', value: 80 },
        ],
        instructions: [],
      })
      expect(dropped?.packetCount).toBeGreaterThan(0n)
      const witness = await boxA.ofctl('dump-flows', 'myBridge')
      expect(witness).toMatch(/n_packets=[1-9].* priority=1000,tcp,tp_dst=80 actions=drop/)
      expect(await lab.ping('web3', addresses.web1)).toBe(true)

      await datapath.deleteFlows(http)
      expect(await flows()).toMatchObject([{ tableId: 0, priority: 0, match: [], instructions: toNormal }])
      expect(await curl(5)).toMatchObject({ code: 0, stdout: 'hello from web1' })
      expect(await boxA.ofctl('dump-flows', 'myBridge')).not.toContain('drop')
    })
  })
})

describe('lab 12: VLANs apart', () => {
  const tags: Record<Web, number> = { web1: 100, web2: 200, web3: 100, web4: 200 }
  /** One subnet for each VLAN, as in the lab. */
  const addresses: Record<Web, string> = {
    web1: '192.168.50.1',
    web2: '192.168.60.2',
    web3: '192.168.50.3',
    web4: '192.168.60.4',
  }
  /** And one for all: there it is not the lack of a route that keeps them apart. */
  const common: Record<Web, string> = {
    web1: '192.168.70.1',
    web2: '192.168.70.2',
    web3: '192.168.70.3',
    web4: '192.168.70.4',
  }
  const both = (web: Web) => [`${addresses[web]}/24`, `${common[web]}/24`]

  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.start({ web1: both('web1'), web2: both('web2'), web3: both('web3'), web4: both('web4') })
    await Promise.all([setUp(lab.box('boxA'), ['web1', 'web2']), setUp(lab.box('boxB'), ['web3', 'web4'])])
  })
  afterAll(() => lab?.close())

  async function setUp(box: Box, hosts: readonly Web[]): Promise<void> {
    const access = hosts.map((web) => ({ name: `${web}_veth1`, tag: tags[web] }))
    await box.removeAddress(underlay.nic, `${underlay[box.name]}/24`)
    await box.vswitch.commit([...bridge('myBridge'), ...addPorts('myBridge', [{ name: underlay.nic }, ...access])])
  }

  it('has two access ports and a trunk', async () => {
    const [{ rows }] = await lab.box('boxA').client.transact('Open_vSwitch', [
      { op: 'select', table: 'Port', where: [['name', '!=', 'myBridge']], columns: ['name', 'tag', 'trunks'] },
    ])
    expect(Object.fromEntries(rows.map(({ name, tag }) => [name, tag]))).toEqual({
      [underlay.nic]: undefined,
      web1_veth1: 100,
      web2_veth1: 200,
    })
    expect(await lab.box('boxA').vsctl('show')).toMatch(/Port web1_veth1\n +tag: 100\n/)
  })

  it('connects the hosts of a VLAN', async () => {
    expect(await lab.ping('web1', addresses.web3)).toBe(true)
    expect(await lab.ping('web2', addresses.web4)).toBe(true)
    expect(await lab.ping('web4', addresses.web2)).toBe(true)
  })

  it('has no way from one VLAN to the other', async () => {
    expect(await lab.ping('web1', addresses.web4, { patience: 1 })).toBe(false)
  })

  it('keeps them apart in one subnet too: not even ARP crosses', async () => {
    await using red = await captureIn(lab.sandbox, 'web3', 'web3_veth0')
    await using blue = await captureIn(lab.sandbox, 'web4', 'web4_veth0')
    await using neighbour = await captureIn(lab.sandbox, 'web2', 'web2_veth0')
    expect(await lab.ping('web1', common.web4, { patience: 1 })).toBe(false)
    expect(await lab.ping('web1', common.web2, { patience: 1 })).toBe(false)
    expect(await lab.ping('web1', common.web3)).toBe(true)
    // What is not there before this, never came.
    expect(await lab.ping('web2', common.web4)).toBe(true)

    const question = await red.find(({ arp }) => arp?.op === arpOp.request && arp.tpa === common.web4)
    expect(question.ethernet).toMatchObject({ src: macOf('web1'), dst: 'ff:ff:ff:ff:ff:ff' })
    const strangers = new Set([macOf('web1'), macOf('web3')])
    for (const capture of [blue, neighbour]) {
      await capture.find(isEcho)
      await capture.close()
      expect(capture.take().filter(({ ethernet }) => strangers.has(ethernet.src))).toEqual([])
    }
    const known = (await dumpNeighbours(lab.sandbox, 'web1')).map(({ mac }) => mac)
    expect(known).not.toContain(macOf('web2'))
    expect(known).not.toContain(macOf('web4'))
  })

  it('tags the frames between the boxes, and none of a host', async () => {
    await using trunk = await captureIn(lab.sandbox, 'boxA', underlay.nic)
    await using access = await captureIn(lab.sandbox, 'boxA', 'web1_veth1')
    expect(await lab.ping('web1', addresses.web3)).toBe(true)
    expect(await lab.ping('web2', addresses.web4)).toBe(true)
    const from = (web: Web) => (packet: Packet) => isEcho(packet) && packet.ethernet.src === macOf(web)
    expect((await trunk.find(from('web1'))).vlans).toMatchObject([{ tpid: 0x8100, vid: 100 }])
    expect((await trunk.find(from('web2'))).vlans).toMatchObject([{ tpid: 0x8100, vid: 200 }])
    await access.close()
    const frames = access.take()
    expect(frames.filter(({ ipv4 }) => ipv4?.dst === addresses.web3)).toHaveLength(1)
    expect(frames.filter(({ ipv4 }) => ipv4?.src === addresses.web3)).toHaveLength(1)
    expect(frames.filter(({ vlans }) => vlans.length > 0)).toEqual([])
  })
})
