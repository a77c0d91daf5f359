import { matchProblem } from './acl-match.js'
import type { Checker } from './checker.js'
import type { MeterDraft } from './draft.js'
import { Options } from './option.js'
import { meterOptions } from './options.js'
import { display, entryOf, get, pathKey, truthy, type ConfigEntry } from './value.js'

/** Checks a meter (OpenFlow 1.3.5 §5.7). Flags and kinds of band that Faucet does not know it passes over. */
export function checkMeter(checker: Checker, entry: ConfigEntry): MeterDraft {
  const path = ['meters', pathKey(entry.key)]
  const options = new Options(checker, entry.value, path, meterOptions)
  if (options.get('meter_id')) options.limits(checker, 'meter_id')
  else checker.fail([...path, 'meter_id'], entry.value, 'meter_id is missing', '0 to 4294901760')
  const body = options.get('entry')
  const flags = body?.kind === 'map' ? get(body, 'flags') : undefined
  const bands = body?.kind === 'map' ? get(body, 'bands') : undefined
  const names = flags?.kind === 'list' ? flags.items : flags ? [flags] : []
  if (!truthy(flags) || names.some((name) => name.kind === 'map' || name.kind === 'list')) {
    checker.fail(
      [...path, 'entry', 'flags'],
      flags ?? body ?? entry.value,
      'no flags',
      'KBPS or PKTPS, with BURST, STATS',
    )
  }
  if (bands?.kind !== 'list' || bands.items.length === 0) {
    checker.fail([...path, 'entry', 'bands'], bands ?? body ?? entry.value, 'no bands', 'a list with a band')
  }
  for (const [index, band] of (bands?.kind === 'list' ? bands.items : []).entries()) {
    const at = [...path, 'entry', 'bands', index]
    if (band.kind !== 'map') {
      checker.fail(at, band, `the band is ${display(band)}`, 'type, rate and burst_size')
      continue
    }
    const type = get(band, 'type')
    const remark = type?.kind === 'str' && type.value === 'DSCP_REMARK'
    for (const name of ['rate', 'burst_size', ...(remark ? ['prec_level'] : [])]) {
      const value = entryOf(band, name)?.value
      // The same whole numbers as those of a match field.
      if (value && matchProblem('eth_type', value) !== undefined) {
        checker.fail([...at, name], value, `${name} is ${display(value)}`, 'a whole number')
      }
    }
  }
  return { name: display(entry.key), options }
}
