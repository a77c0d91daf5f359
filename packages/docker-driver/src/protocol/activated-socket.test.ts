import { describe, expect, it } from 'vitest'
import { checkActivatedSocket, isOpen, parseUnixSockets, takeActivatedSocket, type SocketLookup } from './activated-socket.js'

const path = '/run/docker/plugins/lab.sock'
const unixSockets = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01  1001 ${path}
0000000000000000: 00000002 00000000 00010000 0001 01  1002 /run/a b.sock
0000000000000000: 00000003 00000000 00000000 0001 03  1003
0000000000000000: 00000002 00000000 00000000 0002 01  1004 /run/systemd/notify
0000000000000000: 00000002 00000000 00010000 0001 01  1005 /var/run/docker/plugins/lab.sock
`

/** A system in which descriptors from 3 on are the sockets with these inodes. */
function lookup(...inodes: readonly number[]): SocketLookup {
  return {
    inode: (descriptor) => {
      const inode = inodes[descriptor - 3]
      if (inode === undefined) throw new Error('EBADF')
      return inode
    },
    unixSockets: () => unixSockets,
    file: () => undefined,
  }
}

describe('takeActivatedSocket', () => {
  it('finds the socket, and keeps the variables from children', () => {
    const env = { LISTEN_PID: '42', LISTEN_FDS: '1', LISTEN_FDNAMES: 'lab.socket', HOME: '/root' }
    expect(takeActivatedSocket(env, 42, lookup(1001))).toEqual({ descriptor: 3, path, inode: 1001 })
    expect(env).toEqual({ HOME: '/root' })
  })

  it.each([[{}], [{ LISTEN_PID: '41', LISTEN_FDS: '1' }], [{ LISTEN_PID: '42' }], [{ LISTEN_PID: '42', LISTEN_FDS: '0' }]])('has nothing by %j', (env) => {
    expect(takeActivatedSocket({ ...env }, 42, lookup(1001))).toBeUndefined()
  })

  it.each<[NodeJS.ProcessEnv, readonly number[], RegExp]>([
    [{ LISTEN_PID: 'me', LISTEN_FDS: '1' }, [1001], /LISTEN_PID must be a whole number.*"me"/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '-1' }, [1001], /LISTEN_FDS must be a whole number.*"-1"/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '4000000000' }, [1001], /LISTEN_FDS must be .* 1024 at most/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '1' }, [], /descriptor 3 over, which is not open: unset/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '1', LISTEN_FDNAMES: 'web' }, [1003], /descriptor 3 \(web\), which is no listening unix socket: .*ListenStream=/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '1' }, [1004], /no listening unix socket/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '1' }, [99], /no listening unix socket/],
    [{ LISTEN_PID: '42', LISTEN_FDS: '2' }, [1001, 1002], /lab\.sock and \/run\/a b\.sock, but a driver has one socket/],
  ])('refuses %j with a sentence', (env, inodes, words) => {
    expect(() => takeActivatedSocket({ ...env }, 42, lookup(...inodes))).toThrow(words)
  })
})

describe('checkActivatedSocket', () => {
  const file = (mode = 0o140600) => ({ file: (name: string) => (name.endsWith('/plugins/lab.sock') ? { dev: 1, ino: 7, mode } : undefined) })
  const socket = (path: string) => ({ descriptor: 3, path, inode: 1001 })

  it('takes the one at the path, in whatever spelling', () => {
    checkActivatedSocket(socket(path), path, file())
    checkActivatedSocket(socket('/var/run/docker/plugins/lab.sock'), path, file())
  })

  it('refuses another one', () => {
    expect(() => checkActivatedSocket(socket('/run/a b.sock'), path, file())).toThrow(/the socket \/run\/a b\.sock, .* ListenStream=\/run\/docker/)
  })

  it('refuses one that others may write to', () => {
    expect(() => checkActivatedSocket(socket(path), path, file(0o140666))).toThrow(/\(666\).*SocketMode=0600/)
    expect(() => checkActivatedSocket(socket(path), path, file(0o140660))).toThrow(/SocketMode/)
  })

  it('refuses one whose file is gone', () => {
    expect(() => checkActivatedSocket(socket(path), path, { file: () => undefined })).toThrow(/removed/)
  })
})

describe('isOpen', () => {
  it('is so while the descriptor is that socket', () => {
    expect(isOpen({ descriptor: 3, path, inode: 1001 }, lookup(1001))).toBe(true)
    expect(isOpen({ descriptor: 3, path, inode: 1001 }, lookup(1002))).toBe(false)
    expect(isOpen({ descriptor: 3, path, inode: 1001 }, lookup())).toBe(false)
  })
})

describe('parseUnixSockets', () => {
  it('knows who listens, and where', () => {
    const sockets = parseUnixSockets(unixSockets)
    expect([...sockets.keys()]).toEqual([1001, 1002, 1003, 1005])
    expect(sockets.get(1003)).toEqual({ path: undefined, listens: false })
    expect(sockets.get(1002)).toEqual({ path: '/run/a b.sock', listens: true })
  })
})
