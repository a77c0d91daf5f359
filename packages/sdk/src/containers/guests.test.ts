import { describe, expect, it } from 'vitest'
import { buildModel } from '../topology/build.js'
import type { HostModel } from '../topology/model.js'
import { Guests, hostNameFor, hostSpecOf, interfaceFor, type Arrival } from './guests.js'

const guest = (container: string, network = 'lan') => ({ container, network, addresses: ['10.0.0.9'], mac: '02:73:64:00:00:01' })

describe('a container that somebody puts on a network', () => {
  it('becomes a host with what Docker shows, beside what it has', () => {
    expect(hostSpecOf('box', [guest('box'), { ...guest('box', 'wire'), addresses: [] }], new Set(['lo', 'eth0', 'eth2']))).toEqual({
      container: 'box',
      networks: { lan: { ip: ['10.0.0.9'], mac: '02:73:64:00:00:01', interface: 'eth1' }, wire: { ip: [], mac: '02:73:64:00:00:01', interface: 'eth3' } },
    })
  })

  it.each([
    ['web', 'web'], ['my_box.1', 'my-box-1'], ['__', 'guest'], ['12', 'c-12'], ['0xff', 'c-0xff'], ['localhost', 'localhost-2'], ['x'.repeat(100), 'x'.repeat(58)], ['Taken', 'Taken-2'], ['a-', 'a'],
  ])('has a name that a host can have: %s', (container, name) => {
    expect(hostNameFor(container, ['taken'])).toBe(name)
    expect(() => buildModel({ networks: {}, hosts: { [name]: {} } })).not.toThrow()
  })

  it('is the host that it was, on its own networks and with its own addresses only', () => {
    const web = buildModel({ networks: { lan: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, back: {} }, hosts: { web: { networks: { lan: { ip: '10.0.0.9' } }, image: 'x' } } }).hosts.get('web') as HostModel
    expect(interfaceFor(web, guest('shop-web'))).toEqual({ host: 'web', interface: 'eth0' })
    expect(() => interfaceFor(web, { ...guest('shop-web'), addresses: ['10.0.0.3'] })).toThrow('container "shop-web" is host "web" of the testbed, and keeps its addresses: connect it with --ip 10.0.0.9 --ip6 fd00::2')
    expect(() => interfaceFor(web, guest('shop-web', 'back'))).toThrow('which is not on network "back"')
  })

  it('is a host when it runs, with all networks of until then', async () => {
    const arrived: Arrival[] = []
    const pids: (number | undefined)[] = [undefined, process.pid]
    const guests = new Guests(() => Promise.resolve({ pid: pids.shift() } as never), (arrival) => Promise.resolve(void arrived.push(arrival)), () => Promise.reject(new Error('must not go')))
    guests.come(guest('box'))
    guests.come(guest('box', 'back'))
    await expect.poll(() => arrived.length).toBe(1)
    expect(Object.keys(arrived[0]?.spec.networks ?? {})).toEqual(['lan', 'back'])
    expect(guests.go(guest('box'))).toBe(false)
  })

  it('is a host no more when it has left while it was made one', async () => {
    const gone: string[] = []
    const guests = new Guests(() => Promise.resolve({ pid: process.pid } as never), () => Promise.resolve(void guests.go(guest('box'))), (container) => Promise.resolve(void gone.push(container)))
    guests.come(guest('box'))
    await expect.poll(() => gone).toEqual(['box'])
  })

  it('is none when it leaves before, or is gone', async () => {
    let asked = 0
    const guests = new Guests(() => {
      asked++
      return asked < 3 ? Promise.resolve({ pid: undefined } as never) : Promise.reject(new Error('gone'))
    }, () => Promise.reject(new Error('must not come')), () => Promise.resolve())
    guests.come(guest('one'))
    expect(guests.go(guest('one'))).toBe(true)
    guests.come(guest('two'))
    await expect.poll(() => asked).toBe(3)
    expect(guests.go(guest('two'))).toBe(false)
  })
})
