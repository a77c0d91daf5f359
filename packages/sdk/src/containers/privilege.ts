import { TestbedError } from '../errors.js'
import { isContainer, type TestbedModel } from '../topology/model.js'

/**
 * How containers are plugged into the switch: `direct`, without Docker knowing anything of the networks; `driver`, as containers on networks of Docker, of which the testbed is the driver. What
 * the hosts have of it is the same.
 */
export type WireOption = 'direct' | 'driver'

/**
 * Whether the containers of a model can be wired, before anything is touched.
 * @throws TestbedError `missing` without root, `invalid` for a way to wire that there is not
 */
export function checkContainers(model: TestbedModel, wire: WireOption, isRoot: boolean): void {
  const names = [...model.hosts.values()].filter(isContainer).map(({ name }) => name)
  if (wire !== 'direct' && wire !== 'driver') throw new TestbedError('invalid', `wire must be "direct" or "driver" (got ${JSON.stringify(wire)})`)
  if (isRoot) return
  if (names.length === 0) {
    if (wire === 'driver') throw new TestbedError('missing', 'networks of Docker (wire: "driver") need root, whose folder /run/docker/plugins is where Docker looks for their driver: run as root (sudo), or leave wire out')
    return
  }
  const [which, be] = names.length === 1 ? [`host "${names[0]}"`, 'a namespace host'] : [`hosts ${names.map((name) => `"${name}"`).join(', ')}`, 'namespace hosts']
  throw new TestbedError(
    'missing',
    `a testbed with containers needs root (${which}). Without root, access to Docker's socket is enough to start containers, run programs in them and read their logs and files ` +
      '(ContainerEngine of @streambed/docker-driver does that, also with podman and a rootless Docker), but not to plug cables into them: ' +
      "a container's network belongs to the machine or to the engine, and the testbed of an ordinary user is in a user namespace of its own, which has no rights over it. " +
      `Run as root (sudo), where the engine may be a rootless one too, or make ${which} ${be} by leaving the image out: those need no root`,
  )
}
