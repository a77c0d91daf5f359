import type { DriverLog } from '../driver/context.js'
import type { FlagValues } from './flags.js'

const order = ['debug', 'info', 'warning', 'error'] as const

/** A line for each record that the flags want to see: the time, the level, the words. Nothing else ever makes two lines of one. */
export function logger({ trace, debug }: Pick<FlagValues, 'trace' | 'debug'>, write: (line: string) => void, now: () => Date = () => new Date()): (record: DriverLog) => void {
  const least = order.indexOf(trace || debug ? 'debug' : 'info')
  return ({ level, text }) => {
    if (order.indexOf(level) >= least) write(`${now().toISOString()} ${level} ${text.replace(/\s*\n\s*/g, ' | ')}\n`)
  }
}
