import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { leftovers, snapshotMachine, type MachineSnapshot } from '@streambed/linux/testing'

/** What each example prints: these lines, in this order, among others. */
const outputs: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'quick-start': [
    'from     laptop  printer  web  fw',
    'laptop      ·       ✓      ✓    ✓',
    'printer     ✓       ·      –    ✓',
    'web         ✓       –      ·    ✓',
    'fw          ✓       ✓      ✓    ·',
    '10 of 12 pairs reach each other',
    /^laptop asks web: 200 hello .*, this is web$/,
    '1 packets transmitted, 1 received, 0% packet loss, time 0ms',
    "printer's wire: 10.1.0.3 > 10.1.0.2, ICMP echo request, 58 bytes",
    /^diagram: .*quick-start\.svg$/,
  ],
  'vlan-isolation': [
    'r1     ·   ✓   –   –',
    'r2     ✓   ·   –   –',
    'b1     –   –   ·   ✓',
    'b2     –   –   ✓   ·',
    'on the trunk: vlan 100, ARP, Request who-has 10.0.0.99 tell 10.0.0.1, length 28',
    "on b2's access port: ARP, Request who-has 10.0.0.88 tell 10.0.0.11, length 28",
    'frames from red that b2 saw: 0',
    /priority=4096,in_port=5,dl_vlan=100 actions=goto_table:1$/,
    /priority=4096,in_port=5,dl_vlan=200 actions=goto_table:1$/,
  ],
  'faults': [
    'all is well',
    '12 of 12 pairs reach each other',
    "a's cable is pulled",
    'a      ·   –   –   –',
    '6 of 12 pairs reach each other',
    'b is off',
    'b      –   ·   –   –',
    '6 of 12 pairs reach each other',
    'the connection to b ended with ECONNRESET',
    'b is back',
    '12 of 12 pairs reach each other',
    'c is frozen and still answers pings',
    'split in two',
    'a      ·   ✓   –   –',
    'd      –   –   ✓   ·',
    '4 of 12 pairs reach each other',
    'healed',
    '12 of 12 pairs reach each other',
    'events: link-down, link-up, host-stopped, host-restarted, host-frozen, host-restarted, partitioned, healed, closed',
  ],
  'capture': [
    'answer: echo hello',
    /^10\.0\.0\.2\.\d+ > 10\.0\.0\.3\.7: Flags \[S\], /,
    /^10\.0\.0\.3\.7 > 10\.0\.0\.2\.\d+: Flags \[S\.\], /,
    /^10\.0\.0\.2\.\d+ > 10\.0\.0\.3\.7: Flags \[P\.\], .* length 6$/,
    /^10\.0\.0\.3\.7 > 10\.0\.0\.2\.\d+: Flags \[F?P?\.\], .* length 11$/,
    /^\d+ frames received, 0 dropped; the file has \d+ bytes and begins with 0xa1b23c4d$/,
  ],
  'own-server': [
    'laptop: 200 {"path":"/laptop","from":"fd00:1::3"}',
    'phone: 200 {"path":"/phone","from":"fd00:1::4"}',
    'by address: 200',
    'udp: echo hello',
    'open ports of web: tcp 80 true, tcp 81 false, udp 7 true',
  ],
  'ovsdb-replica': [
    'port web-eth0 is there',
    'port db-eth0 is there',
    'port mail-eth0 is there',
    'the replica has web-eth0; ports of alice: 2',
    'port web-eth0: VLAN undefined -> 100',
    '[schema] Port.tag: 5000 is not in the valid range 0 to 4095 (inclusive)',
    'port web-eth0 is gone',
  ],
  'openflow-controller': [
    'switch 0000000000000042 with the ports br, p1, p2, p3',
    '02:00:00:00:00:0a at port 1 to 02:00:00:00:00:0b: out of 2 and 3',
    '02:00:00:00:00:0b at port 2 to 02:00:00:00:00:0a: out of 1',
    '02:00:00:00:00:0a at port 1 to 02:00:00:00:00:0b: out of 2',
    '02:00:00:00:00:0a at port 1 to 02:00:00:00:00:0b: out of 2',
    'priority=0 actions=CONTROLLER:65535',
    'idle_timeout=60, priority=10,in_port=2,dl_dst=02:00:00:00:00:0a actions=output:1',
    'idle_timeout=60, priority=10,in_port=1,dl_dst=02:00:00:00:00:0b actions=output:2',
  ],
  'acl': [
    'ping over the gateway: true',
    /^the tap sees: 10\.1\.0\.2 > 10\.2\.0\.2: ICMP echo request, id \d+, seq 0, length 24$/,
    'laptop → web: TCP 10.1.0.2 → 10.2.0.2 port 23 via the gateway 10.1.0.1',
    /vlan_acl +rule 1 of ACL "no-telnet" on network office "use ssh" \(\S+:\d+\) drops it$/,
    /^Not delivered to web: rule 1 of ACL "no-telnet"/,
    /ipv4_fib +routed to web on network dmz$/,
    /^Delivered to web: rule 3 of ACL "no-telnet"/,
    'ping under lockdown: false',
    'ping afterwards: true',
  ],
  'node-test': [/^\S+ pass 3$/, /^\S+ fail 0$/],
}

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly temporaryFiles: readonly string[]
}

