// A private Open vSwitch with one bridge of dummy ports, and the way from it to a controller.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { daemonFiles, initialDatabase, ovsdbServerCommand, vswitchdCommand } from '@streambed/ovs'
import { Datapath, OFPP, OpenFlowConnection } from '@streambed/ovs/openflow'

const run = promisify(execFile)
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

export class BenchSwitch {
  #children = []
  #dir
  #datapath
  #gate
  #controllerPort = 0
  #accepted = () => undefined
  #asked
  #answered = () => undefined

  /** A bridge `br0` (dpid 1) with ports 1 to `ports`. */
  static async start(ports) {
    const made = new BenchSwitch()
    made.#dir = await mkdtemp(join(tmpdir(), 'faucet-bench-'))
    try {
      await made.#open(ports)
      return made
    } catch (error) {
      await made.stop()
      throw error
    }
  }

  async #open(ports) {
    const files = daemonFiles(this.#dir)
    await writeFile(files.database, initialDatabase())
    this.#spawn(ovsdbServerCommand({ runDir: this.#dir }))
    await there(files.databaseSocket)
    this.#spawn(vswitchdCommand({ runDir: this.#dir, extraArguments: ['--enable-dummy=override'] }))
    await this.#vsctl(
      'add-br br0 -- set Bridge br0 datapath_type=dummy fail_mode=secure protocols=OpenFlow13 ' +
        'other_config:datapath-id=0000000000000001 other_config:disable-in-band=true',
    )
    for (let from = 1; from <= ports; from += 100) {
      const numbers = Array.from({ length: Math.min(100, ports - from + 1) }, (_, index) => from + index)
      await this.#vsctl(numbers.map((port) => `add-port br0 p${port} -- set Interface p${port} type=dummy ofport_request=${port}`).join(' -- '))
    }
    const socket = connect(join(this.#dir, 'br0.mgmt'))
    await once(socket, 'connect')
    this.#datapath = await Datapath.open(await OpenFlowConnection.open(socket), { service: true })
    this.#gate = createServer((from) => {
      this.#accepted(performance.now())
      const to = connect({ port: this.#controllerPort, host: '127.0.0.1', noDelay: true })
      from.on('data', () => (this.#asked ??= performance.now()))
      to.on('data', () => this.#asked !== undefined && this.#answered(performance.now()))
      from.pipe(to).pipe(from)
      for (const [one, other] of [[from, to], [to, from]]) one.on('error', () => other.destroy()).on('close', () => other.destroy())
    })
    this.#gate.listen(join(this.#dir, 'controller'))
    await once(this.#gate, 'listening')
  }

  /** Lets the bridge connect to a controller. Returns when it did so: the time of `performance.now()`. */
  async connect(controllerPort) {
    this.#controllerPort = controllerPort
    const accepted = new Promise((resolve) => (this.#accepted = resolve))
    await this.#vsctl(`set-controller br0 unix:${join(this.#dir, 'controller')} -- set Controller br0 max_backoff=1000 inactivity_probe=0`)
    return accepted
  }

  /** Takes the controller away, and all flows, groups and meters. */
  async reset() {
    await this.#vsctl('del-controller br0')
    await this.#datapath.deleteFlows({})
  }

  /** How many flows there are, of all or as the filter says. */
  async flowCount(filter) {
    return (await this.#datapath.aggregate(filter)).flowCount
  }

  /** The switch handles frames as if they had come in at a port. */
  receive(port, frames) {
    return Promise.all(
      frames.map((data) =>
        this.#datapath.connection.send({ type: 'packet_out', inPort: port, actions: [{ type: 'output', port: OFPP.TABLE }], data }),
      ),
    )
  }

  /** Milliseconds from what the switch says of a frame to the first answer of the controller. */
  async answerTime(port, frame) {
    const answered = new Promise((resolve) => (this.#answered = resolve))
    this.#asked = undefined
    await this.receive(port, [frame])
    const at = await answered
    this.#answered = () => undefined
    return at - this.#asked
  }

  async stop() {
    this.#gate?.close()
    this.#datapath?.connection.abort()
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await rm(this.#dir, { recursive: true })
  }

  async #vsctl(command) {
    await run('ovs-vsctl', [`--db=unix:${daemonFiles(this.#dir).databaseSocket}`, '--timeout=60', ...command.split(' ')], { env })
  }

  #spawn({ command, args, env: own }) {
    this.#children.push(spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { env: { ...env, ...own }, stdio: 'ignore' }))
  }
}

/** Waits until a file is there: daemons tell nobody that they are ready. */
async function there(path) {
  for (let tries = 0; !existsSync(path); tries++) {
    if (tries > 1000) throw new Error(`${path} did not appear`)
    await sleep(10)
  }
}
