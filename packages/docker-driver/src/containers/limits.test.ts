import { expect, it } from 'vitest'
import { checkLimits, limitsOf } from './limits.js'

const all = { CpuCfsQuota: true, CPUSet: true, MemoryLimit: true, PidsLimit: true }

it('are what the engine says, but for a rootless one with control groups of version 1', () => {
  expect(limitsOf({ ...all, CgroupVersion: '1' }, false)).toEqual(['cpus', 'cpuset', 'memory', 'pids'])
  expect(limitsOf({ ...all, CgroupVersion: '2' }, true)).toEqual(['cpus', 'cpuset', 'memory', 'pids'])
  expect(limitsOf({ ...all, CgroupVersion: '1' }, true)).toEqual([])
  expect(limitsOf({ ...all, MemoryLimit: false, CPUSet: false }, false)).toEqual(['cpus', 'pids'])
  expect(limitsOf({}, false)).toEqual(['cpus', 'cpuset', 'memory', 'pids'])
})

it('are refused when they could not be kept', () => {
  const engine = { limits: ['cpus'], rootless: true, endpoint: 'unix:///run/user/7/docker.sock' } as const
  expect(() => checkLimits({ cpus: 1, memory: 2 ** 26, pids: 9 }, engine)).toThrow(expect.objectContaining({ code: 'missing', message: expect.stringMatching(/^resources.memory, resources.pids cannot be kept: the rootless engine at unix:\/\/\/run\/user\/7\/docker.sock .*leave them out/) }))
  expect(() => checkLimits({ memorySwap: 2 ** 26 }, { ...engine, rootless: false })).toThrow(/resources.memory cannot be kept: the engine .*cgroup_enable=memory/)
  checkLimits({ cpus: 1, shmSize: 2 ** 20 }, engine)
  checkLimits(undefined, engine)
})
