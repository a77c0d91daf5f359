import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import type { Random } from '../../../ovs/e2e/random.js'
import { aclsYaml } from './acls.js'
import { makeCard } from './cards.js'
import { Docker } from './docker.js'
import { Driver } from './driver.js'
import { expectNothingLeft, machine, type Machine } from './leftovers.js'
import { Outside } from './outside.js'
import { OpenVswitch } from './ovs.js'
import type { Policy } from './policies.js'
import { type Daemon, run, until } from './program.js'
import { dhcpServer } from './servers.js'

const driverName = 'dovesnap'
/** One with ports that are published, one in which containers reach one another, and one with a DHCP server behind a network card. */
export const networks = [
  { name: 'natnet', kind: 'nat', target: '10.9.1.1', options: ['--subnet=10.9.1.0/24', '-o', 'ovs.bridge.mode=nat', '-o', 'ovs.bridge.dpid=0x1', '-o', 'ovs.bridge.default_acl=allowall'] },
  { name: 'flatnet', kind: 'flat', target: undefined, options: ['--subnet=10.9.2.0/24', '-o', 'ovs.bridge.dpid=0x2', '-o', 'ovs.bridge.preallocate_ports=2'] },
  { name: 'dhcpnet', kind: 'dhcp', target: '10.9.3.1', options: ['--ipam-driver=null', '-o', 'ovs.bridge.dhcp=true', '-o', 'ovs.bridge.dpid=0x3', '-o', 'ovs.bridge.add_ports=labcard/99'] },
] as const
export const names = ['c1', 'c2', 'c3', 'c4', 'c5'] as const
const bystander = 'bystander'

/** A container as it was started. */
export interface Started {
  readonly network: (typeof networks)[number]
  readonly denied?: boolean
  readonly port?: number | undefined
  /** Of its MAC address. */
  readonly prefix?: string
}

/** Three networks with containers, on a Docker, an Open vSwitch and a driver that are restarted; and what has to agree afterwards. */
export class Lab {
  /** What should be running. A container that was just being started or stopped when something died may be or not. */
  readonly running = new Map<string, Started>()
  /** The addresses that the DHCP server gave: a container keeps its own. */
  readonly #leases = new Map<string, string>()
  /** What was done to containers, and how Docker answered. */
  readonly #journal: string[] = []
  readonly docker: Docker
  readonly ovs = new OpenVswitch()
  readonly outside = new Outside()
  #driver: Driver | undefined
  #dhcp: Daemon | undefined
  /** The machine before there was anything of the driver's. */
  #before: Machine | undefined

  constructor(private readonly policy: Policy) {
    this.docker = new Docker(policy.daemon)
  }

  get driver(): Driver {
    return this.#driver as Driver
  }

  async start(): Promise<void> {
    mkdirSync('/run/lab', { recursive: true })
    writeFileSync('/run/lab/faucet.yaml', aclsYaml)
    await Promise.all([this.docker.begin(), this.ovs.begin()])
    await this.outside.begin()
    await run('ip', 'netns', 'add', 'dhcp')
    await makeCard('labcard', 'server', 'dhcp')
    await run('ip', '-n', 'dhcp', 'addr', 'add', '10.9.3.1/24', 'dev', 'server')
    this.#dhcp = dhcpServer('10.9.3', 'server', { namespace: 'dhcp', leaseSeconds: 40 })
    this.#before = await machine(this.docker)
    this.#driver = await Driver.start(driverName, '--config', '/run/lab/faucet.yaml')
    for (const { name, options } of networks) await this.docker.cli('network', 'create', '-d', driverName, '--internal', '-o', 'ovs.bridge.userspace=true', ...options, name)
  }

  /**
   * Starts a container that nothing is done to, on no network. A dockerd with `--live-restore` that is told to end while no container runs
   * takes down the one that it just starts, after it said that it started it (Docker 20.10, `Daemon.Shutdown`): nobody could know that
   * it is to run no more.
   */
  async startBystander(): Promise<void> {
    await this.docker.sleeper(bystander, '--network', 'none')
  }

