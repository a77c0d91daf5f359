import { describe, expect, it } from 'vitest'
import { unitFiles, unitName, type UnitOptions } from './systemd-unit.js'

const unitFile = (options: UnitOptions, type: 'service' | 'socket' = 'service'): string => unitFiles(options).get(unitName(options.name, type)) ?? ''

describe('unitFiles', () => {
  it('starts before Docker, and does not need it', () => {
    const text = unitFile({ name: 'dovesnap', command: ['/usr/bin/node', '/opt/driver.js', '--name', 'dovesnap'] })
    expect(text).toContain('Before=docker.service\n')
    expect(text).not.toMatch(/^Requires?=/m)
    expect(text).toContain('ExecStart=/usr/bin/node /opt/driver.js --name dovesnap\n')
  })

  it('quotes what systemd would take for something else', () => {
    const text = unitFile({ name: 'x', command: ['/usr/bin/node', '/a b/c.js', '--config=/x%y', '$HOME', 'say "hi" \\ bye', ''] })
    expect(text).toContain(String.raw`ExecStart=/usr/bin/node "/a b/c.js" --config=/x%%y "$$HOME" "say \"hi\" \\ bye" ""` + '\n')
  })
})

describe('the socket', () => {
  const socket = unitFile({ name: 'dovesnap', command: ['/usr/bin/node'] }, 'socket')

  it('is where Docker looks, and nobody else\'s', () => {
    expect(socket).toContain('ListenStream=/run/docker/plugins/dovesnap.sock\n')
    expect(socket).toContain('SocketMode=0600\n')
  })

  it('is there before Docker, and whenever the service runs', () => {
    expect(socket).toContain('Before=docker.service\n')
    expect(socket).toContain('WantedBy=sockets.target\n')
    expect(unitFile({ name: 'dovesnap', command: ['/usr/bin/node'] })).toMatch(/^Wants=.* streambed-docker-driver-dovesnap\.socket$/m)
  })
})

describe('unitName', () => {
  it('has the name of the driver in it', () => expect(unitName('dovesnap', 'service')).toBe('streambed-docker-driver-dovesnap.service'))
})
