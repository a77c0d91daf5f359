import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DummyOvs } from '../../ovs/e2e/dummy-ovs.js'
import { CommandProcess, freePort, type CommandSetup, type EventLine } from './command-process.js'
import { Prometheus } from './prometheus.js'

const yaml = `
vlans:
  office: {vid: 100, faucet_vips: ["10.0.0.254/24", "fc00::1:254/112"]}
  guest: {vid: 200}
acls:
  a:
    - rule: {dl_type: 0x800, actions: {allow: 1, meter: m}}
    - rule: {actions: {allow: 1}}
meters:
  m: {meter_id: 1, entry: {flags: [KBPS], bands: [{type: DROP, rate: 100000}]}}
dps:
  sw1:
    dp_id: 0xab
    hardware: "Open vSwitch"
    interfaces:
      1: {native_vlan: office, acls_in: [a], description: 'the "first" port'}
      2: {native_vlan: office, name: two}
      3: {tagged_vlans: [office, guest]}
`
const gaugeYaml = (port: number) => `
faucet_configs: ["@/faucet.yaml"]
watchers:
  state: {type: port_state, all_dps: true, dbs: [prom, state]}
  ports: {type: port_stats, all_dps: true, interval: 1, dbs: [prom, ports]}
  flows: {type: flow_table, dps: [sw1], interval: 1, dbs: [prom, flows]}
  meters: {type: meter_stats, dps: [sw1], interval: 1, dbs: [prom]}
dbs:
  prom: {type: prometheus, prometheus_addr: 127.0.0.1, prometheus_port: ${port}}
  state: {type: text, file: "@/state.log"}
  ports: {type: text, file: "@/ports.log"}
  flows: {type: text, path: "@", compress: true}
`

const ipv4 = 'eth_type(0x0800),ipv4(src=10.0.0.2,dst=10.0.0.1,proto=17,tos=0,ttl=64,frag=no),udp(src=1,dst=2)'
/** A packet of a host behind each port, the last in a VLAN with a tag. */
const packets = [
  ['p1', 'in_port(1),eth(src=00:00:00:00:00:01,dst=ff:ff:ff:ff:ff:ff),eth_type(0x0806),arp(sip=10.0.0.1,tip=10.0.0.254,op=1,sha=00:00:00:00:00:01,tha=00:00:00:00:00:00)'],
  ['p2', `in_port(2),eth(src=00:00:00:00:00:02,dst=00:00:00:00:00:01),${ipv4}`],
  ['p3', `in_port(3),eth(src=00:00:00:00:00:03,dst=00:00:00:00:00:01),eth_type(0x8100),vlan(vid=200,pcp=0),encap(${ipv4})`],
] as const

const running: CommandProcess[] = []
async function start(which: Parameters<typeof CommandProcess.start>[0], setup: CommandSetup): Promise<CommandProcess> {
  const command = await CommandProcess.start(which, setup)
  running.push(command)
  return command
}
async function discardAll(): Promise<void> {
  for (const command of running.splice(0)) await command.discard()
}

const send = (ovs: DummyOvs, [port, packet]: readonly [string, string]) => ovs.appctl('netdev-dummy/receive', port, packet)
const keyOf = (event: EventLine) => Object.keys(event).find((key) => /^[A-Z]/.test(key)) ?? ''
/** What an event says, but for its time and its number, and the hash of files that are the same. */
const said = ({ time: _time, event_id: _id, ...rest }: EventLine, folder: string) => {
  return JSON.parse(JSON.stringify(rest).replaceAll(folder, '@')) as Record<string, unknown>
}

/** The same things happen to both: a switch comes, hosts speak, a port goes and comes, files change. */
async function story(command: CommandProcess, ovs: DummyOvs): Promise<{ readonly events: readonly EventLine[]; readonly learned: ReadonlyMap<string, number> }> {
  await command.listen()
  await command.event('of the first configuration', (event) => 'success' in ((event.CONFIG_CHANGE ?? {}) as object))
  await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${command.port}`)
  await command.metric('dp_status{dp_id="0xab",dp_name="sw1"}', 1)
  // Both send the last flows behind a barrier, but tell that the switch is there before.
  await command.until('the last table', async () => (await ovs.dumpFlows('table=7')).length > 4 || undefined)
  for (const packet of packets) {
    const from = command.events.length
    await send(ovs, packet)
    await command.event(`L2_LEARN on ${packet[0]}`, (event) => 'L2_LEARN' in event, from)
  }
  const learned = await command.metric('vlan_hosts_learned{dp_id="0xab",dp_name="sw1",vlan="200"}', 1)
  for (const to of ['down', 'up']) {
    const from = command.events.length
    await ovs.ofctl('mod-port', 'p2', to)
    const isStatus = (event: EventLine) => (event.PORT_CHANGE as { status?: boolean } | undefined)?.status === (to === 'up')
    await command.event(`PORT_CHANGE ${to}`, isStatus, from)
  }
  for (const text of [`${yaml}# a comment\n`, `${yaml}dps: [\n`, yaml]) {
    const from = command.events.length
    await command.write('faucet.yaml', text)
    command.reload()
    await command.event('CONFIG_CHANGE', (event) => 'success' in ((event.CONFIG_CHANGE ?? {}) as object), from)
  }
  return { events: command.events, learned }
}

