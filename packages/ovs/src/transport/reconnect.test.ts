import { describe, expect, it } from 'vitest'
import { Reconnect, type ReconnectOptions } from './reconnect.js'

function started(options: ReconnectOptions = {}): Reconnect {
  const fsm = new Reconnect(0, options)
  fsm.enable(0)
  // Input is pushed to it, so that silence always counts.
  fsm.receiveAttempted(Infinity)
  return fsm
}

/** Fails to connect at once, and returns how long the wait is. */
function fail(fsm: Reconnect, now: number): number {
  expect(fsm.run(now)).toBe('connect')
  fsm.connecting(now)
  fsm.connectFailed(now)
  return (fsm.deadline(now) ?? NaN) - now
}

describe('Reconnect', () => {
  it('wants nothing until it is enabled, and nothing after it is disabled', () => {
    const fsm = new Reconnect(0)
    expect([fsm.state, fsm.deadline(5), fsm.run(5)]).toEqual(['void', undefined, undefined])
    fsm.enable(5)
    expect(fsm.run(5)).toBe('connect')
    fsm.disable(6)
    expect([fsm.state, fsm.deadline(7)]).toEqual(['void', undefined])
  })

  it('doubles its backoff up to the greatest', () => {
    const fsm = started({ minBackoff: 100, maxBackoff: 500 })
    const waits: number[] = []
    for (let now = 0; waits.length < 5; now += waits.at(-1) as number) waits.push(fail(fsm, now))
    expect(waits).toEqual([100, 200, 400, 500, 500])
  })

  it('gives an attempt a second, or as long as the backoff', () => {
    const fsm = started()
    fsm.connecting(0)
    expect([fsm.run(999), fsm.run(1000)]).toEqual([undefined, 'disconnect'])
    fsm.connectFailed(1000)
    fsm.connecting(2000)
    fsm.connectFailed(2000)
    fsm.connecting(4000)
    expect(fsm.deadline(4000)).toBe(6000)
  })

  it('probes after silence, and gives up after as much again', () => {
    const fsm = started({ probeInterval: 10 })
    fsm.connected(0)
    fsm.activity(7)
    expect([fsm.deadline(8), fsm.run(16), fsm.run(17), fsm.state]).toEqual([17, undefined, 'probe', 'idle'])
    fsm.activity(20)
    expect([fsm.state, fsm.run(29), fsm.run(30), fsm.run(39), fsm.run(40)]).toEqual([
      'active',
      undefined,
      'probe',
      undefined,
      'disconnect',
    ])
  })

  it('does not probe when told so', () => {
    const fsm = started({ probeInterval: 0 })
    fsm.connected(0)
    expect(fsm.deadline(1e9)).toBeUndefined()
  })

  it('counts silence only up to the latest look for input', () => {
    const fsm = new Reconnect(0, { probeInterval: 10 })
    fsm.enable(0)
    fsm.connected(0)
    expect([fsm.deadline(15), fsm.run(15)]).toEqual([16, undefined])
    fsm.receiveAttempted(15)
    expect(fsm.run(15)).toBe('probe')
  })

  it.each([
    ['a connection that was of use for longer than the wait resets it', 200, 100],
    ['one that was not doubles it', 50, 200],
  ])('%s', (_what, usefulFor, wait) => {
    const fsm = started({ minBackoff: 100 })
    fail(fsm, 0)
    fsm.connected(100)
    fsm.activity(100 + usefulFor)
    fsm.disconnected(400)
    expect(fsm.deadline(400)).toBe(400 + wait)
  })

  it('tries every remote before it waits, and keeps its backoff meanwhile', () => {
    const fsm = started({ minBackoff: 100, freeTries: 3 })
    expect([fail(fsm, 0), fail(fsm, 0), fail(fsm, 0)]).toEqual([0, 0, 100])
    fsm.setFreeTries(3)
    expect([fail(fsm, 100), fail(fsm, 100), fail(fsm, 100)]).toEqual([0, 0, 200])
  })

  it('spreads the waits as its owner likes', () => {
    const fsm = started({ minBackoff: 100, spread: (backoff) => backoff / 4 })
    expect([fail(fsm, 0), fail(fsm, 25), fsm.backoff, fsm.wait]).toEqual([25, 50, 200, 50])
  })

  it('gives up after its last try', () => {
    const fsm = started({ maxTries: 2 })
    expect(fail(fsm, 0)).toBe(1000)
    fsm.connected(1000)
    fsm.disconnected(2000)
    expect([fsm.state, fsm.triesLeft]).toEqual(['void', 0])
    fsm.enable(3000)
    expect(fsm.state).toBe('void')
    expect(new Reconnect(0, { maxTries: 0 }).run(0)).toBeUndefined()
  })

  it('listens for ever, without a wait after a connection, with one after an error', () => {
    const fsm = started({ passive: true })
    expect(fsm.run(0)).toBe('connect')
    fsm.listening(0)
    expect(fsm.deadline(1e9)).toBeUndefined()
    fsm.connected(10)
    fsm.disconnected(20)
    expect(fsm.run(20)).toBe('connect')
    fsm.listening(20)
    fsm.listenError(30)
    expect(fsm.deadline(30)).toBe(1030)
  })

  it('replaces a connection when asked', () => {
    const fsm = started()
    fsm.connected(0)
    fsm.forceReconnect(5)
    expect([fsm.state, fsm.isConnected, fsm.run(5)]).toEqual(['reconnect', false, 'disconnect'])
    fsm.disconnected(5)
    expect(fsm.state).toBe('backoff')
  })

  it('keeps statistics', () => {
    const fsm = started()
    fail(fsm, 0)
    fsm.connected(1000)
    fsm.activity(1500)
    expect(fsm.statistics(2000)).toEqual({
      createdAt: 0,
      state: 'active',
      stateElapsed: 1000,
      backoff: 1000,
      lastActivity: 1500,
      lastConnected: 1000,
      lastDisconnected: undefined,
      totalConnected: 1000,
      attempts: 2,
      successes: 1,
      seqno: 1,
    })
    fsm.disconnected(2500)
    expect(fsm.statistics(3000)).toMatchObject({ lastDisconnected: 2500, totalConnected: 1500, seqno: 2 })
  })
})
