import { describe, expect, it } from 'vitest'
import { unitFile, unitName } from './systemd-unit.js'

describe('unitFile', () => {
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

describe('unitName', () => {
  it('has the name of the driver in it', () => expect(unitName('dovesnap')).toBe('streambed-docker-driver-dovesnap.service'))
})
