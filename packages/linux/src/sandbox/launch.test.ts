import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { launchFailure, outerCommand, preludeScript, sandboxCommand } from './launch.js'

describe('preludeScript', () => {
  it('is a text that a POSIX shell understands, with any number of services', () => {
    for (let count = 0; count < 4; count++) {
      const services = Array.from({ length: count }, (_, i) => ({ name: `it's ${i}`, argv: ['a', "b'c", '$(d)', ';'], pidFile: '/run/x', logFile: '/run/y' }))
      const script = preludeScript({ services, directories: ['/run/a b'], files: { "/run/it's": "a'b\n$c" } }, '/usr/bin/no de', '/agent')
      execFileSync('sh', ['-n', '-c', script])
      // Neither the agent's channel nor the machine's /proc is for services.
      expect(script.includes('3>&- 4<&-')).toBe(count > 0)
      expect(script).toContain(`exec '/usr/bin/no de' --max-semi-space-size=1 '/agent'`)
    }
  })
})

describe('sandboxCommand', () => {
  it('makes a user namespace only for ordinary users', () => {
    expect(sandboxCommand('root', 'x').join(' ')).not.toContain('--user')
    expect(sandboxCommand('user-namespace', 'x').join(' ')).toMatch(/unshare --user --map-root-user \S*setpriv --pdeathsig KILL/)
    expect(sandboxCommand('root', 'the script').slice(-2)).toEqual(['-c', 'the script'])
  })

  it("makes no namespace for an agent among the machine's processes, which is told when its owner dies", () => {
    expect(outerCommand('/usr/bin/node', '/agent').join(' ')).toMatch(/^\S*setpriv --pdeathsig TERM \/usr\/bin\/node --max-semi-space-size=1 \/agent$/)
  })
})

describe('launchFailure', () => {
  it.each([
    'unshare: unshare failed: Operation not permitted',
    'unshare: unshare failed: No space left on device',
    'unshare: write failed /proc/self/uid_map: Operation not permitted',
    'unshare: cannot open /proc/self/setgroups: Permission denied',
  ])('says what to do about %j', (text) => {
    expect(launchFailure('user-namespace', 'exit code 1', text)).toMatchObject({ code: 'forbidden', message: expect.stringMatching(/user\.max_user_namespaces.*apparmor/s) as string })
    expect(launchFailure('root', 'exit code 1', text)).toMatchObject({ code: 'forbidden', message: expect.stringContaining('--privileged') as string })
  })

  it('quotes anything else', () => {
    expect(launchFailure('root', 'exit code 9', ' mount: no\n')).toMatchObject({ code: 'closed', message: 'the sandbox did not start (exit code 9): mount: no' })
    expect(launchFailure('root', 'killed by SIGKILL', '')).toMatchObject({ message: 'the sandbox did not start (killed by SIGKILL)' })
  })
})