  /** Ends everything, and looks whether something is left. */
  async stop(): Promise<void> {
    await this.docker.removeEverything()
    await this.driver.down()
    await expectNothingLeft(this.docker, this.#before as Machine)
    await Promise.all([this.docker.down(), this.ovs.down(), this.outside.stop(), this.#dhcp?.stop()])
    await run('ip', 'link', 'del', 'labcard')
    await run('ip', 'netns', 'del', 'dhcp')
  }

  /** Starts or removes a container; that may fail while something is down. */
  async change(random: Random): Promise<void> {
    const name = random.pick(names)
    if (this.running.has(name)) {
      this.running.delete(name)
      return this.#note(`remove ${name}`, this.docker.cli('rm', '-f', name))
    }
    const network = random.pick(networks)
    const started = { network, denied: random.chance(25), port: network.kind === 'nat' && random.chance(30) ? 8000 + names.indexOf(name) : undefined }
    return this.#note(`start ${name} on ${network.name}`, this.launch(name, started))
  }

  async #note(what: string, work: Promise<unknown>): Promise<void> {
    const since = new Date().toISOString()
    const outcome = await work.then(() => 'done', (error: Error) => error.message.replaceAll('\n', ' '))
    this.#journal.push(`${since} ${what}: ${outcome}, ${new Date().toISOString()}`)
  }

  /** Starts a container. */
  async launch(name: (typeof names)[number], started: Started): Promise<void> {
    await this.docker.cli('rm', '-f', name).catch(() => undefined)
    this.#leases.delete(name)
    await this.docker.webServer(
      name, ...this.policy.container, '--network', started.network.name,
      ...(started.denied === true ? ['--label=dovesnap.faucet.portacl=denyall'] : []),
      ...(started.prefix === undefined ? [] : [`--label=dovesnap.faucet.mac_prefix=${started.prefix}`]),
      ...(started.port === undefined ? [] : ['-p', `${started.port}:80`]),
    )
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

  /** Starts a container of each kind: reached from outside, not let through, two that reach one another, one that has a lease. */
  async launchAll(): Promise<void> {
    const [nat, flat, dhcp] = networks
    await this.launch('c1', { network: nat, port: 8001 })
    await this.launch('c2', { network: nat, denied: true })
    await this.launch('c3', { network: flat, prefix: '0e:99' })
    await this.launch('c4', { network: flat })
    await this.launch('c5', { network: dhcp })
  }

  /** What a machine that loses its power does to containers: they and their interfaces are gone, and nobody was told. */
  async powerCut(): Promise<void> {
    const pids = (await this.docker.cli('inspect', '-f', '{{.State.Pid}}', ...this.running.keys())).split('\n').map(Number)
    const shims = await Promise.all(pids.map(async (pid) => Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])))
    await Promise.all((['driver', 'ovs', 'docker'] as const).map((one) => this[one].down('SIGKILL')))
    for (const pid of [...shims, ...pids]) process.kill(pid, 'SIGKILL')
    for (const link of await vethPairs()) await run('ip', 'link', 'del', link)
    for (const name of readdirSync('/run/docker/netns').filter((one) => one !== 'default')) await run('umount', `/run/docker/netns/${name}`).catch(() => undefined)
    await run('nft', 'flush', 'ruleset')
  }

  /** Waits until all that know of containers agree, and containers reach what they should. */
  async allWell(where: string, agreeMs: number): Promise<void> {
    await this.#settle(() => this.#disagreements(), agreeMs, where)
    await this.#settle(() => this.#unreachable(), 30_000, where)
  }

  /** Waits until nothing is found any more. */
  async #settle(ask: () => Promise<string[]>, limitMs: number, where: string): Promise<void> {
    let found: string[] = []
    const isWell = async (): Promise<boolean> => (found = await ask().catch((error: Error) => [error.message])).length === 0
    await until(isWell, 'all is well', limitMs).catch(async () => {
      const finding = `${where}, after ${limitMs / 1000} s: ${found.join('; ')}`
      // Once more at the end: the scene is long, and of a long log the end is read.
      throw new Error(`${finding}\n${await this.#scene()}\n${finding}`)
    })
  }

