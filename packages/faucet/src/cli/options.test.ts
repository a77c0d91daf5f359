import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.js'

describe('parseOptions', () => {
  it('takes the options of faucet, and those of os-ken with and without ryu-', () => {
    const options = parseOptions(['-v', '--use-stderr', '--ryu-ofp-listen-host', '::1', '--ofp-tcp-listen-port=6700', '--ryu-log-dir=/tmp', '--ryu-ca-certs='])
    expect(options).toEqual({
      gauge: false, verbose: true, version: false, help: false, useStderr: true,
      openflow: { 'ofp-listen-host': '::1', 'ofp-tcp-listen-port': '6700' },
      configFile: '/etc/faucet/ryu.conf', ignored: ['log-dir'],
    })
    expect(parseOptions(['--gauge', '--ryu-config-file=/x']).configFile).toBe('/x')
    expect(parseOptions(['--gauge']).gauge).toBe(true)
  })

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--ryu-ofp-listen-host'], "'--ryu-ofp-listen-host <value>' argument missing"],
    [['--ryu-app-lists', 'my.app'], '--ryu-app-lists: '],
    [['--use-syslog'], '--use-syslog: '],
    [['start'], 'there is no command start'],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) as unknown }))
  })
})
