import { expect, it } from 'vitest'
import { histogramSamples, emptyHistogram, observed } from './histogram.js'
import { printMetrics } from './print-metrics.js'

it('prints names, types and labels, and escapes what has a meaning', () => {
  const text = printMetrics([
    {
      name: 'port_status', help: 'a \\ and\na line', type: 'gauge',
      samples: [
        { labels: { port: '1', dp_name: 'the "first"\n\\' }, value: 1 },
        { labels: {}, value: 18446744073709551615n },
        { labels: { é: 'ü' }, value: -Infinity },
      ],
    },
    { name: 'none_total', help: '', type: 'counter', samples: [] },
  ])
  expect(text).toBe(
    [
      '# HELP port_status a \\\\ and\\na line',
      '# TYPE port_status gauge',
      'port_status{dp_name="the \\"first\\"\\n\\\\",port="1"} 1',
      'port_status 18446744073709551615',
      'port_status{é="ü"} -Inf',
      '# HELP none_total ',
      '# TYPE none_total counter',
      '',
    ].join('\n'),
  )
})

it('prints a histogram with the sums of its buckets', () => {
  const data = [0.00005, 0.5, 0.0001, 7].reduce((all, value) => observed(all, value), emptyHistogram)
  const samples = histogramSamples({ dp_name: 'sw1' }, data)
  const text = printMetrics([{ name: 'secs', help: 'time', type: 'histogram', samples }])
  expect(text.split('\n').slice(2)).toEqual([
    'secs_bucket{dp_name="sw1",le="0.0001"} 2',
    'secs_bucket{dp_name="sw1",le="0.001"} 2',
    'secs_bucket{dp_name="sw1",le="0.01"} 2',
    'secs_bucket{dp_name="sw1",le="0.1"} 2',
    'secs_bucket{dp_name="sw1",le="1.0"} 3',
    'secs_bucket{dp_name="sw1",le="+Inf"} 4',
    'secs_count{dp_name="sw1"} 4',
    'secs_sum{dp_name="sw1"} 7.50015',
    '',
  ])
})
