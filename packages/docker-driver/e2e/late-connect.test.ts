import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { DockerNetworkDriver, type Network } from '../dist/index.js'
import { busybox, Docker, dockerSocket } from './world/docker.js'
import { OpenVswitch } from './world/ovs.js'
import { until, whyNotHere } from './world/program.js'

// The MAC address that Docker shows is the one that is used, also of a container that runs and is connected to one more network.
const reason = whyNotHere()
const label = ['--label', 'dovesnap.faucet.mac_prefix=0e:99']
let docker: Docker
let ovs: OpenVswitch
let driver: DockerNetworkDriver
let log: string[] = []

const begin = (): Promise<DockerNetworkDriver> => DockerNetworkDriver.start({ docker: dockerSocket, onLog: ({ level, text }) => log.push(`${level}: ${text}`) })

async function create(name: string, ...options: string[]): Promise<void> {
  await docker.cli('network', 'create', '-d', 'dovesnap', '--internal', '-o', 'ovs.bridge.userspace=true', ...options, name)
  await until(() => network(name) !== undefined, `the driver knows that its network is called ${name}`)
}

const network = (name: string): Network | undefined => driver.networks().find((one) => one.name === name)

/** What the interface that was made last has, what Docker shows, and what the driver believes. */
async function addresses(container: string, on: string): Promise<readonly [used: string, shown: string, believed: string | undefined]> {
  const used = await docker.exec(container, 'sh', '-c', 'cat $(ls -d /sys/class/net/eth* | tail -n 1)/address')
  const shown = await docker.cli('inspect', '--format', `{{(index .NetworkSettings.Networks "${on}").MacAddress}}`, container)
  return [used, shown, [...(network(on)?.endpoints.values() ?? [])].find(({ joined }) => joined?.containerName === container)?.mac]
}

describe.skipIf(reason !== undefined)('the MAC address of a container', () => {
  beforeAll(async () => {
    ;[docker, ovs] = [new Docker(), new OpenVswitch()]
    await Promise.all([docker.begin(), ovs.begin()])
    driver = await begin()
    await create('first', '--subnet=10.8.0.0/24')
    await create('second', '--subnet=10.9.0.0/24')
    await create('leased', '--ipam-driver=null', '-o', 'ovs.bridge.dhcp=true')
  })
  afterAll(async () => {
    for (const { name } of driver.networks()) await docker.cli('network', 'rm', name)
    await driver.close()
    await Promise.all([docker.down(), ovs.down()])
  })
  afterEach(async () => {
    docker.resume()
    await docker.cli('rm', '--force', ...(await docker.cli('ps', '--all', '--quiet')).split('\n').filter(Boolean))
    log = []
  })

  it('has the prefix of its label when it is connected while it runs, and others have not', async () => {
    await docker.sleeper('plain', '--network', 'first')
    await docker.sleeper('labelled', '--network', 'first', ...label)
    // It could be meant too, as it waits on that network.
    await docker.cli('create', '--name', 'waiting', '--network', 'second', busybox, 'true')
    await docker.cli('network', 'connect', 'second', 'labelled')
    await docker.cli('network', 'connect', 'second', 'plain')
    const labelled = await addresses('labelled', 'second')
    expect(labelled[0]).toMatch(/^0e:99:/)
    expect(new Set(labelled).size).toBe(1)
    const plain = await addresses('plain', 'second')
    expect(plain[0]).not.toMatch(/^0e:99:/)
    expect(new Set(plain).size).toBe(1)
    await docker.cli('network', 'disconnect', 'second', 'labelled')
    await docker.cli('network', 'connect', 'second', 'labelled')
    expect(await addresses('labelled', 'second')).toEqual(labelled)
  })

  it('is the same each time, and shown, where addresses come by DHCP', async () => {
    await docker.sleeper('one', '--network', 'first')
    await docker.sleeper('two', '--network', 'first')
    await docker.cli('network', 'connect', 'leased', 'one')
    await docker.cli('network', 'connect', 'leased', 'two')
    const [one, two] = [await addresses('one', 'leased'), await addresses('two', 'leased')]
    expect([new Set(one).size, new Set(two).size]).toEqual([1, 1])
    expect(one[0]).not.toBe(two[0])
    await docker.cli('network', 'disconnect', 'leased', 'one')
    await docker.cli('network', 'connect', 'leased', 'one')
    expect(await addresses('one', 'leased')).toEqual(one)
  })

  it('is the one that was asked for, whatever a label says', async () => {
    await docker.sleeper('asked', '--network', 'first', '--mac-address', '02:00:00:00:00:99', ...label)
    expect(await addresses('asked', 'first')).toEqual(['02:00:00:00:00:99', '02:00:00:00:00:99', '02:00:00:00:00:99'])
    expect(log).toContainEqual(expect.stringMatching(/^warning: .*asked.*02:00:00:00:00:99.*0e:99/))
  })

  it('has the prefix of its label also when it was not known whose it is, and the driver was restarted before the container joins', async () => {
    // Docker does not say whose the endpoint is, and what it is answered it reads later: it still has to ask for the rest.
    const create = driver.createEndpoint.bind(driver)
    vi.spyOn(driver, 'createEndpoint').mockImplementationOnce((request, context) => {
      docker.pause()
      return create(request, context)
    })
    const started = docker.sleeper('late', '--network', 'second', ...label)
    await until(() => log.some((line) => line.includes('NetworkDriver.CreateEndpoint')), 'the endpoint is made')
    await until(async () => (await ovs.vsctl('--columns=external_ids', 'list', 'Interface')).includes('macUnclear'), 'that is written down')
    await driver.close()
    driver = await begin()
    const join = driver.join.bind(driver)
    vi.spyOn(driver, 'join').mockImplementationOnce(async (request, context) => {
      // It asks with every comparison, until it knows.
      await until(async () => {
        await driver.reconcile()
        return driver.statusContext.shortEngineId !== '000000'
      }, 'Docker answers the new driver')
      return join(request, context)
    })
    docker.resume()
    await started
    const [used, shown, believed] = await addresses('late', 'second')
    expect(used).toMatch(/^0e:99:/)
    expect(believed).toBe(used)
    expect(['', used]).toContain(shown)
    expect(log.join('\n')).not.toMatch(/joins before Docker can say|keeps the MAC address/)
  })

  it('is never another one than Docker shows, when several are started at once', async () => {
    const names = ['con1', 'con2', 'con3', 'con4']
    await Promise.all(names.map((name, index) => docker.sleeper(name, '--network', 'second', ...(index % 2 === 0 ? label : []))))
    for (const [index, name] of names.entries()) {
      const [used, shown, believed] = await addresses(name, 'second')
      expect(used.startsWith('0e:99:')).toBe(index % 2 === 0)
      expect(believed).toBe(used)
      // Docker may not have been told.
      expect(['', used]).toContain(shown)
    }
  })
})
