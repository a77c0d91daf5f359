// Measures the figures with the given names.
import { Advice } from '../scripts/run.mjs'
import { experiments } from './figures.mjs'
import { measure } from './measure.mjs'
import { closeAll } from './ours.mjs'
import { killAll } from './sandbox.mjs'
import { select } from './select.mjs'
import { table } from './table.mjs'

/** Leaves nothing on the machine, also when interrupted; then it ends this process. */
export async function bench({ names, runs, warmUp, report }) {
  const chosen = select(experiments, names, (unknown, known) => {
    throw new Advice(`There is no figure ${unknown.join(', ')}. A name or the beginning of one, up to a dot:\n  ${known.join('\n  ')}`)
  })
  const clean = () => Promise.allSettled([killAll(), closeAll()])
  let interrupted = false
  const interrupt = (signal) => {
    interrupted = true
    report(`${signal}: cleaning up`)
    void clean().then(() => process.exit(130))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.once(signal, interrupt)
  const figures = []
  const remarks = []
  let failed = false
  try {
    for (const { experiment, figures: wanted } of chosen) {
      try {
        const measured = await measure(experiment, wanted, runs, report, warmUp)
        figures.push(...measured.figures)
        remarks.push(...measured.notes.map((note) => `${experiment.title}, beside ${experiment.peerName}: ${note}.`))
      } catch (error) {
        // What is cleaned up under it fails; the clean-up ends this process.
        if (interrupted) await new Promise(() => undefined)
        failed = true
        remarks.push(`${wanted.map(({ name }) => name).join(', ')}: FAILED: ${error.stack ?? error}`)
      }
    }
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
    await clean()
  }
  return { figures, failed, text: [...(figures.length > 0 ? [table(figures)] : []), ...remarks].join('\n') }
}
