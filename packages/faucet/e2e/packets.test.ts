import { fileURLToPath } from 'node:url'
import { EmbeddedFaucet, type FaucetControl, FaucetProcess } from '@streambed/faucet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  arpReply, arpRequest, broadcast, decode, ethernet, inWords, neighborAdvertisement, neighborSolicitation, ping, routerSolicitation, type Station,
  station, udp,
} from './packet-frames.js'
import { ForwardClock, PacketLab } from './packet-lab.js'
import { bond, on, portCount, yaml } from './packet-network.js'
import { until } from './control-switches.js'

// What `ofproto/trace` cannot show: frames that controllers send, that switches copy, count and delay, and what becomes
// of hosts as they come, move and go. The real Faucet is put to the same tests.

const program = fileURLToPath(new URL('../../../.venv/bin/faucet', import.meta.url))

const gateway = { mac: '0e:00:00:00:01:00', ipv4: '10.100.0.254', ipv6: 'fc00:0:0:100::254', linkLocal: 'fe80::1:254' } as const
const everybody = { mac: broadcast, ipv4: '10.255.255.255' } as const

type Side = 'ours' | 'real'
/** The octets that each side sent on the same occasion. */
const told: Record<Side, Map<string, string>> = { ours: new Map(), real: new Map() }

describe.each(['ours', 'real'] as const)('packets: %s', (side) => {
  let lab: PacketLab
  let faucet: FaucetControl
  const clock = new ForwardClock()
  const tell = (what: string, frame: Buffer) => void told[side].set(what, frame.toString('hex').replace(/(00)+$/, ''))
  const dps = Object.values(on).filter((bridge) => bridge !== on.partner)
  /** Time goes by for the controller and for the switch. */
  const pass = async (seconds: number) => {
    clock.forward(seconds)
    await lab.warp(seconds)
  }
  /** Hosts speak, and are known. */
  const meet = async (bridge: number, hosts: readonly (readonly [port: number, host: Station])[]) => {
    for (const [port, host] of hosts) {
      await lab.receive(bridge, port, arpRequest(host, '10.99.99.99'))
      await lab.learned(bridge, host, port)
    }
  }

  beforeAll(async () => {
    lab = await PacketLab.start(Object.keys(on).length, portCount, bond)
    if (side === 'ours') faucet = await EmbeddedFaucet.start({ config: yaml, listen: 'ptcp:0:127.0.0.1', clock })
    else faucet = await FaucetProcess.start({ config: yaml, command: [program] })
    const [at] = faucet instanceof EmbeddedFaucet ? faucet.listening : [(faucet as FaucetProcess).listening]
    const port = at && 'port' in at ? at.port : 0
    await lab.switches.connect(`tcp:127.0.0.1:${port}`, dps)
    await lab.switches.vsctl(dps.map((bridge) => `set Controller br${bridge} inactivity_probe=0`).join(' -- '))
    await faucet.ready({ timeout: 30_000 })
    // The real one does not say when a switch has all flows: they are there when there are no more.
    for (const bridge of dps) {
      let before = ''
      await lab.flows(bridge, (flows) => {
        const text = flows.join('\n')
        const isSame = flows.length > 10 && text === before
        before = text
        return isSame
      })
    }
  }, 90_000)
  afterAll(async () => {
    clock.close()
    await faucet?.close()
    await lab?.close()
  })

  describe('the gateway', () => {
    const untagged = station(1)
    const tagged = station(2, 100, 100)
    const places = [['an untagged port', 1, untagged, ''], ['a tagged port', 2, tagged, ' vlan 100']] as const

    it.each(places)('answers ARP at %s', async (place, port, host, tag) => {
      const { mark } = lab
      await lab.receive(on.router, port, arpRequest(host, gateway.ipv4))
      const answer = await lab.next(mark, on.router, port, / arp 10.100.0.254 is at/)
      expect(inWords(answer)).toBe(`${gateway.mac} > ${host.mac}${tag}: arp ${gateway.ipv4} is at ${gateway.mac}, for ${host.ipv4} at ${host.mac}`)
      tell(`ARP ${place}`, answer)
    })

    it.each(places)('answers neighbour solicitations at %s', async (place, port, host, tag) => {
      for (const vip of [gateway.ipv6, gateway.linkLocal]) {
        const { mark } = lab
        await lab.receive(on.router, port, neighborSolicitation(host, vip))
        const answer = await lab.next(mark, on.router, port, / is here/)
        expect(inWords(answer)).toBe(`${gateway.mac} > ${host.mac}${tag}: ${vip} > ${host.ipv6} hops 255 ${vip} is here, flags 111; target ${gateway.mac}`)
        tell(`ND ${place} ${vip}`, answer)
      }
    })

    it.each(places)('answers pings at %s', async (place, port, host, tag) => {
      for (const [ip, own, words] of [
        [gateway.ipv4, host.ipv4, 'ttl 255 icmp 0 are you there?'], [gateway.ipv6, host.ipv6, 'hops 64 echo reply are you there?'],
      ] as const) {
        const { mark } = lab
        await lab.receive(on.router, port, ping(host, gateway.mac, ip))
        const answer = await lab.next(mark, on.router, port, /are you there/)
        expect(inWords(answer)).toBe(`${gateway.mac} > ${host.mac}${tag}: ${ip} > ${own} ${words}`)
        tell(`ping ${place} ${ip}`, answer)
      }
    })

    it('says nothing for others', async () => {
      const { mark } = lab
      await lab.receive(on.router, 1, arpRequest(untagged, '10.100.0.7'))
      await lab.receive(on.router, 1, neighborSolicitation(untagged, 'fc00:0:0:100::7'))
      // When this is answered, those before have been dealt with.
      await lab.receive(on.router, 1, arpRequest(untagged, gateway.ipv4))
      await lab.next(mark, on.router, 1, / is at /)
      const answers = lab.since(mark).filter(({ bridge, port, frame }) => bridge === on.router && port === 1 && decode(frame).src === gateway.mac)
      expect(answers.map(({ frame }) => inWords(frame)).filter((words) => !/who has|router advertisement/.test(words))).toHaveLength(1)
    })

    it.each(places)('advertises itself to those who ask at %s', async (place, port, host, tag) => {
      const { mark } = lab
      await lab.receive(on.router, port, routerSolicitation(host, `fe80::1:${port}`))
      const isForHost = new RegExp(`> ${host.mac}.*router advertisement`)
      const advertisement = await lab.next(mark, on.router, port, isForHost)
      expect(inWords(advertisement)).toMatch(`${gateway.mac} > ${host.mac}${tag}: fe80::1:254 > fe80::1:${port} hops 255 router advertisement`)
      tell(`advertisement asked for at ${place}`, advertisement)
    })

    it('looks for hosts that packets are for, and routes to them', async () => {
      const [silent4, silent6] = [station(3, 200), station(4, 200, 200)]
      const { mark } = lab
      await lab.receive(on.router, 1, udp(untagged, { mac: gateway.mac, ipv4: silent4.ipv4 }))
      const question = await lab.next(mark, on.router, 3, /who has 10.200.0.3/)
      expect(inWords(question)).toBe(`0e:00:00:00:02:00 > ${broadcast}: arp who has ${silent4.ipv4}? tell 10.200.0.254`)
      expect(inWords(await lab.next(mark, on.router, 4, /who has 10.200.0.3/))).toContain(' vlan 200: arp')
      tell('ARP question', question)
      await lab.receive(on.router, 3, arpReply(silent4, { mac: '0e:00:00:00:02:00', ipv4: '10.200.0.254' }))
      await lab.flows(on.router, (flows) => flows.some((flow) => flow.includes(`nw_dst=${silent4.ipv4} `)))
      await lab.learned(on.router, silent4, 3)
      const across = udp(untagged, { mac: gateway.mac, ipv4: silent4.ipv4 }, 'across')
      const before = lab.mark
      await lab.receive(on.router, 1, across)
      expect(inWords(await lab.next(before, on.router, 3, /udp/))).toBe(
        `0e:00:00:00:02:00 > ${silent4.mac}: ${untagged.ipv4} > ${silent4.ipv4} ttl 63 udp across`,
      )
      await lab.receive(on.router, 1, ping(untagged, gateway.mac, silent6.ipv6))
      const other = await lab.next(before, on.router, 4, /who has fc00:0:0:200::4\?/)
      tell('ND question', other)
      await lab.receive(on.router, 4, neighborAdvertisement(silent6, { mac: '0e:00:00:00:02:00' }, 'fc00:0:0:200::254'))
      await lab.flows(on.router, (flows) => flows.some((flow) => flow.includes(`ipv6_dst=${silent6.ipv6} `)))
      await lab.learned(on.router, silent6, 4)
      await lab.receive(on.router, 1, ping(untagged, gateway.mac, silent6.ipv6))
      expect(inWords(await lab.next(before, on.router, 4, /echo request/))).toBe(
        `0e:00:00:00:02:00 > ${silent6.mac} vlan 200: fc00:0:0:100::1 > fc00:0:0:200::4 hops 63 echo request are you there?`,
      )
    })
  })

  describe('mirrors', () => {
    const [one, two] = [station(1, 30), station(2, 30)]
    const three = station(3, 30, 300)
    const words = (frame: Buffer, vid?: number) => inWords(frame).replace(/^(\S+ > [0-9a-f:]{17})(?: vlan \d+)?:/, `$1${vid === undefined ? '' : ` vlan ${vid}`}:`)

    it('copies a flood once to each', async () => {
      const frame = udp(one, everybody)
      const copies = await lab.forwarded(on.mirrors, 1, frame)
      told[side].set('flood of a mirrored port', copies.join('\n'))
      expect(copies.filter((copy) => copy.startsWith('4'))).toEqual([`4: ${words(frame)}`])
      expect(copies.filter((copy) => /^[23]/.test(copy))).toEqual([`2: ${words(frame)}`, `3: ${words(frame, 300)}`])
      const tagged = await lab.forwarded(on.mirrors, 3, udp(three, everybody))
      told[side].set('flood of a tagged mirrored port', tagged.join('\n'))
      expect(tagged.filter((copy) => /^[46]/.test(copy))).toEqual([`4: ${words(frame)}`.replaceAll('10.30.0.1', three.ipv4).replace(one.mac, three.mac), `6: ${inWords(udp(three, everybody))}`])
    })

    it('copies what hosts that are known send to one another', async () => {
      await meet(on.mirrors, [[1, one], [2, two], [3, three]])
      for (const [what, port, from, to, expected] of [
        ['from a mirrored port to a tagged one', 1, one, three, [3, 4, 5, 6]],
        ['from a tagged port to a mirrored one', 3, three, one, [1, 4, 5, 6]],
        ['to the port of the second mirror', 3, three, two, [2, 5, 6]],
      ] as const) {
        const copies = await lab.forwarded(on.mirrors, port, udp(from, to, what))
        told[side].set(what, copies.join('\n'))
        expect(copies.map((copy) => parseInt(copy, 10)), what).toEqual(expected)
      }
    })

    it('copies what goes between two mirrored ports', async () => {
      // A mirror of both is told once what came in, and once what went out.
      expect(await lab.outputs(on.mirrors, 1, udp(one, two))).toEqual([2, 4, 5, 5])
      expect(await lab.outputs(on.mirrors, 2, udp(two, one))).toEqual([1, 4, 5, 5])
    })

    it('sends nothing that comes from a mirror', async () => {
      expect(await lab.forwarded(on.mirrors, 4, udp(station(9, 30), everybody))).toEqual([])
    })
  })

  describe('hosts', () => {
    const hosts = { a: station(1, 40), b: station(2, 40), c: station(3, 40), d: station(4, 40, 400) }
    const out = (port: number, from: Station, to: Pick<Station, 'mac' | 'ipv4'>) => lab.outputs(on.switching, port, udp(from, to))

    it('are flooded to until they speak, and then no more', async () => {
      expect(await out(1, hosts.a, hosts.d)).toEqual([2, 3, 4, 5, 6])
      await lab.learned(on.switching, hosts.a, 1)
      expect(await out(4, hosts.d, hosts.a)).toEqual([1])
      await lab.learned(on.switching, hosts.d, 4)
      expect(await lab.forwarded(on.switching, 1, udp(hosts.a, hosts.d))).toEqual([expect.stringMatching(/^4: .* vlan 400: .*udp hello$/)])
      expect(await out(1, hosts.a, everybody)).toEqual([2, 3, 4, 5, 6])
    })

    it('are found where they have moved to', async () => {
      await meet(on.switching, [[2, hosts.b]])
      await lab.receive(on.switching, 3, arpRequest(hosts.a, '10.99.99.99'))
      await lab.learned(on.switching, hosts.a, 3)
      expect(await out(2, hosts.b, hosts.a)).toEqual([3])
      await meet(on.switching, [[1, hosts.a]])
      expect(await out(2, hosts.b, hosts.a)).toEqual([1])
    })

    it('work again after their port was down, and others go on', async () => {
      await meet(on.switching, [[1, hosts.a], [2, hosts.b], [3, hosts.c]])
      for (let time = 0; time < 2; time++) {
        await lab.link(on.switching, 1, false)
        await lab.flows(on.switching, (flows) => !flows.some((flow) => flow.includes(hosts.a.mac) || flow.includes('in_port=1,')))
        // The dummy sends though it is down, as no other device does.
        expect((await out(2, hosts.b, hosts.a)).filter((port) => port !== 1)).toEqual([3, 4, 5, 6])
        expect(await out(2, hosts.b, hosts.c)).toEqual([3])
        await lab.link(on.switching, 1, true)
        await lab.flows(on.switching, (flows) => flows.some((flow) => flow.includes('in_port=1,')))
        expect(await out(2, hosts.b, hosts.c)).toEqual([3])
        await meet(on.switching, [[1, hosts.a]])
        expect(await out(2, hosts.b, hosts.a)).toEqual([1])
      }
    })

    it('stay at a port where they are learned for good', async () => {
      const stays = station(5, 40)
      await meet(on.switching, [[5, stays], [2, hosts.b]])
      // The first frame from elsewhere is one too many to be known before; then there are no more.
      await lab.receive(on.switching, 3, arpRequest(stays, '10.99.99.99'))
      await lab.flows(on.switching, (flows) => flows.some((flow) => flow.includes(`in_port=3,dl_src=${stays.mac} actions=drop`)))
      expect(await out(3, stays, everybody)).toEqual([])
      expect(await out(2, hosts.b, stays)).toEqual([5])
      expect(await out(5, stays, hosts.b)).toEqual([2])
    })

    it('do not move to a port that is protected from loops', async () => {
      await meet(on.switching, [[1, hosts.a], [2, hosts.b]])
      await lab.receive(on.switching, 6, arpRequest(hosts.a, '10.99.99.99'))
      // The port learns nothing for a while.
      await lab.flows(on.switching, (flows) => flows.some((flow) => /priority=\d+,in_port=6 /.test(flow) && flow.includes('hard_timeout')))
      expect(await out(2, hosts.b, hosts.a)).toEqual([1])
      expect(await out(6, hosts.a, everybody)).toEqual([])
      const flows = await lab.switches.flows(on.switching)
      expect(flows.filter((flow) => flow.includes(`dl_dst=${hosts.a.mac}`) && flow.endsWith('output:6'))).toEqual([])
    })
  })

  describe('limits', () => {
    it('of a VLAN: those beyond are not learned, all others go on', async () => {
      const [a, b, c] = [station(1, 50), station(2, 50), station(3, 50)]
      const out = (port: number, from: Station, to: Pick<Station, 'mac' | 'ipv4'>) => lab.outputs(on.limits, port, udp(from, to))
      await meet(on.limits, [[1, a], [2, b]])
      expect(await out(3, c, a)).toEqual([1])
      await lab.flows(on.limits, (flows) => flows.some((flow) => flow.includes('hard_timeout') && /dl_vlan=500 /.test(flow)))
      expect(await out(3, c, a)).toEqual([])
      expect(await out(1, a, c)).toEqual([2, 3])
      expect(await out(1, a, b)).toEqual([2])
      expect(await out(2, b, a)).toEqual([1])
      expect((await lab.switches.flows(on.limits)).filter((flow) => flow.includes(c.mac))).toEqual([])
    })

    it('of a port: those beyond are not learned, all others go on', async () => {
      const [a, b, c, d] = [station(1, 51), station(2, 51), station(3, 51), station(4, 51)]
      const out = (port: number, from: Station, to: Pick<Station, 'mac' | 'ipv4'>) => lab.outputs(on.limits, port, udp(from, to))
      await meet(on.limits, [[4, a], [5, b]])
      expect(await out(4, c, b)).toEqual([5])
      await lab.flows(on.limits, (flows) => flows.some((flow) => flow.includes('hard_timeout') && /in_port=4 /.test(flow)))
      expect(await out(4, c, b)).toEqual([])
      expect(await out(5, b, c)).toEqual([4, 6])
      expect(await out(5, b, a)).toEqual([4])
      await meet(on.limits, [[6, d]])
      expect(await out(5, b, d)).toEqual([6])
      expect((await lab.switches.flows(on.limits)).filter((flow) => flow.includes(c.mac))).toEqual([])
    })

    if (side === 'ours') it('end when hosts are forgotten', async () => {
      const [a, c] = [station(1, 50), station(3, 50)]
      for (let i = 0; i < 20; i++) await pass(20)
      await lab.flows(on.limits, (flows) => !flows.some((flow) => flow.includes('hard_timeout')))
      await meet(on.limits, [[3, c], [1, a]])
      expect(await lab.outputs(on.limits, 1, udp(a, c))).toEqual([3])
    })

    it('of a meter', async () => {
      const [a, b, c] = [station(1, 60), station(2, 60), station(3, 60)]
      await meet(on.meters, [[1, a], [2, b], [3, c]])
      const { mark } = lab
      const [tries, began] = [40, performance.now()]
      for (let i = 0; i < tries; i++) {
        await lab.receive(on.meters, 1, udp(a, b, 'metered'))
        await lab.receive(on.meters, 3, udp(c, b, 'free'))
        await lab.receive(on.meters, 1, ethernet(a, b.mac, 0x88b5, [1]))
      }
      const seconds = (performance.now() - began) / 1000
      const count = (words: RegExp) => lab.since(mark).filter(({ bridge, port, frame }) => bridge === on.meters && port === 2 && words.test(inWords(frame))).length
      expect(count(/free/)).toBe(tries)
      expect(count(/type 88b5/)).toBe(tries)
      expect(count(/metered/)).toBeGreaterThanOrEqual(Math.min(tries, 2 * Math.floor(seconds)))
      expect(count(/metered/)).toBeGreaterThan(0)
      expect(count(/metered/)).toBeLessThan(tries)
      // What the bucket holds, and what comes into it meanwhile.
      expect(count(/metered/)).toBeLessThanOrEqual(Math.ceil(4 + 2 * (seconds + 1)))
    })
  })

  describe('a LAG with Open vSwitch as the partner', () => {
    const [near, far] = [station(1, 70), station(2, 70)]
    const flood = () => lab.outputs(on.lag, 3, udp(near, everybody))
    /** Both sides speak once a second. */
    const inTime = (isSo: () => Promise<boolean>) => until(async () => {
      if (side === 'ours') await pass(1)
      return isSo()
    }, 20_000)

    it('is closed until the partner speaks', async () => {
      expect(await flood()).toEqual([])
      expect(await lab.outputs(on.lag, 1, udp(far, everybody))).toEqual([])
      const { mark } = lab
      if (side === 'ours') await pass(1)
      // It is told to speak first (lacp_active).
      for (const port of [1, 2]) tell(`first LACPDU at port ${port}`, await lab.next(mark, on.lag, port, / type 8809$/))
    })

    it('comes up and forwards', async () => {
      for (const port of [1, 2]) lab.join([on.lag, port], [on.partner, port])
      await inTime(async () => (await flood()).length === 1)
      await inTime(async () => {
        const shown = await lab.switches.appctl('bond/show', 'bond0')
        return shown.includes('lacp_status: negotiated') && (shown.match(/^member \S+: enabled/gm) ?? []).length === 2
      })
      const { mark } = lab
      await lab.receive(on.lag, 3, udp(near, everybody, 'to the partner'))
      await lab.next(mark, on.partner, 3, /to the partner/)
      await lab.receive(on.partner, 3, udp(far, near, 'from the partner'))
      await lab.next(mark, on.lag, 3, /from the partner/)
      await lab.settle()
      const count = (bridge: number, words: RegExp) => lab.since(mark).filter((sent) => sent.bridge === bridge && sent.port === 3 && words.test(inWords(sent.frame))).length
      expect([count(on.partner, /to the partner/), count(on.lag, /from the partner/)]).toEqual([1, 1])
    })

    it('says what it is', async () => {
      const { mark } = lab
      if (side === 'ours') await pass(1)
      for (const port of [1, 2]) {
        const said = await lab.next(mark, on.lag, port, / type 8809$/)
        // What the port of the partner is to be called, Open vSwitch chooses anew each time.
        tell(`LACPDU at port ${port}`, said.subarray(0, 30))
        expect(said.subarray(14, 18).toString('hex')).toBe('01010114')
        expect(decode(said).src).toBe('0e:00:00:00:00:01')
      }
    })

    it('goes on with one link when the other is silent, and stops when both are', async () => {
      lab.cut(on.partner, 1)
      // The real one notices it some seconds later: it is to notice both at once.
      if (side === 'ours') await inTime(async () => (await flood()).join() === '2')
      lab.cut(on.partner, 2)
      await inTime(async () => (await flood()).length === 0)
      for (const port of [1, 2]) expect(await lab.outputs(on.lag, port, udp(far, everybody))).toEqual([])
      // That it takes some seconds to come up has been seen.
      if (side === 'real') return
      for (const port of [1, 2]) lab.join([on.lag, port], [on.partner, port])
      await inTime(async () => (await flood()).length === 1)
    })
  })

  describe('again and again', () => {
    /** The real one does these things each 5 and each 15 seconds: by now it has. */
    const turns = side === 'ours' ? [1, 2] : [1]
    const turn = async (seconds: number) => {
      if (side === 'real') return 0
      const { mark } = lab
      await pass(seconds)
      return mark
    }

    it('advertises the gateway at each port of its VLAN', async () => {
      for (const _ of turns) {
        const mark = await turn(2)
        for (const [port, tag] of [[1, ''], [2, ' vlan 100'], [4, ' vlan 100']] as const) {
          const advertisement = await lab.next(mark, on.router, port, / > ff02::1 .*router advertisement/)
          expect(inWords(advertisement)).toBe(
            `${gateway.mac} > 33:33:00:00:00:01${tag}: fe80::1:254 > ff02::1 hops 255 router advertisement: hop limit 64, flags 0, ` +
              `lifetime 1800; prefix fc00:0:0:100::/64 flags 11 for 86400; source ${gateway.mac}`,
          )
          tell(`advertisement at port ${port}`, advertisement)
        }
      }
      expect(lab.since(0).filter(({ bridge, port, frame }) => bridge === on.router && port === 3 && /router advert/.test(inWords(frame)))).toEqual([])
    })

    it('sends beacons that say where a cable goes', async () => {
      for (const _ of turns) {
        const mark = await turn(5)
        for (const port of [1, 2]) {
          const beacon = await lab.next(mark, on.beacons, port, / type 88cc$/)
          tell(`beacon at port ${port}`, beacon)
          expect(decode(beacon).dst).toBe('01:80:c2:00:00:0e')
          expect(decode(beacon).vid).toBe(undefined)
          const elements = elementsOf(decode(beacon).payload)
          expect(elements).toMatchObject([
            { type: 1, value: Buffer.from('040e0000000001', 'hex') },
            { type: 2, value: Buffer.concat([Buffer.from([5]), Buffer.from(String(port))]) },
            { type: 3 },
            { type: 5, value: Buffer.from('beacons') },
            ...(port === 1 ? [{ type: 4, value: Buffer.from('the first port') }, { type: 127, value: Buffer.from('0012bb0201406500', 'hex') }] : [{ type: 4 }]),
            // What Faucet adds: the dataplane, the time, the port.
            ...elements.slice(port === 1 ? 6 : 5),
          ])
        }
      }
      expect(lab.since(0).filter(({ bridge, port }) => bridge === on.beacons && port === 3)).toEqual([])
    })
  })

  // The real one's time cannot be put forward.
  if (side === 'ours') describe('time', () => {
    const hosts = { a: station(1, 90), p: station(2, 90), c: station(3, 90) }

    it('lets hosts be forgotten that are silent, but for those that are learned for good', async () => {
      await meet(on.aging, [[1, hosts.a], [2, hosts.p], [3, hosts.c]])
      const events = (faucet as EmbeddedFaucet).events()
      for (let i = 0; i < 6; i++) {
        await pass(10)
        await lab.receive(on.aging, 3, arpRequest(hosts.c, '10.99.99.99'))
      }
      for await (const event of events) {
        if (!('L2_EXPIRE' in event) || event.dp_name !== 'aging') continue
        expect(event.L2_EXPIRE).toEqual({ port_no: 1, vid: 900, eth_src: hosts.a.mac })
        break
      }
      await lab.flows(on.aging, (flows) => !flows.some((flow) => flow.includes(hosts.a.mac)))
      expect(await lab.outputs(on.aging, 3, udp(hosts.c, hosts.a))).toEqual([1, 2])
      expect(await lab.outputs(on.aging, 3, udp(hosts.c, hosts.p))).toEqual([2])
      expect(await lab.outputs(on.aging, 2, udp(hosts.p, hosts.c))).toEqual([3])
      await meet(on.aging, [[1, hosts.a]])
      expect(await lab.outputs(on.aging, 3, udp(hosts.c, hosts.a))).toEqual([1])
    })

    it('lets the switch itself say who is silent (use_idle_timeout)', async () => {
      const [a, b] = [station(1, 91), station(2, 91)]
      await meet(on.idle, [[1, a], [2, b]])
      const events = (faucet as EmbeddedFaucet).events()
      for (let i = 0; i < 12; i++) {
        await pass(5)
        expect(await lab.outputs(on.idle, 2, udp(b, everybody))).toEqual([1, 3])
      }
      for await (const event of events) {
        if (!('L2_EXPIRE' in event) || event.dp_name !== 'idle') continue
        expect(event.L2_EXPIRE).toEqual({ port_no: 1, vid: 1000, eth_src: a.mac })
        break
      }
      await lab.flows(on.idle, (flows) => !flows.some((flow) => flow.includes(`dl_src=${a.mac}`)))
      expect(await lab.outputs(on.idle, 1, udp(a, b))).toEqual([2])
      await meet(on.idle, [[1, a]])
      expect(await lab.outputs(on.idle, 2, udp(b, a))).toEqual([1])
    })
  })
})

describe('packets: both', () => {
  it('send the same octets', () => {
    expect([...told.ours.keys()].length).toBeGreaterThan(20)
    expect(Object.fromEntries(told.ours)).toEqual(Object.fromEntries(told.real))
  })
})

/** The elements of an LLDPDU. */
function elementsOf(data: Buffer): { readonly type: number; readonly value: Buffer }[] {
  const elements: { type: number; value: Buffer }[] = []
  for (let at = 0; at + 2 <= data.length; ) {
    const head = data.readUInt16BE(at)
    if (head >> 9 === 0) break
    elements.push({ type: head >> 9, value: data.subarray(at + 2, at + 2 + (head & 0x1ff)) })
    at += 2 + (head & 0x1ff)
  }
  return elements
}