/** Runs an example as a program of its own, with an empty folder for temporary files. */
async function run(name: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'example-'))
  try {
    const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'dist', `${name}.js`)], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 })
    const [[code], stdout, stderr] = await Promise.all([once(child, 'close') as Promise<[number | null]>, text(child.stdout), text(child.stderr)])
    return { code, stdout, stderr, temporaryFiles: readdirSync(folder) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The expected lines that do not come in their turn. */
function missing(stdout: string, expected: readonly (string | RegExp)[]): (string | RegExp)[] {
  const lines = stdout.split('\n')
  let at = 0
  return expected.filter((wanted) => {
    const found = lines.findIndex((line, index) => index >= at && (typeof wanted === 'string' ? line.trimEnd() === wanted : wanted.test(line)))
    if (found >= 0) at = found + 1
    return found < 0
  })
}

/** Processes of testbeds that were not there before; the kernel has a second for taking the last ones apart. */
async function processesLeft(before: MachineSnapshot): Promise<string[]> {
  for (const deadline = Date.now() + 1000; ; await sleep(20)) {
    const left = leftovers(before, (line) => !/^process .*(unshare|setpriv|ovs|agent\/main)/.test(line))
    if (left.length === 0 || Date.now() > deadline) return left
  }
}

describe('every example runs, does what it says, and leaves nothing behind', () => {
  it.each(Object.entries(outputs))('%s', async (name, expected) => {
    const before = snapshotMachine()
    const { code, stdout, stderr, temporaryFiles } = await run(name)
    expect({ code, stderr, missing: missing(stdout, expected) }, stdout).toEqual({ code: 0, stderr: '', missing: [] })
    expect(temporaryFiles).toEqual([])
    expect(await processesLeft(before)).toEqual([])
  })

  it('is tested', () => {
    const examples = readdirSync(import.meta.dirname).filter((file) => /^[\w-]+\.ts$/.test(file))
    // Containers need Docker: packages/sdk/e2e/container-example.test.ts.
    expect([...Object.keys(outputs), 'containers'].sort()).toEqual(examples.map((file) => file.slice(0, -'.ts'.length)).sort())
  })
})

it('the diagram of the quick start is a picture of its four hosts', () => {
  const svg = readFileSync(join(import.meta.dirname, 'dist', 'quick-start.svg'), 'utf8')
  expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\s*$/)
  for (const name of ['laptop', 'printer', 'web', 'fw']) expect(svg).toContain(`>${name}`)
})
