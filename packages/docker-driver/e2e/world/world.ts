import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { makeCard } from './cards.js'
import { Docker } from './docker.js'
import { Driver } from './driver.js'
import { expectNothingLeft, machine, type Machine } from './leftovers.js'
import { Outside } from './outside.js'
import { OpenVswitch } from './ovs.js'
import { type Daemon, run, whyNotHere } from './program.js'

/** Why these tests cannot be run here; undefined where they can. */
const reason = whyNotHere()

/**
 * For a file whose tests use Docker and clean up themselves: starts it, and after each test looks whether Docker and the machine are as they were
 * before. Everything ends with the file, whose world this is.
 */
export function useDocker(...options: string[]): Docker {
  const docker = new Docker(options)
  let before: Machine | undefined
  beforeAll(async () => {
    if (reason === undefined) await docker.begin()
  })
  beforeEach(async ({ skip }) => {
    if (reason !== undefined) return skip(reason)
    before = await machine(docker)
  })
  afterEach(async () => {
    if (before !== undefined) await expectNothingLeft(docker, before)
  })
  return docker
}

/** What a file about the driver has. */
export interface WorldOptions {
  /** With the {@link Outside}. */
  readonly outside?: boolean
  /** Makes what is there before the first test, and stays. */
  readonly furnish?: (world: World) => Promise<void>
}

/** A Docker and an Open vSwitch, and what is made for a test. */
export class World {
  readonly docker = new Docker()
  readonly ovs = new OpenVswitch()
  readonly outside = new Outside()
  #driver: Driver | undefined
  #cleanups: (() => unknown)[] = []

  /** Does something after the test, when all containers and networks are gone: the last thing first. */
  afterTest(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  /** A daemon that ends with the test. */
  async daemon(daemon: Daemon | Promise<Daemon>): Promise<Daemon> {
    const it = await daemon
    this.afterTest(() => it.stop())
    return it
  }

  /** A network card, as by {@link makeCard}, for the test. */
  async card(name: string, far: string, namespace?: string): Promise<void> {
    await makeCard(name, far, namespace)
    this.afterTest(() => run('ip', 'link', 'del', name))
  }

  /** Starts the driver under a name, as the command. It has to live until the end of the test, and to end with 0 then. */
  async driver(name: string, ...flags: string[]): Promise<Driver> {
    const driver = await Driver.start(name, ...flags)
    this.#driver = driver
    this.afterTest(async () => {
      const { log, running } = driver
      await driver.down()
      expect({ running, exitCode: driver.exitCode }, log).toEqual({ running: true, exitCode: 0 })
    })
    return driver
  }

  /** The driver that was started last. */
  get log(): string {
    return this.#driver?.log ?? ''
  }

  /**
   * Makes a network on a driver, in userspace unless told otherwise, and answers its bridge. Options are `--…` of the command, or
   * those of the driver without their `ovs.bridge.`.
   */
  async network(driver: string, name: string, ...options: string[]): Promise<string> {
    const id = await this.docker.cli(...networkCommand(driver, name, ...options))
    return `odsbr${id.slice(0, 5)}`
  }

  /** The words with which {@link network} fails. */
  networkRefused(driver: string, name: string, ...options: string[]): Promise<string> {
    return this.docker.refused(...networkCommand(driver, name, ...options))
  }

  /** @internal Removes everything that a test has made; all of it, whatever fails. */
  async clear(): Promise<void> {
    const steps = [() => this.docker.removeEverything(), ...this.#cleanups.reverse()]
    this.#cleanups = []
    const failures: unknown[] = []
    for (const step of steps) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'))
  }
}

function networkCommand(driver: string, name: string, ...options: string[]): string[] {
  const userspace = options.some((option) => option.startsWith('userspace=')) ? [] : ['userspace=true']
  return ['network', 'create', '-d', driver, '--internal', ...[...options, ...userspace].flatMap((option) => (option.startsWith('--') ? option.split(' ') : ['-o', `ovs.bridge.${option}`])), name]
}

/**
 * For a file about the driver: starts Docker and Open vSwitch, and after each test removes what it has made, ends its drivers, and looks whether
 * something is left.
 */
export function useWorld({ outside = false, furnish }: WorldOptions = {}): World {
  const world = new World()
  let before: Machine | undefined
  beforeAll(async () => {
    if (reason !== undefined) return
    await Promise.all([world.docker.begin(), world.ovs.begin()])
    if (outside) await world.outside.begin()
    await furnish?.(world)
    before = await machine(world.docker)
  })
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason)
  })
  afterEach(async () => {
    if (before === undefined) return
    await world.clear()
    await expectNothingLeft(world.docker, before)
  })
  return world
}
