import { expect, it } from 'vitest'
import { processFamilies } from './process-metrics.js'

it('tells of this process', () => {
  const values = Object.fromEntries(processFamilies().map(({ name, samples }) => [name, Number(samples[0]?.value)]))
  expect(values.process_cpu_seconds_total).toBeGreaterThan(0)
  expect(values.process_open_fds).toBeGreaterThan(2)
  expect(Math.abs((values.process_resident_memory_bytes ?? 0) / process.memoryUsage().rss - 1)).toBeLessThan(0.5)
  const started = Date.now() / 1000 - process.uptime()
  expect(Math.abs((values.process_start_time_seconds ?? 0) - started)).toBeLessThan(5)
})
