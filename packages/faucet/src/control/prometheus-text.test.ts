import { describe, expect, it } from 'vitest'
import { parsePrometheusText, samplesOf, valueOf } from './prometheus-text.js'

const text = `# HELP dp_status status of the dataplane
# TYPE dp_status gauge
dp_status{dp_id="0x1",dp_name="sw1"} 1.0
dp_status{dp_id="0x2",dp_name="sw \\"two\\", back\\\\slash"} 0.0
faucet_config_load_error 0.0
of_errors_total{dp_id="0x1",dp_name="sw1"} 1e+03 1795274172000
bucket{le="+Inf"} +Inf
`

describe('parsePrometheusText', () => {
  it('reads values with their labels', () => {
    const samples = parsePrometheusText(text)
    expect(samples).toHaveLength(5)
    expect(samplesOf(samples, 'dp_status').map(({ labels }) => labels.dp_name)).toEqual(['sw1', 'sw "two", back\\slash'])
    expect(valueOf(samples, 'dp_status', 'sw1')).toBe(1)
    expect(valueOf(samples, 'of_errors_total', 'sw1')).toBe(1000)
    expect(valueOf(samples, 'faucet_config_load_error')).toBe(0)
    expect(valueOf(samples, 'bucket')).toBe(Infinity)
    expect(valueOf(samples, 'dp_status', 'sw3')).toBeUndefined()
  })
})
