// Uses the Open vSwitch that is running already; prints one JSON line with what it saw.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Testbed } from '@streambed/sdk'

const topology = { networks: { red: { subnet: ['10.0.0.0/24', 'fd00::/64'] }, blue: { subnet: '10.1.0.0/24' } }, hosts: { a: { networks: ['red'] }, b: { networks: ['red'] }, c: { networks: ['blue'] } } }
const bridges = () => execFileSync('ovs-vsctl', ['list-br'], { encoding: 'utf8' }).split('\n').filter(Boolean)
const links = () => execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }).split('\n').filter((line) => /sb[0-9a-f]{4}/.test(line)).length
const settled = async () => {
  for (let i = 0; i < 200 && (bridges().length > 1 || links() > 0); i++) await sleep(20)
  return { bridges: bridges(), links: links() }
}

if (process.argv[2] === 'victim') {
  await Testbed.start(topology, { ovs: 'system' })
  console.log('running')
  await new Promise(() => setInterval(() => undefined, 1000))
}

const report = {}
// A bridge of somebody else must stay as it is.
execFileSync('ovs-vsctl', ['add-br', 'theirs', '--', 'set', 'bridge', 'theirs', 'datapath_type=netdev'])
const [one, two] = await Promise.all([Testbed.start(topology, { ovs: 'system' }), Testbed.start(topology, { ovs: { db: 'unix:/run/openvswitch/db.sock' } })])
report.matrices = [String(await one.reachability({ timeout: 500 })), String(await two.reachability({ timeout: 500 }))]
report.during = bridges().length
report.vsctl = (await one.exec(['ovs-vsctl', 'list-br'])).stdout.split('\n').filter(Boolean).length
await one.hosts.a.linkDown()
report.down = (await one.hosts.b.ping('a', { timeout: 300, family: 4 })).ok
await one.hosts.a.linkUp()
report.up = (await one.hosts.b.ping('a')).ok
await one.partition(['a'])
report.partitioned = (await one.hosts.b.ping('a', { timeout: 300, family: 4 })).ok
await one.heal()
await one.addHost('guest', { networks: ['red'] })
report.guest = (await one.host('guest').ping('a')).ok
await one.removeHost('guest')
await one.close()
await two.close()
report.afterClose = await settled()

const victim = spawn(process.execPath, [import.meta.filename, 'victim'], { stdio: ['ignore', 'pipe', 'inherit'] })
await once(victim.stdout, 'data')
report.beforeKill = bridges().length
victim.kill('SIGKILL')
await once(victim, 'exit')
report.afterKill = await settled()

// The helper dies with its parent: then the next testbed sweeps.
const unlucky = spawn(process.execPath, [import.meta.filename, 'victim'], { stdio: ['ignore', 'pipe', 'inherit'] })
await once(unlucky.stdout, 'data')
execFileSync('pkill', ['-KILL', '-f', 'reaper/main.js'])
unlucky.kill('SIGKILL')
await once(unlucky, 'exit')
report.orphaned = bridges().length
const next = await Testbed.start(topology, { ovs: 'system' })
report.swept = bridges().length
// The database goes away under a running testbed.
execFileSync('pkill', ['-KILL', 'ovsdb-server'])
report.end = (await next.closed).error?.message
console.log(JSON.stringify(report))
