import { describe, expect, it } from 'vitest'
import { daemonFiles, ovsdbServerCommand, vswitchdCommand } from './command-lines.js'

describe('command lines of private daemons', () => {
  it('ovsdb-server serves its database on its unix socket only', () => {
    const { command, args } = ovsdbServerCommand({ runDir: '/r' })
    expect(command).toBe('ovsdb-server')
    expect(args.slice(-2)).toEqual(['--remote=punix:/r/db.sock', '/r/conf.db'])
    expect(args).toEqual(
      expect.arrayContaining([
        '--pidfile=/r/ovsdb-server.pid',
        '--unixctl=/r/ovsdb-server.ctl',
        '--log-file=/r/ovsdb-server.log',
      ]),
    )
  })

  it('ovs-vswitchd keeps to userspace and to its database', () => {
    const { command, args, env } = vswitchdCommand({
      runDir: '/r',
      extraArguments: ['--enable-dummy'],
      logLevel: 'warn',
    })
    expect(command).toBe('ovs-vswitchd')
    expect(args).toEqual(
      expect.arrayContaining(['--disable-system', '--enable-dummy', '-vfile:warn', '--unixctl=/r/ovs-vswitchd.ctl']),
    )
    expect(args.at(-1)).toBe('unix:/r/db.sock')
    expect(env).toMatchObject({ OVS_RUNDIR: '/r' })
  })

  it.each([ovsdbServerCommand, vswitchdCommand])(
    'stays in the foreground, out of memory locks and of places outside the directory: %o',
    (make) => {
      const { args, env } = make({ runDir: '/r' })
      const text = args.join(' ')
      expect(text).not.toMatch(/detach|monitor|mlockall|ssl|ptcp/)
      for (const path of [...args, ...Object.values(env)].flatMap((arg) => /[=:]?(\/.*)$/.exec(arg)?.[1] ?? []))
        expect(path).toMatch(/^\/r/)
    },
  )

  it('daemonFiles names every file', () => {
    expect(daemonFiles('/r')).toMatchObject({
      database: '/r/conf.db',
      databaseSocket: '/r/db.sock',
      vswitchd: { logFile: '/r/ovs-vswitchd.log' },
    })
  })
})
