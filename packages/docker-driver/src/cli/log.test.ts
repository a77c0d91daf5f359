import { expect, it } from 'vitest'
import { logger } from './log.js'

const at = () => new Date(0)

function lines(flags: { trace: boolean; debug: boolean }): string[] {
  const written: string[] = []
  const log = logger(flags, (line) => written.push(line), at)
  for (const level of ['debug', 'info', 'warning', 'error'] as const) log({ level, text: `one\n  two ${level}` })
  return written
}

it('writes one line for each record, and those of calls only when asked to', () => {
  expect(lines({ trace: false, debug: false })).toEqual(['info', 'warning', 'error'].map((level) => `1970-01-01T00:00:00.000Z ${level} one | two ${level}\n`))
  for (const flags of [{ trace: true, debug: false }, { trace: false, debug: true }]) expect(lines(flags)).toHaveLength(4)
})
