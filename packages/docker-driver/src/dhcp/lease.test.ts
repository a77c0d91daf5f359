import { describe, expect, it } from 'vitest'
import { parseReport, ReportReader, type DhcpReport } from './lease.js'

const bound = {
  event: 'bound', interface: 'eth1', ip: '10.0.0.5', mask: '24', router: '10.0.0.1 10.0.0.2', dns: '10.0.0.53 10.0.0.54',
  domain: 'lab.example', lease: '3600', serverid: '10.0.0.1',
}
const text = (values: Readonly<Record<string, string>>): string => ['', ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join('\0')
const lease = {
  interface: 'eth1', address: '10.0.0.5/24', router: '10.0.0.1', dns: ['10.0.0.53', '10.0.0.54'], domain: 'lab.example', server: '10.0.0.1', leaseSeconds: 3600,
}

describe('parseReport', () => {
  it('reads a lease', () => {
    expect(parseReport(text(bound))).toEqual({ type: 'bound', lease })
    expect(parseReport(text({ ...bound, event: 'renew' }))).toEqual({ type: 'renew', lease })
  })

  it('reads what is not given as not given', () => {
    const bare = { event: 'bound', interface: 'eth0', ip: '10.0.0.5', mask: '32', router: '', dns: '', domain: '', lease: '', serverid: '' }
    expect(parseReport(text(bare))).toEqual({
      type: 'bound',
      lease: { interface: 'eth0', address: '10.0.0.5/32', router: undefined, dns: [], domain: undefined, server: undefined, leaseSeconds: Infinity },
    })
  })

  it.each([['4294967295', Infinity], ['4294967294', 4294967294], ['0', 0], ['nonsense', Infinity]])('reads a lease of %s seconds', (text_, leaseSeconds) => {
    expect(parseReport(text({ ...bound, lease: text_ }))).toMatchObject({ lease: { leaseSeconds } })
  })

  it('keeps what a server can write apart', () => {
    expect(parseReport(text({ ...bound, domain: 'a=b c\nevent=deconfig' }))).toEqual({ type: 'bound', lease: { ...lease, domain: 'a=b c\nevent=deconfig' } })
    expect(parseReport(text({ ...bound, router: 'nowhere 10.0.0.2', dns: 'x 10.0.0.54 300.1.1.1' }))).toMatchObject({ lease: { router: '10.0.0.2', dns: ['10.0.0.54'] } })
  })

  it.each([[{ ip: '' }], [{ ip: '10.0.0.300' }], [{ ip: 'fe80::1' }], [{ mask: '0' }], [{ mask: '33' }], [{ mask: '' }], [{ mask: 'x' }]])('refuses the address of %j', (wrong) => {
    expect(parseReport(text({ ...bound, ...wrong }))).toMatchObject({ type: 'failed', message: expect.stringContaining('the server gave') as string })
  })

  it('reads the other events, and passes over unknown ones', () => {
    expect(['deconfig', 'nak', 'leasefail'].map((event) => parseReport(text({ event, interface: 'eth0' })))).toEqual([{ type: 'deconfig' }, { type: 'nak' }, { type: 'leasefail' }])
    expect(parseReport(text({ event: 'failed', message: 'ip route: no=thing\n' }))).toEqual({ type: 'failed', message: 'ip route: no=thing\n' })
    expect(parseReport(text({ event: 'vendor' }))).toBeUndefined()
    expect(parseReport('')).toBeUndefined()
  })
})

describe('ReportReader', () => {
  const stream = `udhcpc: started\n${text({ event: 'deconfig', interface: 'eth0' })}\0\0${text({ ...bound, serverid: '' })}\0\0${text({ event: 'nak' })}\0\0`
  const wanted = [{ type: 'deconfig' }, { type: 'bound', lease: { ...lease, server: undefined } }, { type: 'nak' }]

  it('finds the reports in one piece, with what others print between', () => {
    expect(new ReportReader().push(stream)).toEqual(wanted)
  })

  it('finds them in pieces of every size', () => {
    for (let size = 1; size < 40; size++) {
      const reader = new ReportReader()
      const found: DhcpReport[] = []
      for (let start = 0; start < stream.length; start += size) found.push(...reader.push(stream.slice(start, start + size)))
      expect(found).toEqual(wanted)
    }
  })
})