describe('streambed-faucet beside the real Faucet', () => {
  const sides = {} as Record<'ours' | 'real', { ovs: DummyOvs; command: CommandProcess; events: readonly EventLine[]; learned: ReadonlyMap<string, number>; metrics: ReadonlyMap<string, number> }>
  beforeAll(async () => {
    for (const which of ['ours', 'real'] as const) {
      const ovs = await DummyOvs.start()
      const command = await start(which, { files: { 'faucet.yaml': yaml } })
      const told = await story(command, ovs)
      const metrics = await command.until('periodic work', async () => {
        const all = await command.metrics()
        return [...all.keys()].some((series) => series.startsWith('faucet_valve_service_secs')) ? all : undefined
      })
      sides[which] = { ovs, command, ...told, metrics }
    }
  }, 120_000)
  afterAll(async () => {
    await discardAll()
    for (const side of Object.values(sides)) await side.ovs.stop()
  })

  it('tells Prometheus the same series', () => {
    const names = (metrics: ReadonlyMap<string, number>) => {
      const all = [...metrics.keys()].filter((series) => !series.startsWith('faucet_pbr_version') && !series.startsWith('ryu_config'))
      // Ours works everything off at one time. The files are in another folder.
      const folded = all.map((series) => series.replace(/valve_service="\w+"/, 'valve_service="…"').replace(/(config_files|hashes|error)="[^"]*"/g, '$1'))
      return [...new Set(folded)].sort()
    }
    expect(names(sides.ours.metrics)).toEqual(names(sides.real.metrics))
  })

  it('with the same values, where time and the number of messages are not counted', () => {
    const isOther = /^(faucet_(pbr_version|packet_in_secs|valve_service_secs|event_id|config_hash_info)|ryu_config|of_flowmsgs_sent)/
    const values = (metrics: ReadonlyMap<string, number>) => Object.fromEntries([...metrics].filter(([series]) => !isOther.test(series)).sort())
    expect(values(sides.ours.learned)).toEqual(values(sides.real.learned))
  })

  it('tells the same events', () => {
    const told = ({ events, command }: { events: readonly EventLine[]; command: CommandProcess }) => {
      const kinds = ['DP_CHANGE', 'PORTS_STATUS', 'PORT_CHANGE', 'L2_LEARN', 'L3_LEARN', 'L2_EXPIRE', 'CONFIG_CHANGE']
      return kinds.flatMap((kind) => events.filter((event) => keyOf(event) === kind).map((event) => {
        const text = said(event, command.folder)
        // The words for what is wrong with a configuration are not the same.
        return JSON.parse(JSON.stringify(text).replace(/"error":"[^"].*?"(?=[,}])/, '"error":"…"')) as unknown
      }))
    }
    expect(told(sides.ours)).toEqual(told(sides.real))
  })

  it('numbers events from 1', () => {
    expect(sides.ours.events.map(({ event_id }) => event_id)).toEqual(sides.ours.events.map((_, index) => index + 1))
  })

  it('ends in order when it is told to', async () => {
    const { command } = sides.ours
    expect(await command.stop()).toBe(0)
    expect(command.output).toBe('')
    await expect(stat(join(command.folder, 'faucet.sock'))).rejects.toThrow('ENOENT')
    const log = await command.read('faucet.log')
    expect(log).toMatch(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d faucet INFO {5}version \d/)
    expect(log).toContain('faucet ERROR    New config bad (')
    expect(await command.read('faucet_exception.log')).toBe('')
  })
})

describe('streambed-faucet --gauge beside the real Gauge', () => {
  let ovs: DummyOvs
  let faucet: CommandProcess
  beforeAll(async () => {
    ovs = await DummyOvs.start()
    faucet = await start('ours', { files: { 'faucet.yaml': yaml } })
  })
  afterAll(async () => {
    await discardAll()
    await ovs.stop()
  })

  it('tells Prometheus the same series and values', async () => {
    const gauges = []
    for (const which of ['our gauge', 'real gauge'] as const) {
      const port = await freePort()
      gauges.push({ port, command: await start(which, { files: { 'faucet.yaml': yaml, 'gauge.yaml': gaugeYaml(port) } }) })
    }
    const targets = [faucet, ...gauges.map(({ command }) => command)].map(({ port }) => `tcp:127.0.0.1:${port}`)
    await ovs.vsctl(`set-controller br0 ${targets.join(' ')}`)
    const learned = 'vlan_hosts_learned{dp_id="0xab",dp_name="sw1",vlan="200"}'
    await faucet.metric('dp_status{dp_id="0xab",dp_name="sw1"}', 1)
    await faucet.until('the last table', async () => (await ovs.dumpFlows('table=7')).length > 4 || undefined)
    for (const packet of packets) await send(ovs, packet)
    await faucet.metric(learned, 1)
    const rows: ReadonlyMap<string, number>[] = []
    for (const { port, command } of gauges) {
      // The original forgets the flows of a table whenever it meets another match field there, until the next reading.
      rows.push(await command.until('all flows and ports', async () => {
        const metrics = await command.metrics(port)
        const counted = [...metrics.keys()].filter((series) => series.startsWith('flow_packet_count_')).length
        const received = metrics.get('of_port_rx_packets{dp_id="0xab",dp_name="sw1",port="3",port_description="3"}')
        return counted === (await ovs.dumpFlows()).length && received === 1 ? metrics : undefined
      }))
    }
    const [ours, real] = rows.map((metrics) => {
      // Routing goes on asking for hosts that do not answer; the original never asks for meters.
      const isSteady = (series: string) => !/^(faucet_pbr_version|of_meter_|of_port_tx_)/.test(series)
      return Object.fromEntries([...metrics].filter(([series]) => isSteady(series)).sort())
    })
    expect(Object.keys(ours ?? {})).toEqual(Object.keys(real ?? {}))
    expect(ours).toEqual(real)
    expect(rows[0]?.get('of_meter_flow_count{dp_id="0xab",dp_name="sw1",meter_id="1"}')).toBe(1)
  })

  it('writes files as the real one does', async () => {
    const [ours, real] = running.slice(-2)
    if (!ours || !real) throw new Error('no gauges')
    const lines = async (command: CommandProcess, file: string) => {
      const text = await command.until(file, () => command.read(file))
      return [...new Set(text.trim().split('\n').map((line) => line.replace(/^\w{3} \d\d [\d:]{8}\t/, '')))].sort()
    }
    expect(await lines(ours, 'state.log')).toEqual(await lines(real, 'state.log'))
    const names = (all: readonly string[]) => [...new Set(all.map((line) => line.split('\t')[0]))]
    expect(names(await lines(ours, 'ports.log'))).toEqual(names(await lines(real, 'ports.log')))
    expect(await lines(ours, 'ports.log')).toContain('sw1-two-packets-in\t1')
  })
})

describe('streambed-faucet and Prometheus', () => {
  let ovs: DummyOvs
  let prometheus: Prometheus | undefined
  afterEach(async () => {
    await prometheus?.stop()
    await discardAll()
    await ovs.stop()
  })

  it('answers what the hosts have sent', async () => {
    ovs = await DummyOvs.start()
    const port = await freePort()
    const faucet = await start('ours', { files: { 'faucet.yaml': yaml } })
    const gauge = await start('our gauge', { files: { 'faucet.yaml': yaml, 'gauge.yaml': gaugeYaml(port) } })
    await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${faucet.port} tcp:127.0.0.1:${gauge.port}`)
    await faucet.metric('dp_status{dp_id="0xab",dp_name="sw1"}', 1)
    prometheus = await Prometheus.start([faucet.metricsPort, port])
    for (let count = 0; count < 7; count++) await send(ovs, packets[1])
    for (let count = 0; count < 3; count++) await send(ovs, packets[2])
    const received = await prometheus.until('sum by (port) (of_port_rx_packets{dp_name="sw1",port!="LOCAL"}) > 0', (values) => {
      return values.get('{port="two"}') === 7 && values.get('{port="3"}') === 3
    })
    expect(received).toEqual(new Map([['{port="3"}', 3], ['{port="two"}', 7]]))
    const hosts = await prometheus.until('sum by (dp_name) (vlan_hosts_learned)', (values) => values.get('{dp_name="sw1"}') === 2)
    expect(hosts).toEqual(new Map([['{dp_name="sw1"}', 2]]))
    expect(await prometheus.query('up')).toEqual(new Map([
      [`{__name__="up",instance="127.0.0.1:${faucet.metricsPort}",job="faucet"}`, 1],
      [`{__name__="up",instance="127.0.0.1:${port}",job="faucet"}`, 1],
    ]))
  })
})

describe('streambed-faucet', () => {
  afterEach(discardAll)
  const files = { 'faucet.yaml': yaml }

  it('waits for a good configuration when the first is bad', async () => {
    const command = await start('ours', { files: { 'faucet.yaml': 'dps: {}\n' } })
    await command.listen()
    await command.event('a refusal', (event) => (event.CONFIG_CHANGE as { success?: boolean } | undefined)?.success === false)
    expect((await command.metrics()).get('faucet_config_load_error')).toBe(1)
    await command.write('faucet.yaml', yaml)
    command.reload()
    await command.event('success', (event) => (event.CONFIG_CHANGE as { success?: boolean } | undefined)?.success === true)
    expect((await command.metrics()).get('faucet_config_load_error')).toBe(0)
    expect(await command.stop('SIGINT')).toBe(0)
  })

  it('reads files that have changed by itself, and writes a bad one over, when it is told to', async () => {
    const env = { FAUCET_CONFIG_STAT_RELOAD: '1', FAUCET_CONFIG_AUTO_REVERT: '1', FAUCET_EVENT_SOCK_HEARTBEAT: '1', FAUCET_LOG: 'STDOUT' }
    const command = await start('ours', { files, env, args: ['--ryu-pid-file=@pid'] })
    await command.listen()
    await command.event('a configuration', (event) => 'CONFIG_CHANGE' in event)
    await command.write('faucet.yaml', 'nonsense\n')
    await command.event('a refusal', (event) => (event.CONFIG_CHANGE as { success?: boolean } | undefined)?.success === false)
    await command.until('the file to be as it was', async () => (await command.read('faucet.yaml')) === yaml || undefined)
    await command.event('a heartbeat', (event) => 'EVENT_SOCK_HEARTBEAT' in event)
    expect(Number(await command.read('@pid'))).toBeGreaterThan(1)
    await command.stop()
    await expect(command.read('@pid')).rejects.toThrow('ENOENT')
    expect(command.output).toContain('successfully reverted to last good config')
  })

  it.each([
    [{ args: ['--ryu-ofp-tcp-listen-port=70000'] }, 2, '--ofp-tcp-listen-port is 70000: a port is 0 to 65535'],
    [{ args: ['--colour'] }, 2, "Unknown option '--colour'"],
    [{ env: { FAUCET_PROMETHEUS_PORT: 'http' } }, 2, 'FAUCET_PROMETHEUS_PORT is http: it is a whole number from 0 to 65535'],
    [{ env: { FAUCET_LOG: '@/missing/faucet.log' } }, 1, 'ENOENT'],
    [{ env: { FAUCET_EVENT_SOCK: '@/faucet.yaml' } }, 1, 'which is no socket'],
  ])('ends with %j: status %i', async (setup, status, message) => {
    const command = await start('ours', { files, ...setup })
    expect(await command.ended()).toBe(status)
    expect(command.output).toContain(message)
  })

  it('speaks TLS with switches that have a certificate', async () => {
    const ovs = await DummyOvs.start()
    try {
      const openssl = (command: string) => execFileSync('openssl', command.split(' '), { cwd: ovs.dir, stdio: 'pipe' })
      const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
      openssl(`req -x509 ${newKey} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority`)
      for (const name of ['controller', 'switch']) {
        openssl(`req ${newKey} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`)
        openssl(`x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out ${name}.pem`)
      }
      const file = (name: string) => join(ovs.dir, name)
      const port = await freePort()
      const tls = [`--ryu-ctl-privkey=${file('controller.key')}`, `--ryu-ctl-cert=${file('controller.pem')}`, `--ryu-ca-certs=${file('ca.pem')}`]
      const command = await start('ours', { files, args: [...tls, `--ryu-ofp-ssl-listen-port=${port}`] })
      await ovs.vsctl(`set-ssl ${file('switch.key')} ${file('switch.pem')} ${file('ca.pem')} -- set-controller br0 ssl:127.0.0.1:${port}`)
      await command.metric('dp_status{dp_id="0xab",dp_name="sw1"}', 1)
    } finally {
      await discardAll()
      await ovs.stop()
    }
  })

  it('ends when the port for switches is taken', async () => {
    const first = await start('ours', { files })
    await first.until('its port', async () => {
      const socket = connect(first.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
      return true
    })
    const second = await start('ours', { files, port: first.port })
    expect(await second.ended()).toBe(1)
    expect(second.output).toContain('EADDRINUSE')
  })
})
