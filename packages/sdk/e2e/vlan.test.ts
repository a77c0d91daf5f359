import { expect, it } from 'vitest'
import { Testbed } from '@streambed/sdk'

it('keeps two VLANs with the same subnet so far apart that not even ARP crosses', async () => {
  await using testbed = await Testbed.start({
    networks: { red: { subnet: ['10.0.0.0/24', 'fd00::/64'], vlan: 100 }, blue: { subnet: ['10.0.0.0/24', 'fd00::/64'], vlan: 200 } },
    hosts: {
      r1: { networks: { red: { ip: ['10.0.0.1', 'fd00::1'] } } },
      r2: { networks: { red: { ip: ['10.0.0.2', 'fd00::2'] } } },
      b1: { networks: { blue: { ip: ['10.0.0.11', 'fd00::11'] } } },
      b2: { networks: { blue: { ip: ['10.0.0.12', 'fd00::12'] } } },
    },
  })
  const { r1, r2, b1 } = testbed.hosts
  await using onRed = await r2.capture()
  await using onBlue = await b1.capture()
  expect((await r1.ping('10.0.0.11', { timeout: 400 })).ok).toBe(false)
  expect((await r1.ping('fd00::11', { timeout: 400 })).ok).toBe(false)
  // Both captures end behind a marker of their own VLAN: what is not there by then never came.
  expect((await r1.ping('10.0.0.2')).ok).toBe(true)
  expect((await testbed.hosts.b2.ping('10.0.0.11')).ok).toBe(true)
  const asked = await onRed.find((packet) => packet.arp?.tpa === '10.0.0.11')
  expect(asked.arp?.spa).toBe('10.0.0.1')
  await onBlue.find((packet) => packet.icmp?.type === 8)
  await onBlue.close()
  const strangers = onBlue.take().filter((packet) => packet.arp?.spa === '10.0.0.1' || packet.ipv6?.src === 'fd00::1')
  expect(strangers).toEqual([])
  const matrix = await testbed.reachability({ timeout: 900 })
  matrix.assert({ r1: ['r2'], r2: ['r1'], b1: ['b2'], b2: ['b1'] })
})

it('does not take a namesake on another VLAN for the host that was meant', async () => {
  await using testbed = await Testbed.start({
    networks: { red: { subnet: '10.0.0.0/24', vlan: 100 }, blue: { subnet: '10.0.0.0/24', vlan: 200 } },
    hosts: { r1: { networks: ['red'] }, r9: { networks: { red: { ip: '10.0.0.9' } } }, b1: { networks: ['blue'] }, b9: { networks: { blue: { ip: '10.0.0.9' } } } },
  })
  const { r1, b1 } = testbed.hosts
  // Automatic addresses differ across networks that overlap; equal ones were asked for.
  expect(r1.ip()).not.toBe(b1.ip())
  ;(await testbed.reachability({ timeout: 900 })).assert({ r1: ['r9'], r9: ['r1'], b1: ['b9'], b9: ['b1'] })
  expect(await r1.ping('b9')).toMatchObject({ ok: false, reason: expect.stringContaining('same address') as string })
  expect(await r1.canConnect('b9', { tcp: 80 })).toBe(false)
  await expect(r1.connect('b9', 80)).rejects.toMatchObject({ code: 'unreachable' })
  expect((await r1.exec(['getent', 'hosts', '10.0.0.9'])).stdout).toMatch(/\sr9\n/)
  expect((await b1.exec(['getent', 'hosts', '10.0.0.9'])).stdout).toMatch(/\sb9\n/)
})

it('carries tags on a trunk port and none on an access port', async () => {
  await using testbed = await Testbed.start({
    networks: { red: { subnet: '10.1.0.0/24', vlan: 100 }, blue: { subnet: '10.2.0.0/24', vlan: 200 }, green: { subnet: '10.3.0.0/24', vlan: 300 } },
    hosts: {
      r1: { networks: ['red'] },
      r2: { networks: ['red'] },
      b1: { networks: ['blue'] },
      g1: { networks: ['green'] },
      tap: { trunks: { trunk0: { networks: ['red', 'blue'] } } },
    },
  })
  const { r1, r2, b1, g1, tap } = testbed.hosts
  await using trunk = await tap.capture({ interface: 'trunk0' })
  await using access = await r2.capture()
  const asks = { red: [r1, '10.1.0.99'], blue: [b1, '10.2.0.99'], green: [g1, '10.3.0.99'] } as const
  // An ARP request for nobody is a broadcast: it goes to every port of its VLAN.
  const pings = [asks.green, asks.red, asks.blue].map(([host, address]) => host.ping(address, { timeout: 300 }))
  const red = await trunk.find((packet) => packet.arp?.tpa === '10.1.0.99')
  expect(red.vlans.map(({ vid }) => vid)).toEqual([100])
  const blue = await trunk.find((packet) => packet.arp?.tpa === '10.2.0.99')
  expect(blue.vlans.map(({ vid }) => vid)).toEqual([200])
  const untagged = await access.find((packet) => packet.arp?.tpa === '10.1.0.99')
  expect(untagged.vlans).toEqual([])
  await Promise.all(pings)
  // Green is not on this trunk: its request went out first and has not come.
  expect(trunk.take().some((packet) => packet.arp?.tpa === '10.3.0.99')).toBe(false)
})

it('makes VLAN interfaces with addresses on a trunk, or says that the kernel cannot', async (ctx) => {
  const start = (): Promise<Testbed<'red' | 'blue', 'r1' | 'b1' | 'router'>> =>
    Testbed.start({
      networks: { red: { subnet: '10.1.0.0/24', vlan: 100 }, blue: { subnet: '10.2.0.0/24', vlan: 200 } },
      hosts: { r1: { networks: ['red'] }, b1: { networks: ['blue'] }, router: { trunks: { trunk0: { networks: ['red', 'blue'], addresses: true } } } },
    })
  let testbed: Awaited<ReturnType<typeof start>>
  try {
    testbed = await start()
  } catch (error) {
    // This kernel has no 8021q: then the refusal must say so.
    expect(error).toMatchObject({ name: 'TestbedError', code: 'failed', message: expect.stringMatching(/VLAN interface trunk0\.100 of host router.*(Unknown device type|does not have that kind)/) as string })
    return ctx.skip('kernel: 8021q is not built in, the refusal was checked instead')
  }
  await using running = testbed
  expect((await running.hosts.r1.ping('router')).ok).toBe(true)
  expect((await running.hosts.b1.ping('router')).ok).toBe(true)
})
