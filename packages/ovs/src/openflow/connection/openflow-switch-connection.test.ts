import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { duplexPair } from '../../testing/duplex-pair.js'
import { encodeMessage } from '../message.js'
import { OpenFlowSwitchConnection, refusal, type SwitchHandlers } from './openflow-switch-connection.js'
import { ScriptedPeer } from './scripted-peer.js'

/** A switch whose controller is written by hand, its hello done. */
async function connected(handlers: SwitchHandlers = {}) {
  const [a, b] = duplexPair({ chunkBytes: 11 })
  const peer = new ScriptedPeer(b)
  peer.send({ type: 'hello' })
  const far = await OpenFlowSwitchConnection.open(a, { features: { datapathId: 9n }, handlers, probeInterval: 0 })
  await peer.next('hello')
  return { far, peer }
}

describe('OpenFlowSwitchConnection', () => {
  it('answers with the xid of the request', async () => {
    const { peer } = await connected({ get_config_request: () => ({ type: 'get_config_reply', missSendLen: 5 }) })
    peer.send({ type: 'features_request', xid: 11 }, { type: 'get_config_request', xid: 12 }, { type: 'echo_request', xid: 13 })
    expect(await peer.next('echo_reply')).toMatchObject({ xid: 13 })
    expect(await peer.next('features_reply')).toMatchObject({ xid: 11, datapathId: 9n })
    expect(await peer.next('get_config_reply')).toMatchObject({ xid: 12, missSendLen: 5 })
  })

  it('deals with one message after the other, so that a barrier means something', async () => {
    const { peer } = await connected({
      flow_mod: async () => {
        await turn()
        await turn()
        throw refusal({ type: 'error', errorType: 'flow_mod_failed', code: 'overlap' })
      },
    })
    peer.send({ type: 'flow_mod', xid: 1, command: 'add' }, { type: 'barrier_request', xid: 2 })
    const error = await peer.next('error')
    expect(error).toMatchObject({ xid: 1, errorType: 'flow_mod_failed', code: 'overlap' })
    expect(error.data).toHaveLength(56)
    await peer.next('barrier_reply')
  })

  it('refuses what it has no handler for, does not know, or cannot read', async () => {
    const { peer } = await connected()
    const short = Buffer.from(encodeMessage({ type: 'flow_mod', xid: 4, command: 'add' })).subarray(0, 16)
    short.writeUInt16BE(16, 2)
    peer.send({ type: 'meter_mod', xid: 1, command: 'add', meterId: 1 }, { type: 'unknown', xid: 2, messageType: 99, body: new Uint8Array(0) })
    peer.send({ type: 'experimenter', xid: 3, experimenter: 0xabcdef, expType: 1 })
    expect(await peer.next('error')).toMatchObject({ xid: 1, errorType: 'bad_request', code: 'bad_type' })
    expect(await peer.next('error')).toMatchObject({ xid: 2, errorType: 'bad_request', code: 'bad_type' })
    expect(await peer.next('error')).toMatchObject({ xid: 3, errorType: 'bad_request', code: 'bad_experimenter' })
    peer.send(short)
    expect(await peer.next('error')).toMatchObject({ xid: 4, errorType: 'bad_request', code: 'bad_len' })
    // A barrier request of OpenFlow 1.0.
    peer.send(Buffer.from('0112000800000005', 'hex'))
    expect(await peer.next('error')).toMatchObject({ xid: 5, errorType: 'bad_request', code: 'bad_version' })
  })

  it('sends of its own accord with xid 0, and ends when a handler fails', async () => {
    const { far, peer } = await connected({
      table_mod: () => {
        throw new Error('a mistake in the test')
      },
    })
    await far.send({ type: 'packet_in', data: Uint8Array.of(1) })
    expect(await peer.next('packet_in')).toMatchObject({ xid: 0 })
    peer.send({ type: 'table_mod' })
    expect(await far.connection.closed).toMatchObject({ code: 'closed', cause: { message: 'a mistake in the test' } })
  })
})
