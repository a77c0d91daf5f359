import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Random } from '../../../ovs/e2e/random.js'
import { aclsYaml } from './acls.js'
import { busybox, Docker } from './docker.js'
import { Driver } from './driver.js'
import { machine, type Machine } from './leftovers.js'
import { Outside } from './outside.js'
import { OpenVswitch } from './ovs.js'
import { run, until } from './program.js'

const driverName = 'dovesnap'
export const networks = [
  { name: 'natnet', gateway: '10.9.1.1', options: ['--subnet=10.9.1.0/24', '-o', 'ovs.bridge.mode=nat', '-o', 'ovs.bridge.dpid=0x1', '-o', 'ovs.bridge.default_acl=allowall'] },
  { name: 'flatnet', gateway: undefined, options: ['--subnet=10.9.2.0/24', '-o', 'ovs.bridge.dpid=0x2', '-o', 'ovs.bridge.preallocate_ports=2'] },
] as const
export const names = ['c1', 'c2', 'c3', 'c4', 'c5'] as const

/** A container as it was started. */
export interface Started {
  readonly network: (typeof networks)[number]
  readonly denied: boolean
  readonly port: number | undefined
  /** Of its MAC address. */
  readonly prefix?: string
}

/** Two networks with containers, on a Docker, an Open vSwitch and a driver that are restarted; and what has to agree afterwards. */
export class Lab {
  /** What should be running. A container that was just being started or stopped when something died may be or not. */
  readonly running = new Map<string, Started>()

  constructor(readonly docker: Docker, readonly ovs: OpenVswitch, readonly outside: Outside, readonly driver: Driver, private readonly policy: readonly string[], /** The machine before there was anything of the driver's. */ readonly before: Machine) {}

  static async start(daemonOptions: readonly string[], policy: readonly string[]): Promise<Lab> {
    mkdirSync('/run/lab', { recursive: true })
    writeFileSync('/run/lab/faucet.yaml', aclsYaml)
    const [docker, ovs] = await Promise.all([Docker.start(...daemonOptions), OpenVswitch.start()])
    const before = await machine()
    const outside = await Outside.start()
    const driver = await Driver.start(driverName, '--config', '/run/lab/faucet.yaml')
    for (const { name, options } of networks) await docker.cli('network', 'create', '-d', driverName, '--internal', '-o', 'ovs.bridge.userspace=true', ...options, name)
    return new Lab(docker, ovs, outside, driver, policy, before)
  }

  async stop(): Promise<void> {
    const all = (await this.docker.cli('ps', '-aq')).split('\n').filter(Boolean)
    if (all.length > 0) await this.docker.cli('rm', '-f', ...all)
    for (const { name } of networks) await this.docker.cli('network', 'rm', name)
    await this.driver.down()
    await Promise.all([this.docker.down(), this.ovs.down(), this.outside.stop()])
  }

  /** Starts or removes a container; that may fail while something is down. */
  async change(random: Random): Promise<void> {
    const name = random.pick(names)
    if (this.running.has(name)) {
      this.running.delete(name)
      await this.docker.cli('rm', '-f', name).catch(() => undefined)
      return
    }
    await this.launch(name, { network: random.pick(networks), denied: random.chance(25), port: random.chance(30) ? 8000 + names.indexOf(name) : undefined }).catch(() => undefined)
  }

  /** Starts a container. */
  async launch(name: (typeof names)[number], started: Started): Promise<void> {
    // The web server is the container's first process, and as such does not hear SIGTERM.
    const options = [
      '--stop-signal=KILL',
      ...this.policy, '--network', started.network.name,
      ...(started.denied ? ['--label=dovesnap.faucet.portacl=denyall'] : []),
      ...(started.prefix === undefined ? [] : [`--label=dovesnap.faucet.mac_prefix=${started.prefix}`]),
      ...(started.port !== undefined && started.network.gateway !== undefined ? ['-p', `${started.port}:80`] : []),
    ]
    await this.docker.cli('rm', '-f', name).catch(() => undefined)
    await this.docker.cli('run', '-d', '--name', name, ...options, busybox, 'httpd', '-f', '-p', '80', '-h', '/etc')
    this.running.set(name, started)
  }

