import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const program = `
  import { Testbed } from '@streambed/sdk'
  try {
    const testbed = await Testbed.start({ networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } }, { privilege: process.env.PRIVILEGE })
    console.log('started')
    await testbed.close()
  } catch (error) {
    console.log(JSON.stringify({ name: error.name, code: error.code, message: error.message }))
  }`

function run(wrapper: readonly string[], env: Readonly<Record<string, string>> = {}): { code: string; message: string } {
  const [file = '', ...args] = [...wrapper, process.execPath, '--input-type=module', '-e', program]
  const { stdout, stderr } = spawnSync(file, args, { cwd: import.meta.dirname, encoding: 'utf8', env: { ...process.env, ...env }, timeout: 30_000 })
  if (!stdout.startsWith('{')) throw new Error(`no error was reported: ${stdout}${stderr}`)
  return JSON.parse(stdout) as { code: string; message: string }
}

/** A shell in a mount namespace of its own, in which the machine can be spoilt without harm. */
const spoilt = (change: string): string[] => [
  'unshare',
  ...(process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  '--mount',
  'sh',
  '-c',
  `${change}; exec "$@"`,
  'sh',
]

describe('on a machine where something is missing, the error says what to do', () => {
  it.each([
    ['ovs-vswitchd', 'openvswitch-switch'],
    ['ovsdb-server', 'openvswitch-switch'],
    ['unshare', 'util-linux'],
    ['setpriv', 'util-linux'],
  ])('%s', (missing, debianPackage) => {
    const hide = `for f in /usr/sbin /usr/bin; do [ -e $f/${missing} ] && mount --bind /dev/null $f/${missing}; done; true`
    const { code, message } = run(spoilt(hide))
    expect(code).toBe('missing')
    expect(message).toContain(`"${missing}" is not installed`)
    expect(message).toContain(`apt-get install ${debianPackage}`)
  })

  it('/dev/net/tun does not exist', () => {
    const { code, message } = run(spoilt('mount -t tmpfs none /dev/net'))
    expect([code, message]).toEqual(['missing', expect.stringMatching(/no \/dev\/net\/tun.*mknod \/dev\/net\/tun c 10 200/) as string])
  })

  it('user namespaces are forbidden', () => {
    // The limit belongs to a user namespace: inside a new one it can be set to zero without touching the machine.
    const wrapper = ['unshare', '--user', '--map-root-user', 'sh', '-c', 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', 'sh']
    const { code, message } = run(wrapper, { PRIVILEGE: 'user-namespace' })
    expect(code).toBe('missing')
    expect(message).toMatch(/does not let ordinary users make user namespaces.*user\.max_user_namespaces.*kernel\.unprivileged_userns_clone/s)
  })
})