  /** What disagrees; nothing when all is well. */
  async #disagreements(): Promise<string[]> {
    const found: string[] = []
    const status = Object.values(await this.driver.networks())
    const bridges = (await this.ovs.vsctl('list-br')).split('\n').filter(Boolean).sort()
    const known = status.map(({ BridgeName }) => BridgeName).sort()
    if (bridges.join() !== known.join()) found.push(`bridges are ${bridges.join()}, the driver knows ${known.join()}`)
    const yaml = await this.driver.get('/faucet.yaml')
    const inDocker = (await this.docker.cli('ps', '--format', '{{.Names}}')).split('\n').filter((name) => name !== '' && name !== bystander).sort()
    for (const name of this.running.keys()) if (!inDocker.includes(name)) found.push(`container ${name} is not running`)
    const inStatus = status.flatMap(({ DynamicNetworkStates }) => Object.values(DynamicNetworkStates.Containers).map(({ Name }) => Name.replace(/^\//, ''))).sort()
    if (inStatus.join() !== inDocker.join()) found.push(`Docker runs ${inDocker.join()}, the driver knows ${inStatus.join()}`)
    const inYaml = [...yaml.matchAll(/description: ["']?\/(\S+) /g)].map(([, name]) => name as string).sort()
    if (inYaml.join() !== inDocker.join()) found.push(`Docker runs ${inDocker.join()}, Faucet's configuration has ${inYaml.join()}`)
    const ports = (await Promise.all(bridges.map((bridge) => this.ovs.vsctl('list-ports', bridge)))).join('\n').split('\n').filter((port) => port.startsWith('odsve')).sort()
    const links = await vethPairs()
    if (ports.length !== inDocker.length) found.push(`Docker runs ${inDocker.length} containers, Open vSwitch has the ports ${ports.join()}`)
    // A dockerd that is killed while it removes a container may keep its endpoint, until somebody removes the container: not on the switch, but its interface is there.
    const told = JSON.parse(await this.docker.cli('network', 'inspect', ...networks.map((network) => network.name))) as readonly { Containers: Record<string, { EndpointID: string }> }[]
    const endpoints = told.flatMap(({ Containers }) => Object.values(Containers)).map(({ EndpointID }) => `odsve${EndpointID.slice(0, 5)}`).sort()
    if (links.join() !== endpoints.join()) found.push(`links are ${links.join()}, Docker's endpoints ${endpoints.join()}`)
    for (const port of ports) if (!links.includes(port)) found.push(`port ${port} has no link`)
    return found
  }

  /** What the machine looks like, for a failure's message. */
  async #scene(): Promise<string> {
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
    return [...texts, ...this.#journal.slice(-15), `dockerd: ${this.docker.log}`, `driver: ${this.driver.log}`].join('\n')
  }

  /** What cannot be reached that should be, or the other way round. */
  async #unreachable(): Promise<string[]> {
    return (await Promise.all([...this.running].map(([name, started]) => this.#faultsOf(name, started)))).flat()
  }

  async #faultsOf(name: string, { network, denied = false, port, prefix }: Started): Promise<string[]> {
    const found: string[] = []
    if (prefix !== undefined) {
      const link = await this.docker.inNetworkOf(name, 'ip', '-o', 'link', 'show', 'eth0')
      if (!link.includes(`link/ether ${prefix}:`)) found.push(`${name} has the link ${link}`)
    }
    if (network.kind === 'dhcp' && !denied) found.push(...(await this.#leaseFaults(name)))
    const target = network.target ?? (await this.#peerOf(name, network))
    if (target !== undefined) {
      const answered = await this.docker.reaches(name, target, 1)
      if (answered === denied) found.push(`${name} ${answered ? 'reaches' : 'does not reach'} ${target}`)
    }
    if (port !== undefined) {
      const answered = await this.outside.run('busybox', 'timeout', '1', 'busybox', 'wget', '-qO-', `http://${this.outside.machine}:${port}/passwd`).then((text) => text.includes('root'), () => false)
      if (answered === denied) found.push(`port ${port} of ${name} ${answered ? 'answers' : 'does not answer'}`)
    }
    return found
  }

  /** The address of another container of the network that may answer. */
  async #peerOf(name: string, network: Started['network']): Promise<string | undefined> {
    const peer = [...this.running].find(([other, it]) => other !== name && it.network === network && it.denied !== true)?.[0]
    return peer === undefined ? undefined : this.docker.cli('inspect', '-f', `{{(index .NetworkSettings.Networks "${network.name}").IPAddress}}`, peer)
  }

  /** A container has the address that it got first, a program keeps that for it, and the driver says so. */
  async #leaseFaults(name: string): Promise<string[]> {
    const found: string[] = []
    const addresses = [...(await this.docker.inNetworkOf(name, 'ip', '-4', '-o', 'addr', 'show', 'eth0')).matchAll(/inet ([^/]+)/g)].map(([, address]) => address as string)
    const [address = ''] = addresses
    const first = this.#leases.get(name)
    if (first === undefined && address !== '') this.#leases.set(name, address)
    if (addresses.length !== 1 || (first !== undefined && address !== first)) found.push(`${name} has the addresses ${addresses.join()}, at first it had ${first ?? 'none'}`)
    const told = (await this.driver.container(name))?.HostIP.split('/')[0]
    if (told !== address) found.push(`${name} has the address ${address}, the driver says ${told}`)
    if (!(await this.#hasClient(name))) found.push(`nobody keeps the lease of ${name}`)
    return found
  }

  /** Whether a DHCP client runs in the network namespace of a container. */
  async #hasClient(name: string): Promise<boolean> {
    const inside = await readlink(`/proc/${await this.docker.pid(name)}/ns/net`)
    const clients = (await run('pgrep', '-f', 'udhcpc -f').catch(() => '')).split('\n').filter(Boolean)
    const namespaces = await Promise.all(clients.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => '')))
    return namespaces.includes(inside)
  }
}

/** The machine's ends of the interfaces of containers. */
async function vethPairs(): Promise<string[]> {
  return (await run('ip', '-o', 'link')).split('\n').flatMap((line) => /^\d+: (odsve[^:@]+)/.exec(line)?.[1] ?? []).sort()
}

