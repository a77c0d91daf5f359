import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DummyOvs } from './dummy-ovs.js'

const program = fileURLToPath(new URL('../dist/cli/streambed-ofp.js', import.meta.url))

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function ofp(args: readonly string[], input = ''): Promise<Result> {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe', timeout: 20_000 })
  child.stdin.end(input)
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, stdout, stderr }
}

const lines = (output: string) => output.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

describe('streambed-ofp, messages in hexadecimal', () => {
  it('answers each line with one of JSON', async () => {
    const input = ['0400000800000001', '04 14 00 08:00000002', '0x0402000a00000003abcd', '04ff000a00000004beef'].join('\n')
    const { code, stdout, stderr } = await ofp([], input)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines(stdout)).toEqual([
      { ok: true, version: 4, type: 'hello', message: { type: 'hello', version: 4, xid: 1, elements: [] }, text: 'OFPT_HELLO (OF1.3) (xid=0x1):\n version bitmap: 0x01, 0x02, 0x03, 0x04', hex: '0400000800000001', error: null },
      { ok: true, version: 4, type: 'barrier_request', message: { type: 'barrier_request', version: 4, xid: 2 }, text: 'OFPT_BARRIER_REQUEST (OF1.3) (xid=0x2):', hex: '0414000800000002', error: null },
      { ok: true, version: 4, type: 'echo_request', message: { type: 'echo_request', version: 4, xid: 3, data: 'abcd' }, text: expect.stringContaining('2 bytes of payload'), hex: '0402000a00000003abcd', error: null },
      { ok: true, version: 4, type: 'unknown', message: { type: 'unknown', version: 4, xid: 4, messageType: 255, body: 'beef' }, text: expect.any(String), hex: '04ff000a00000004beef', error: null },
    ])
  })

  it('says what is wrong with a line, and goes on', async () => {
    const { code, stdout } = await ofp([], 'zz\n040\n\n040e0010\n0400000800000001\n')
    expect(code).toBe(1)
    expect(lines(stdout).map(({ ok, error }) => [ok, error])).toEqual([
      [false, expect.stringContaining('"z"')],
      [false, expect.stringContaining('an odd number of digits')],
      [false, expect.stringContaining('at offset 0')],
      [false, expect.stringContaining('at offset 4')],
      [true, null],
    ])
  })

  it('keeps 64-bit numbers exact', async () => {
    const features = '0406002000000001fffffffffffffffe00000000fe0000000000000000000000'
    expect((await ofp([], features)).stdout).toContain('"datapathId":18446744073709551614,')
  })

  it('ends when nobody reads its output', async () => {
    const child = spawn('sh', ['-c', `yes 0400000800000001 | "${process.execPath}" "${program}" | head -1`])
    const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')])
    expect(stdout.split('\n')).toHaveLength(2)
  })
})

describe('streambed-ofp, text', () => {
  it('reads flows, matches and actions', async () => {
    const flow = await ofp(['flow', 'table=0,priority=1000,eth_type=0x0800,ip_proto=6,tcp_dst=80,action='])
    expect(lines(flow.stdout)).toMatchObject([{ ok: true, text: 'priority=1000,tcp,tp_dst=80 actions=drop', error: null }])
    const match = await ofp(['match'], 'tcp,nw_src=10.0.0.0/8\nudp\n')
    expect(lines(match.stdout).map(({ text: canonical }) => canonical)).toEqual(['tcp,nw_src=10.0.0.0/8', 'udp'])
    const actions = await ofp(['actions', 'output:1'])
    expect(lines(actions.stdout)).toEqual([{ ok: true, text: 'output:1', hex: '00000010000000010000000000000000', error: null }])
  })

  it('marks the place of a mistake', async () => {
    const { code, stdout } = await ofp(['flow', 'priority=5,foo=1,actions=drop'])
    expect(code).toBe(1)
    expect(lines(stdout)[0]?.error).toMatch(/"foo".*at character 12/)
  })
})

describe('streambed-ofp, a switch', () => {
  let ovs: DummyOvs
  beforeAll(async () => void (ovs = await DummyOvs.start()))
  afterAll(() => ovs.stop())

  it('dumps what it tells about itself, as ovs-ofctl does', async () => {
    await ovs.ofctl('add-flow', 'table=1,priority=5,tcp,tp_dst=80,actions=output:2')
    const { code, stdout, stderr } = await ofp(['dump', ovs.management()])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^OFPT_FEATURES_REPLY .* dpid:00000000000000ab$/m)
    expect(stdout).toMatch(/^ 2\(p2\): addr:/m)
    expect(stdout).toMatch(/table=1, n_packets=0, n_bytes=0, priority=5,tcp,tp_dst=80 actions=output:2$/m)
    const json = await ofp(['dump', '--format', 'json', ovs.management()])
    expect(lines(json.stdout).map(({ type }) => type)).toContain('port_desc_reply')
  })

  it('monitors packets until it is interrupted', async () => {
    await ovs.ofctl('add-flow', 'table=0,priority=0,actions=CONTROLLER')
    const child = spawn(process.execPath, [program, 'monitor', ovs.management()], { stdio: 'pipe', timeout: 20_000 })
    const printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect((await printed.next()).value).toMatch(/^OFPT_FEATURES_REPLY/)
    // The switch has its configuration when it has answered: a packet before that would be lost.
    const receive = () => ovs.appctl('netdev-dummy/receive', 'p1', 'in_port(1),eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02),eth_type(0x88b5)')
    let line = ''
    for (let tries = 0; !line.startsWith('OFPT_PACKET_IN') && tries < 100; tries++) {
      if (tries % 20 === 0) await receive()
      line = ((await printed.next()).value as string | undefined) ?? ''
    }
    expect(line).toMatch(/in_port=1 \(via (no_match|action)\)/)
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
  })

  it('says what is wrong with its arguments', async () => {
    const errors = await Promise.all([
      ofp(['frob']),
      ofp(['dump']),
      ofp(['dump', 'unix:/nonexistent']),
      ofp(['dump', 'tcp:127.0.0.1:99999']),
      ofp(['dump', '--format', 'xml', ovs.management()]),
      ofp(['monitor', '--nonsense']),
    ])
    expect(errors.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1, 1])
    expect(errors.map(({ stderr }) => stderr.split('\n').length)).toEqual([2, 2, 2, 2, 2, 2])
    expect(errors[2]?.stderr).toContain('could not connect to unix:/nonexistent')
    expect((await ofp(['--help'])).stdout).toContain('streambed-ofp dump TARGET')
  })
})
