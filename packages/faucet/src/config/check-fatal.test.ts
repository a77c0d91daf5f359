import { describe, expect, it } from 'vitest'
import { parseFaucetConfig } from './parse.js'
import { validateFaucetConfig } from './resolve.js'

// What the real Faucet 1.10.12 accepts, and what then ends its controller: tried with it.

const acls = `acls:
  filter:
    - rule: {actions: {allow: 1}}
  other:
    - rule: {eth_type: 0x800, actions: {allow: 1}}
  tagged:
    - rule: {vlan_vid: 200, actions: {allow: 1}}
`

/** One switch with a port on each of two VLANs. */
const config = (office: string, guest: string, port: string, dp = '') => `vlans:
  office: {vid: 100${office}}
  guest: {vid: 200${guest}}
${acls}dps:
  sw1: {dp_id: 1, hardware: Open vSwitch${dp}, interfaces: {1: {native_vlan: office${port}}, 2: {native_vlan: guest}}}
`

const messages = (text: string) => validateFaucetConfig(parseFaucetConfig(text)).map(({ message }) => message)

describe('an ACL of a VLAN', () => {
  it.each([
    ['that is one of a port too', config('', ', acls_in: [filter]', ', acls_in: [filter]')],
    ['that is one of a disabled port too', config('', ', acls_in: [filter]', ', enabled: false, acls_in: [filter]')],
    ['of the egress that is one of a port too', config('', ', acls_out: [filter]', ', acls_in: [filter]', ', egress_pipeline: true')],
    ['that is the dataplane’s too', config('', ', acls_in: [filter]', '', ', dp_acls: [filter]')],
  ])('%s is refused', (_, text) => {
    expect(messages(text)).toEqual([expect.stringMatching(/^the ACL filter of a VLAN is also one of a port/)])
  })

  it.each([
    ['beside one that is not', config(', acls_in: [other]', ', acls_in: [filter]', ', acls_in: [filter]')],
    ['that matches VLANs itself', config('', ', acls_in: [tagged]', ', acls_in: [tagged]')],
    ['that the dataplane has another of', config('', ', acls_in: [filter]', '', ', dp_acls: [other]')],
    ['in and out', config('', ', acls_in: [filter], acls_out: [filter]', '', ', egress_pipeline: true')],
  ])('%s is accepted', (_, text) => {
    expect(messages(text)).toEqual([])
  })
})

it.each([', use_classification: true', ', priority_offset: 60000'])('numbers and options that end it are refused: %s', (dp) => {
  expect(messages(config('', '', '', dp))).not.toEqual([])
})
