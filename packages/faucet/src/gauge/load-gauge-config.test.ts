import { describe, expect, it } from 'vitest'
import { formatConfigIssue } from '../config/issue.js'
import { loadGaugeConfig } from './load-gauge-config.js'

const faucet = 'dps:\n  sw1: {dp_id: 1, interfaces: {1: {native_vlan: 100}}}\n  sw2: {dp_id: 2, interfaces: {1: {native_vlan: 100}}}\n'

function load(gauge: string, files: Readonly<Record<string, string>> = { 'faucet.yaml': faucet }) {
  const all: Readonly<Record<string, string>> = { 'gauge.yaml': gauge, ...files }
  return loadGaugeConfig('gauge.yaml', { readFile: (name) => all[name], isWritable: (directory) => directory === '/var/log' })
}

const good = `
faucet_configs: [faucet.yaml]
watchers:
  ports: {type: port_stats, all_dps: true, interval: 5, dbs: [prom, log]}
  state: {type: port_state, dps: [sw2], db: log}
  flows: {type: flow_table, dps: [sw1, elsewhere], db: dumps}
dbs:
  prom: {type: prometheus, prometheus_addr: 127.0.0.1}
  log: {type: text, file: /var/log/ports.log}
  dumps: {type: text, path: /var/log, compress: true}
`

describe('loadGaugeConfig', () => {
  it('reads watchers with their dataplanes and databases', () => {
    const { config, issues, notes, files } = load(good)
    expect(issues).toEqual([])
    const prom = { type: 'prometheus', name: 'prom', addr: '127.0.0.1', port: 9303 }
    const log = { type: 'text', name: 'log', file: '/var/log/ports.log', path: undefined, compress: false }
    const dumps = { type: 'text', name: 'dumps', file: undefined, path: '/var/log', compress: true }
    expect(config?.watchers).toEqual([
      { name: 'ports', type: 'port_stats', dps: ['sw1', 'sw2'], interval: 5, dbs: [prom, log] },
      { name: 'state', type: 'port_state', dps: ['sw2'], interval: 30, dbs: [log] },
      { name: 'flows', type: 'flow_table', dps: ['sw1'], interval: 30, dbs: [dumps] },
    ])
    expect(config?.dps.map(({ name }) => name)).toEqual(['sw1', 'sw2'])
    expect(notes).toEqual(['DP elsewhere in Gauge but not configured in FAUCET'])
    expect(files.map(({ name }) => name)).toEqual(['gauge.yaml', 'faucet.yaml'])
  })

  it("takes Faucet's configuration from the same file", () => {
    const inline = good.replace('faucet_configs: [faucet.yaml]', `faucet:\n  ${faucet.replaceAll('\n', '\n  ')}`)
    expect(load(inline, {}).config?.dps.map(({ name }) => name)).toEqual(['sw1', 'sw2'])
    const bad = load(inline.replace('native_vlan: 100', 'native_vlan: 5000'), {})
    expect(bad.issues.map(formatConfigIssue)).toEqual([
      'gauge.yaml:4:51: faucet.dps.sw1.interfaces.1.native_vlan.vid: the VID of this VLAN is 5000 (expected vid: 1 to 4095)',
    ])
  })

  it('says everything that is wrong, with places', () => {
    const { config, issues } = load(`
watchers:
  a: {type: ports, dps: [sw1], all_dps: true, db: prom, interval: 0}
  b: {type: flow_table, db: log}
  c: {type: port_stats, dps: [sw1], dbs: [none], colour: red}
  d: {type: port_stats, dps: []}
dbs:
  prom: {type: influx}
  log: {type: text, file: gauge.log, path: /root, compress: maybe}
  port: {type: prometheus, prometheus_port: 70000}
`)
    expect(config).toBeUndefined()
    expect(issues.map(formatConfigIssue)).toEqual([
      'gauge.yaml:2:1: there is no configuration of Faucet (expected faucet_configs, a list of files)',
      'gauge.yaml:8:16: dbs.prom.type: type is influx (expected text or prometheus)',
      'gauge.yaml:9:61: dbs.log.compress: compress is "maybe" (expected true or false)',
      'gauge.yaml:9:27: dbs.log.file: file is gauge.log, which is not writable (expected the path of a file in a directory that can be written to)',
      'gauge.yaml:9:44: dbs.log.path: path is /root, which is not writable (expected a directory that can be written to)',
      'gauge.yaml:10:45: dbs.port.prometheus_port: prometheus_port is 70000: too large (expected 0 to 65535)',
      'gauge.yaml:3:67: watchers.a.interval: interval is 0: too small (expected 1 or more)',
      'gauge.yaml:3:13: watchers.a.type: type is ports (expected port_state, port_stats, flow_table, meter_stats)',
      'gauge.yaml:3:25: watchers.a.dps: dps and all_dps are both there (expected one of them)',
      'gauge.yaml:4:6: watchers.b.dps: dps is missing (expected a list of dataplanes, or all_dps: true)',
      'gauge.yaml:5:50: watchers.c.colour: unknown option colour (expected one of name, type, dps, all_dps, interval, db, dbs, ' +
        'db_type, file, path, compress, prometheus_port, prometheus_addr, prometheus_test_thread)',
      'gauge.yaml:5:43: watchers.c.dbs.0: there is no database none (expected one of prom, log, port)',
      'gauge.yaml:6:6: watchers.d.db: db is missing (expected the name of a database, or dbs, a list)',
    ])
  })

  it.each([
    ['', 'the configuration is no mapping'],
    ['faucet_configs: [', 'gauge.yaml:1:'],
    ['faucet_configs: [nowhere.yaml]\nwatchers: {}\ndbs: {}', 'the file nowhere.yaml does not exist'],
    ['faucet_configs: [faucet.yaml]\nwatchers: [a]\ndbs: {}', 'watchers is a list'],
    ['faucet_configs: [faucet.yaml]\nwatchers: {}', 'dbs is missing'],
    ['faucet_configs: [faucet.yaml]\nwatchers: {f: {type: flow_table, all_dps: true, db: t}}\ndbs: {t: {type: text}}', 'has no path'],
  ])('refuses %j', (text, message) => {
    expect(load(text).issues.map(formatConfigIssue).join('\n')).toContain(message)
  })

  it('says that there is no file', () => {
    const { issues } = loadGaugeConfig('none.yaml', { readFile: () => undefined })
    expect(issues.map(formatConfigIssue)).toEqual(['none.yaml:1:1: the file none.yaml does not exist (expected a readable file)'])
  })
})
