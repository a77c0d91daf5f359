// Measures an experiment: ours, the peer, ours, the peer, and so on, in one run, so that whatever else the machine does
// meanwhile hits both alike.
import { idle } from './settle.mjs'
import { ratios, summary } from './statistics.mjs'

/**
 * @param experiment see figures.mjs
 * @param figures those of its figures that are wanted
 * @param runs how often each side is measured, after one time each that is not counted
 * @param report is told what is done and what came out, in words: of a run that is interrupted that is all there is
 * @param warmUp whether that one time comes first
 */
export async function measure(experiment, figures, runs, report, warmUp = true) {
  const ours = []
  const peer = []
  const setting = await experiment.open()
  try {
    for (let run = warmUp ? 0 : 1; run <= runs; run++) {
      const which = run === 0 ? 'warm-up' : `run ${run} of ${runs}`
      for (const [side, results] of [['ours', ours], ['peer', peer]]) {
        await idle()
        const what = `${experiment.title}: ${which}, ${side === 'ours' ? 'ours' : experiment.peerName}`
        report(what)
        const result = await setting[side](figures.map(({ part }) => part))
        report(`${what}: ${figures.map(({ name, part, unit }) => `${name} ${Number(result[part].toPrecision(4))} ${unit}`).join(', ')}`)
        if (run > 0) results.push(result)
      }
    }
  } finally {
    await setting.close()
  }
  return { figures: figures.map((figure) => result(figure, experiment, ours, peer)), notes: experiment.notes?.(ours, peer) ?? [] }
}

function result({ name, unit, part, target, peerName: ownPeer }, { peerName }, ours, peer) {
  const samples = { ours: ours.map((one) => one[part]), peer: peer.map((one) => one[part]) }
  const figure = {
    name,
    unit,
    ours: summary(samples.ours),
    peer: summary(samples.peer),
    peerName: ownPeer ?? peerName,
    ratio: summary(ratios(samples.ours, samples.peer)),
    ratioIs: 'peer / ours',
    runs: samples.ours.length,
    samples,
  }
  return target === undefined ? figure : { ...figure, target: target.text, reached: target.reached(figure) }
}
