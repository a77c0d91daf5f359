import { expect, it } from 'vitest'
import { check } from './check.js'

const files: Record<string, string> = {
  'good.yaml': 'dps: {sw1: {dp_id: 0xffffffffffffffff, interfaces: {1: {native_vlan: 100}}}}\n',
  'bad.yaml': 'dps:\n  sw1: {dp_id: x, interfaces: {1: {}}}\n',
}
const read = (name: string): string | undefined => files[name]

it('prints the resolved configuration as JSON', () => {
  const { status, output, errors } = check(['good.yaml'], read)
  expect({ status, errors }).toEqual({ status: 0, errors: '' })
  expect(JSON.parse(output)).toMatchObject({
    dps: [{ dp_id: '18446744073709551615', timeout: 300, ports: { 1: { native_vlan: 100 } } }],
  })
})

it('prints every error with its place, of every file', () => {
  const { status, output, errors } = check(['good.yaml', 'bad.yaml', 'none.yaml'], read)
  expect(status).toBe(1)
  expect(output).not.toBe('')
  expect(errors).toContain('bad.yaml:2:16: dps.sw1.dp_id: dp_id is "x" (expected a whole number)\n')
  expect(errors).toContain('none.yaml:1:1: the file none.yaml does not exist (expected a readable file)\n')
})
