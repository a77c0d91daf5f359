import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { InactivityProbe } from './inactivity-probe.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function probe() {
  const state = { reading: true }
  const onProbe = vi.fn()
  const onSilence = vi.fn()
  return { state, onProbe, onSilence, probe: new InactivityProbe({ interval: 5000, isReading: () => state.reading, onProbe, onSilence }) }
}

describe('InactivityProbe', () => {
  it('probes after silence, and gives up after as much again', () => {
    const { onProbe, onSilence } = probe()
    vi.advanceTimersByTime(4999)
    expect(onProbe).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2)
    expect(onProbe).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(4990)
    expect(onSilence).not.toHaveBeenCalled()
    vi.advanceTimersByTime(20)
    expect(onSilence.mock.calls).toEqual([[5000]])
    vi.advanceTimersByTime(60_000)
    expect(onSilence).toHaveBeenCalledTimes(1)
  })

  it('is content with anything that is heard', () => {
    const { onProbe, onSilence, probe: it } = probe()
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(4000)
      it.heard()
    }
    expect(onProbe).not.toHaveBeenCalled()
    vi.advanceTimersByTime(6000)
    it.heard()
    vi.advanceTimersByTime(4900)
    expect(onProbe).toHaveBeenCalledTimes(1)
    expect(onSilence).not.toHaveBeenCalled()
    it.stop()
    vi.advanceTimersByTime(60_000)
    expect(onProbe).toHaveBeenCalledTimes(1)
  })

  it('looks at what has arrived before it gives up, however late its timer is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const { onProbe, onSilence, probe: it } = probe()
    vi.advanceTimersByTime(5001)
    await turn()
    expect(onProbe).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(60_000)
    // Read in the same round of the event loop, after the timers.
    it.heard()
    await turn()
    expect(onSilence).not.toHaveBeenCalled()
  })

  it('does not blame the other side while its owner does not read', () => {
    const { state, onProbe, onSilence } = probe()
    state.reading = false
    vi.advanceTimersByTime(60_000)
    expect(onProbe).not.toHaveBeenCalled()
    expect(onSilence).not.toHaveBeenCalled()
    state.reading = true
    vi.advanceTimersByTime(200)
    expect(onProbe).toHaveBeenCalledTimes(1)
  })
})
