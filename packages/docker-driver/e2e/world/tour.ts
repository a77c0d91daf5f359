import { expect } from 'vitest'
import { busybox } from './busybox.js'

/** The program that does it, in the checkout; it takes the engine, the image, and what to do when that is not everything. */
export const tourProgram = 'packages/docker-driver/e2e/engine-tour.mjs'

/** For one that hangs: what takes ten seconds takes a minute on a machine that has much else to do. */
export const tourMs = 180_000

/** What every engine does alike, by the steps of the program. */
const everywhere: Readonly<Record<string, unknown>> = {
  made: {
    said: '1-a b\n/tmp\nevery\n0\nfrom outside\n1\n123456\n/memory\n/volume',
    readOnly: expect.stringContaining('Read-only'),
    dropped: expect.stringContaining('not permitted'),
    added: 0,
    interfaces: '1',
    localhost: expect.stringMatching(/^[12]$/),
    state: { status: 'running', running: true, mine: 'yes', owner: true, networks: [] },
  },
  exec: {
    stdout: 'hello', stderr: 'err\n', code: 3, user: '7\n', environment: '1 3\n/volume\n', missing: 'not-found', timeout: 'timeout', left: false, big: 3072000,
    // podman answers with one exit code for both.
    missingFolder: expect.stringMatching(/^(invalid|not-found)$/),
  },
  spawn: { got: 'got this\n', exited: { code: 3, signal: null }, killed: true, loop: { code: null, signal: 'SIGKILL' }, left: false, missing: 'not-found' },
  logs: { lines: ['stderr two', 'stdout one', 'stdout three'], followed: ['three'] },
  files: {
    text: 'text', link: 'b', memory: 'in memory', tool: 'it runs\n', missing: 'not-found', folder: 'invalid',
    files: [' folder 755', 'a folder 755', 'a/b file 644', 'deep folder 755', 'deep/file file 600', 'link symlink ', 'tool file 755'],
  },
  readiness: {
    waited: true,
    late: 'not-ready',
    http: true,
    ended: { code: 'not-ready', message: expect.stringMatching(/ended with exit code 3.*this is why$/s) },
    noProgram: { code: 'not-found', message: expect.stringContaining('has no such program') },
    noImage: { code: 'not-found', message: expect.stringContaining('there is no image "localhost/nothing:1"') },
  },
  life: { statuses: ['created', 'running', 'exited'], early: 'conflict', again: true, code: 7, exitCode: 7, killed: 'conflict', killCode: 137, gone: 'not-found', ended: true, happened: ['start', 'die', 'destroy'] },
  limits: { limited: true },
  pause: { status: 'paused', after: 'running' },
  adopt: { same: true, owned: false, name: 'everything', taken: { code: 'conflict', message: expect.stringContaining('there is a container "everything" already') }, nobody: 'not-found' },
  parallel: { count: 4 },
  reaper: { there: true, gone: 'not-found' },
  abandoned: { there: true, gone: 'not-found', removed: 1 },
  closed: { gone: 'not-found' },
}

/** What cannot be done where the network of a container cannot be entered: by an ordinary user, or on another machine. */
export const unreachable = {
  readiness: { ...(everywhere['readiness'] as object), http: expect.stringContaining('its network can only be entered as root beside a local Docker. Publish the port, or use port or command') },
}

/**
 * What a rootless engine cannot do beside that. Groups of version 1 cannot be given to a user; with version 2 it depends on the machine's service manager, which may be none, as in these tests: then
 * limits and freezing are possible, or refused.
 */
export const rootless = {
  ...unreachable,
  limits: expect.toSatisfy((fact: { readonly limited?: boolean; readonly code?: string; readonly message?: string }) => fact.limited === true || (fact.code === 'missing' && /^resources.pids cannot be kept: the rootless engine at .*leave them out/.test(fact.message ?? ''))),
  pause: expect.toSatisfy((fact: { readonly status?: string; readonly error?: string; readonly message?: string }) => fact.status === 'paused' || (fact.error === 'docker' && /cannot pause container "everything": .*cgroup/i.test(fact.message ?? ''))),
}

/** What an ordinary user's engine is asked for: all but what costs most and has nothing to do with who it belongs to. */
export const usersSteps = Object.keys(everywhere).filter((step) => step !== 'parallel' && step !== 'abandoned')

/** Takes an engine on the tour, and says whether everything came as it has to. `run` runs the program of the tour with its arguments; `steps`: some only. */
export async function tour(run: (...args: string[]) => Promise<string>, endpoint: string, { info, other = {}, steps }: { readonly info: object; readonly other?: object; readonly steps?: readonly string[] }): Promise<void> {
  const facts = JSON.parse(await run(endpoint, busybox, ...(steps === undefined ? [] : [['info', ...steps].join(',')]))) as Record<string, unknown>
  const expected = Object.fromEntries(Object.entries({ ...everywhere, ...other }).filter(([step]) => steps?.includes(step) !== false))
  expect(facts).toEqual({ info: expect.objectContaining(info), ...expected })
}
