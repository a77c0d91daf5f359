import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionProblem, connectOpenFlow, type Datapath, OpenFlowKeeper, OpenFlowListener } from '@streambed/ovs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificates } from './certificates.js'
import { DummyOvs } from './dummy-ovs.js'

let ovs: DummyOvs
let keys: string
beforeAll(async () => {
  keys = certificates()
  ovs = await DummyOvs.start()
})
afterAll(async () => {
  await ovs?.stop()
  rmSync(keys, { recursive: true, force: true })
})

const tls = () => ({
  privateKey: join(keys, 'controller.key'),
  certificate: join(keys, 'controller.pem'),
  ca: join(keys, 'ca.pem'),
})

const switchTls = () =>
  ovs.vsctl(`set-ssl ${join(keys, 'switch.key')} ${join(keys, 'switch.pem')} ${join(keys, 'ca.pem')}`)

async function firstOf(listener: OpenFlowListener): Promise<Datapath> {
  const { value } = await listener.next()
  if (!value) throw new Error('the listener ended')
  return value
}

describe('a switch that dials', () => {
  it('comes over TCP', async () => {
    await using listener = await OpenFlowListener.listen('ptcp:0:127.0.0.1')
    const { target } = listener
    await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${target.type === 'ptcp' ? target.port : ''}`)
    await using datapath = await firstOf(listener)
    expect(datapath.dpid).toBe('00000000000000ab')
    expect(datapath.connection.version).toBe(4)
    await ovs.vsctl('del-controller br0')
    expect(await datapath.connection.closed).toMatchObject({ code: 'closed' })
  })

  it('comes over TLS, with certificates on both sides', async () => {
    await switchTls()
    await using listener = await OpenFlowListener.listen('pssl:0:127.0.0.1', { tls: tls() })
    const { target } = listener
    await ovs.vsctl(`set-controller br0 ssl:127.0.0.1:${target.type === 'pssl' ? target.port : ''}`)
    await using datapath = await firstOf(listener)
    expect((await datapath.description()).mfrDesc).toBe('Nicira, Inc.')
    await ovs.vsctl('del-controller br0')
  })

  it('comes over a unix socket in its run directory', async () => {
    const path = join(ovs.dir, 'controller.sock')
    await using listener = await OpenFlowListener.listen(`punix:${path}`)
    await ovs.vsctl(`set-controller br0 unix:${path}`)
    await using datapath = await firstOf(listener)
    expect(datapath.id).toBe(0xabn)
    await ovs.vsctl('del-controller br0')
  })

  it('is refused when it only speaks other versions, and told why', async () => {
    await ovs.vsctl('set bridge br0 protocols=OpenFlow10')
    const errors: Error[] = []
    const refused = new Promise<void>((resolve) => {
      void OpenFlowListener.listen(`punix:${join(ovs.dir, 'old.sock')}`, {
        onClientError: (error) => {
          errors.push(error)
          resolve()
        },
      }).then(async (listener) => {
        await ovs.vsctl(`set-controller br0 unix:${join(ovs.dir, 'old.sock')}`)
        await refused
        await listener.close()
      })
    })
    await refused
    expect(errors[0]).toMatchObject({ code: 'connect', message: expect.stringContaining('up to OpenFlow 1.0') as string })
    await ovs.vsctl('del-controller br0 -- remove bridge br0 protocols OpenFlow10')
  })

  it('finds its echo answered, and is found silent by ours only when it is', async () => {
    // Stopped, it answers nothing; its socket stays open.
    await using listener = await OpenFlowListener.listen('ptcp:0:127.0.0.1', { probeInterval: 300 })
    const { target } = listener
    await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${target.type === 'ptcp' ? target.port : ''}`)
    await using datapath = await firstOf(listener)
    const pid = await ovs.pid()
    const before = performance.now()
    process.kill(pid, 'SIGSTOP')
    const reason = await datapath.connection.closed
    process.kill(pid, 'SIGCONT')
    expect(reason).toMatchObject({ code: 'closed', cause: { code: 'timeout' } })
    expect(performance.now() - before).toBeGreaterThan(400)
    await ovs.vsctl('del-controller br0')
  })
})

