import { describe, expect, it } from 'vitest'
import { databasePath, runDirectory, socketPaths, spelledRunDirectory, type RunDirectoryClues } from './run-directory.js'

const spelled = (clues: Partial<RunDirectoryClues>): string =>
  spelledRunDirectory({
    databaseFolder: '/run/openvswitch', bridges: [], externalIds: {}, sockets: [], ...clues,
    same: (one, other) => one.replace(/^\/var\/run\//, '/run/') === other.replace(/^\/var\/run\//, '/run/'),
  })

describe('the run directory of Open vSwitch', () => {
  it('is spelled as distributions spell it, where nothing else tells', () => {
    expect(spelled({})).toBe('/var/run/openvswitch')
  })

  it('is spelled as in the sockets that ovs-vswitchd listens on', () => {
    expect(spelled({ sockets: ['/run/openvswitch/db.sock', '/run/openvswitch/ovs-vswitchd.712.ctl'] })).toBe('/run/openvswitch')
    expect(spelled({ bridges: ['br0'], sockets: ['/run/openvswitch/ovs-vswitchd.ctl', '/var/run/openvswitch/br0.mgmt'] })).toBe('/var/run/openvswitch')
  })

  it('is not that of another Open vSwitch', () => {
    expect(spelled({ bridges: ['br0'], sockets: ['/tmp/other/br0.mgmt', '/tmp/other/ovs-vswitchd.ctl'] })).toBe('/var/run/openvswitch')
  })

  it('is what ovs-ctl wrote, when the database is somewhere else', () => {
    expect(spelled({ databaseFolder: '/srv', externalIds: { rundir: '/usr/local/var/run/openvswitch' } })).toBe('/usr/local/var/run/openvswitch')
    expect(spelled({ databaseFolder: '/srv/ovs' })).toBe('/srv/ovs')
  })

  it('is looked for on this machine', async () => {
    expect(await runDirectory('unix:/nowhere/at/all/db.sock', { bridges: [], externalIds: {} })).toBe('/nowhere/at/all')
    await expect(runDirectory('tcp:127.0.0.1:6640', { bridges: [], externalIds: {} })).rejects.toThrow('ovs must be "unix:"')
    expect(databasePath('unix:/run/x.sock')).toBe('/run/x.sock')
  })

  it('reads the kernel\'s table', () => {
    const table = 'Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 20453 /var/run/openvswitch/br0.mgmt\n0: 2 0 0 2 01 1\n0: 2 0 0 2 01 1 @abstract\n'
    expect(socketPaths(table)).toEqual(['/var/run/openvswitch/br0.mgmt'])
  })
})
