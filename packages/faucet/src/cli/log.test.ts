import { expect, it } from 'vitest'
import { Log, logLine } from './log.js'

it("writes lines in Faucet's format", () => {
  const time = new Date(2026, 10, 1, 4, 5, 6).getTime() / 1000
  expect(logLine(time, 'faucet', 'INFO', 'version 1')).toBe('Nov 01 04:05:06 faucet INFO     version 1\n')
  expect(logLine(time, 'faucet.valve', 'CRITICAL', 'down')).toBe('Nov 01 04:05:06 faucet.valve CRITICAL down\n')
  expect(logLine(time, 'gauge', 'ERROR', 'x')).toBe('Nov 01 04:05:06 gauge  ERROR    x\n')
})

it('writes what is important enough, together, everywhere', () => {
  const written: string[][] = [[], []]
  const broken = () => {
    throw new Error('the disk is full')
  }
  const log = new Log([(text) => written[0]?.push(text), broken, (text) => written[1]?.push(text)], 'WARNING')
  log.write('faucet', 'INFO', 'no')
  log.write('faucet', 'WARNING', 'one')
  log.write('faucet', 'ERROR', 'two')
  log.flush()
  log.flush()
  expect(written.map((all) => all.map((text) => text.replace(/^.{16}/gm, '')))).toEqual([
    ['faucet WARNING  one\nfaucet ERROR    two\n'], ['faucet WARNING  one\nfaucet ERROR    two\n'],
  ])
})