describe('a switch that is dialled', () => {
  it('listens on its management socket', async () => {
    await using datapath = await connectOpenFlow(ovs.management())
    expect(datapath.dpid).toBe('00000000000000ab')
    expect(datapath.features.nTables).toBe(254)
  })

  it('listens on TCP, TLS and a unix socket', async () => {
    await switchTls()
    const port = 20_000 + (process.pid % 10_000)
    await ovs.vsctl(`set-controller br0 ptcp:${port}:127.0.0.1 pssl:${port + 1}:127.0.0.1 punix:${join(ovs.dir, 'br0.passive')}`)
    for (const target of [`tcp:127.0.0.1:${port}`, `ssl:127.0.0.1:${port + 1}`, `unix:${join(ovs.dir, 'br0.passive')}`]) {
      await using datapath = await connectOpenFlow(target, { tls: tls() })
      expect(datapath.dpid).toBe('00000000000000ab')
    }
    await expect(connectOpenFlow(`ssl:127.0.0.1:${port + 1}`)).rejects.toMatchObject({ code: 'connect' })
    await ovs.vsctl('del-controller br0')
  })

  it('is not there', async () => {
    await expect(connectOpenFlow(`unix:${join(ovs.dir, 'nobody')}`)).rejects.toMatchObject({ code: 'connect' })
    await expect(connectOpenFlow('ptcp:6653')).rejects.toMatchObject({ code: 'invalid' })
  })

  it('is dialled again when the connection is lost', async () => {
    await using keeper = new OpenFlowKeeper(ovs.management(), { minBackoff: 10, jitter: 0 })
    let connections = 0
    for await (const datapath of keeper) {
      expect(datapath.id).toBe(0xabn)
      if (++connections === 3) break
      datapath.connection.abort('test')
    }
  })
})

describe('errors', () => {
  it('leave the link as it is, whatever is sent', async () => {
    const problems: ConnectionProblem[] = []
    await using datapath = await connectOpenFlow(ovs.management(), { onProblem: (problem) => problems.push(problem) })
    const { connection } = datapath
    const xid = await connection.send({ type: 'unknown', messageType: 99, body: new Uint8Array(0) })
    await connection.send({ type: 'experimenter', experimenter: 0xabcdef, expType: 1 })
    await datapath.barrier()
    expect(problems.map(({ error }) => error.detail)).toMatchObject([
      { type: 'openflow', errorType: 'bad_request', code: 'bad_type', request: { type: 'unknown', xid } },
      { type: 'openflow', errorType: 'bad_request', code: 'bad_experimenter', request: { type: 'experimenter' } },
    ])
  })

  it('come with the opening xid when a bundle was idle for ten seconds, in which the switch has found us alive', async () => {
    let heard = 0
    const options = { probeInterval: 0, onActivity: () => void heard++ }
    await using listener = await OpenFlowListener.listen('ptcp:0:127.0.0.1', options)
    const { target } = listener
    await ovs.vsctl(`set-controller br0 tcp:127.0.0.1:${target.type === 'ptcp' ? target.port : ''}`)
    await using idle = await firstOf(listener)
    const before = heard

    const problems: ConnectionProblem[] = []
    await using datapath = await connectOpenFlow(ovs.management(), { onProblem: (problem) => problems.push(problem) })
    const { connection } = datapath
    const { xid } = await connection.request({ type: 'onf_bundle_control', bundleId: 7, control: 'open_request', flags: 1 })
    const timedOut = new Promise((resolve) => connection.onProblem(resolve))
    await timedOut
    expect(problems[0]?.error.detail).toMatchObject({
      type: 'openflow',
      errorType: 'experimenter',
      request: { type: 'onf_bundle_control', xid, bundleId: 7 },
    })
    // Its echo request after five seconds: without an answer it would have gone after ten.
    expect(heard).toBeGreaterThan(before)
    await idle.barrier()
    expect(idle.connection.isOver).toBe(false)
    await ovs.vsctl('del-controller br0')
  })
})