  /** Restarts some of the three, after a moment each. */
  async restart(random: Random): Promise<string> {
    const all = ['driver', 'ovs', 'docker'] as const
    const some = random.some(all, 50)
    const victims = some.length > 0 ? some : [random.pick(all)]
    const plan = victims.map((victim) => ({ victim, signal: random.pick(['SIGTERM', 'SIGKILL'] as const), after: random.below(400), pause: random.below(300) }))
    await Promise.all(plan.map(async ({ victim, signal, after, pause }) => {
      await sleep(after)
      await this[victim].down(signal)
      await sleep(pause)
      await this[victim].up()
    }))
    return plan.map(({ victim, signal, after, pause }) => `${victim} ${signal} after ${after} ms for ${pause} ms`).join(', ')
  }

  /** Starts a container of each kind: reached from outside, not let through, two that reach one another. */
  async launchAll(): Promise<void> {
    const [nat, flat] = networks
    await this.launch('c1', { network: nat, denied: false, port: 8001 })
    await this.launch('c2', { network: nat, denied: true, port: undefined })
    await this.launch('c3', { network: flat, denied: false, port: undefined, prefix: '0e:99' })
    await this.launch('c4', { network: flat, denied: false, port: undefined })
  }

  /** What a machine that loses its power does to containers: they and their interfaces are gone, and nobody was told. */
  async powerCut(): Promise<void> {
    const pids = (await this.docker.cli('inspect', '-f', '{{.State.Pid}}', ...this.running.keys())).split('\n').map(Number)
    const shims = await Promise.all(pids.map(async (pid) => Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])))
    await Promise.all((['driver', 'ovs', 'docker'] as const).map((one) => this[one].down('SIGKILL')))
    for (const pid of [...shims, ...pids]) process.kill(pid, 'SIGKILL')
    for (const link of (await machine()).links.filter((name) => name.startsWith('odsve'))) await run('ip', 'link', 'del', link)
    for (const name of readdirSync('/run/docker/netns').filter((one) => one !== 'default')) await run('umount', `/run/docker/netns/${name}`).catch(() => undefined)
    await run('nft', 'flush', 'ruleset')
  }

  /** What disagrees; nothing when all is well. */
  async disagreements(): Promise<string[]> {
    const found: string[] = []
    const status = Object.values(await this.driver.networks())
    const bridges = (await this.ovs.vsctl('list-br')).split('\n').filter(Boolean).sort()
    const known = status.map(({ BridgeName }) => BridgeName).sort()
    if (bridges.join() !== known.join()) found.push(`bridges are ${bridges.join()}, the driver knows ${known.join()}`)
    const yaml = await this.driver.get('/faucet.yaml')
    const inDocker = (await this.docker.cli('ps', '--format', '{{.Names}}')).split('\n').filter(Boolean).sort()
    for (const name of this.running.keys()) if (!inDocker.includes(name)) found.push(`container ${name} is not running`)
    const inStatus = status.flatMap(({ DynamicNetworkStates }) => Object.values(DynamicNetworkStates.Containers).map(({ Name }) => Name.replace(/^\//, ''))).sort()
    if (inStatus.join() !== inDocker.join()) found.push(`Docker runs ${inDocker.join()}, the driver knows ${inStatus.join()}`)
    const inYaml = [...yaml.matchAll(/description: ["']?\/(\S+) /g)].map(([, name]) => name as string).sort()
    if (inYaml.join() !== inDocker.join()) found.push(`Docker runs ${inDocker.join()}, Faucet's configuration has ${inYaml.join()}`)
    const ports = (await Promise.all(bridges.map((bridge) => this.ovs.vsctl('list-ports', bridge)))).join('\n').split('\n').filter((port) => port.startsWith('odsve')).sort()
    const links = (await machine()).links.filter((link) => link.startsWith('odsve')).sort()
    if (ports.length !== inDocker.length) found.push(`Docker runs ${inDocker.length} containers, Open vSwitch has the ports ${ports.join()}`)
    // A dockerd that is killed while it removes a container may keep its endpoint, until somebody removes the container: not on the switch, but its interface is there.
    const told = JSON.parse(await this.docker.cli('network', 'inspect', ...networks.map((network) => network.name))) as readonly { Containers: Record<string, { EndpointID: string }> }[]
    const endpoints = told.flatMap(({ Containers }) => Object.values(Containers)).map(({ EndpointID }) => `odsve${EndpointID.slice(0, 5)}`).sort()
    if (links.join() !== endpoints.join()) found.push(`links are ${links.join()}, Docker's endpoints ${endpoints.join()}`)
    for (const port of ports) if (!links.includes(port)) found.push(`port ${port} has no link`)
    return found
  }

  /** What the machine looks like, for a failure's message. */
  async scene(): Promise<string> {
    const bridges = (await this.ovs.vsctl('list-br').catch(() => '')).split('\n').filter(Boolean)
    const commands = [
      ['ip', '-br', 'addr'], ['ip', '-d', 'link'], ['ip', 'neigh'], ['ip', 'route'], ['ovs-vsctl', '--timeout=5', 'show'], ['nft', 'list', 'table', 'inet', `streambed-${driverName}`], ['iptables', '-S'],
      ...bridges.flatMap((bridge) => [['ovs-ofctl', '-OOpenFlow13', 'dump-flows', bridge], ['ovs-ofctl', '-OOpenFlow13', 'show', bridge]]),
    ]
    const texts = await Promise.all([
      ...commands.map(([command = '', ...args]) => run(command, ...args).catch(String).then((text) => `$ ${command} ${args.join(' ')}\n${text}`)),
      this.docker.cli('ps', '-a', '--no-trunc', '--format', '{{.Names}} {{.Status}} {{.Networks}} {{.Ports}} {{.Labels}}').catch(String),
      this.docker.cli('network', 'inspect', '-f', '{{.Name}} {{json .Containers}}', ...networks.map(({ name }) => name)).catch(String),
    ])
    return [...texts, `dockerd: ${this.docker.log}`, `driver: ${this.driver.log}`].join('\n')
  }

  /** What cannot be reached that should be, or the other way round. */
  async unreachable(): Promise<string[]> {
    const found: string[] = []
    await Promise.all([...this.running].map(async ([name, { network, denied, port, prefix }]) => {
      if (prefix !== undefined) {
        const mac = await this.docker.exec(name, 'cat', '/sys/class/net/eth0/address')
        if (!mac.startsWith(prefix)) found.push(`${name} has the MAC address ${mac}`)
      }
      const peer = [...this.running].find(([other, it]) => other !== name && it.network === network && !it.denied)?.[0]
      const target = network.gateway ?? (peer === undefined ? undefined : await this.docker.cli('inspect', '-f', `{{(index .NetworkSettings.Networks "${network.name}").IPAddress}}`, peer))
      if (target !== undefined) {
        const answered = await this.docker.exec(name, 'ping', '-c1', '-W1', target).then(() => true, () => false)
        if (answered === denied) found.push(`${name} ${answered ? 'reaches' : 'does not reach'} ${target}`)
      }
      if (port !== undefined && network.gateway !== undefined) {
        const answered = await this.outside.run('busybox', 'timeout', '1', 'busybox', 'wget', '-qO-', `http://${this.outside.machine}:${port}/passwd`).then((text) => text.includes('root'), () => false)
        if (answered === denied) found.push(`port ${port} of ${name} ${answered ? 'answers' : 'does not answer'}`)
      }
    }))
    return found
  }
}

/** Waits until nothing is found any more. */
export async function settle(ask: () => Promise<string[]>, limitMs: number, where: string, lab: Lab): Promise<void> {
  let found: string[] = []
  const isWell = async (): Promise<boolean> => (found = await ask().catch((error: Error) => [error.message])).length === 0
  await until(isWell, 'all is well', limitMs).catch(async () => {
    throw new Error(`${where}, after ${limitMs / 1000} s: ${found.join('; ')}\n${await lab.scene()}`)
  })
}
