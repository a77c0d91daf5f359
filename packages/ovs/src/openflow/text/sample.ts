import type { Action, SampleDirection } from '../action/index.js'
import { OFPP } from '../constants.js'
import { keyValues, type Piece } from './piece.js'
import { printPort } from './port.js'

type Sample = Extract<Action, { readonly type: 'nx_sample' | 'nx_sample2' | 'nx_sample3' }>

/** `sample(probability=100,collector_set_id=1,obs_domain_id=2,obs_point_id=3,sampling_port=1,egress)` */
export function printSample(action: Sample): string {
  const parts = [
    `probability=${action.probability}`,
    `collector_set_id=${action.collectorSetId}`,
    `obs_domain_id=${action.obsDomainId}`,
    `obs_point_id=${action.obsPointId}`,
  ]
  if (action.type !== 'nx_sample') {
    if (action.samplingPort !== OFPP.ANY) parts.push(`sampling_port=${printPort(action.samplingPort)}`)
    if (action.type === 'nx_sample3' && action.direction !== 'default') parts.push(String(action.direction))
  }
  return `sample(${parts.join(',')})`
}

/** `sample(probability=N,…)`: the shortest of the three actions that says it. */
export function parseSample(piece: Piece): Action[] {
  const common = { probability: 0, collectorSetId: 0, obsDomainId: 0, obsPointId: 0 }
  let samplingPort: number = OFPP.ANY
  let direction: SampleDirection = 'default'
  for (const { key, value } of keyValues(piece)) {
    const name = key.text
    if (name === 'probability') common.probability = value.number(2, name)
    else if (name === 'collector_set_id') common.collectorSetId = value.number(4, name)
    else if (name === 'obs_domain_id') common.obsDomainId = value.number(4, name)
    else if (name === 'obs_point_id') common.obsPointId = value.number(4, name)
    else if (name === 'sampling_port') samplingPort = value.port()
    else if (name === 'ingress' || name === 'egress') direction = name
    else {
      const right = 'probability, collector_set_id, obs_domain_id, obs_point_id, sampling_port, ingress and egress'
      throw key.error(`sample has ${right}, not ${name}`)
    }
  }
  if (common.probability === 0) throw piece.error('sample needs a probability from 1 to 65535')
  if (direction !== 'default') return [{ type: 'nx_sample3', ...common, samplingPort, direction }]
  if (samplingPort !== OFPP.ANY) return [{ type: 'nx_sample2', ...common, samplingPort, direction }]
  return [{ type: 'nx_sample', ...common }]
}
