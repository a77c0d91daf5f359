import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMatch, encodeMatch } from '../src/openflow/match.js'
import type { Match } from '../src/openflow/oxm/index.js'
import { matchGolden } from '../src/openflow/text/match.golden.js'
import { parseMatch, printMatch } from '../src/openflow/text/match.js'
import { ByteReader } from '../src/wire/byte-reader.js'
import { ByteWriter } from '../src/wire/byte-writer.js'
import { rounds } from './campaign.js'
import { RandomBits, randomMatch } from './random-match.js'
import { isReadAsMeant, randomMatchText } from './random-match-text.js'

const run = promisify(execFile)
const FLOW_MOD = 14
/** Bytes of a flow-mod in front of its match. */
const BEFORE_MATCH = 48

let dir: string
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'ovs-match-'))))
afterAll(() => rm(dir, { recursive: true }))

describe('the text of matches beside ovs-ofctl', () => {
  it('is printed as ovs-ofctl prints the same bytes', async () => {
    const count = rounds(3_000, 200_000)
    for (let seed = 1; count > (seed - 1) * 20_000; seed++) {
      const random = new RandomBits(seed)
      const matches = Array.from({ length: Math.min(count, 20_000) }, () => randomMatch(random))
      expect(matches.map(printMatch)).toEqual(await printedByOvs(matches))
    }
  }, 600_000)

  it('is read as ovs-ofctl reads it', async () => {
    const count = rounds(2_000, 100_000)
    for (let seed = 1; count > (seed - 1) * 10_000; seed++) {
      const random = new RandomBits(1_000 + seed)
      const texts = Array.from({ length: Math.min(count, 10_000) }, () => randomMatchText(random, randomMatch(random)))
      const readable = texts.filter(isReadAsMeant)
      expect(readable.map((text) => hexOf(parseMatch(text)))).toEqual(await sentByOvs(readable))
    }
  }, 600_000)

  it('is as in the golden data', async () => {
    const sent = await sentByOvs(matchGolden.map(([text]) => text))
    const matches = sent.map((hex) => decodeMatch(new ByteReader(Buffer.from(hex, 'hex'))))
    const fields = sent.map((hex) => hex.slice(8, 2 * Number.parseInt(hex.slice(4, 8), 16)))
    expect(fields).toEqual(matchGolden.map(([, oxm]) => oxm))
    expect(await printedByOvs(matches)).toEqual(matchGolden.map(([, , printed]) => printed))
  })
})

function hexOf(match: Match): string {
  const w = new ByteWriter()
  encodeMatch(w, match)
  return Buffer.from(w.finish()).toString('hex')
}

/** What `ovs-ofctl ofp-parse` prints for flow-mods with these matches. */
async function printedByOvs(matches: readonly Match[]): Promise<string[]> {
  const file = join(dir, 'messages')
  await writeFile(file, Buffer.concat(matches.map(flowModOf)))
  const { stdout } = await run('ovs-ofctl', ['-voff', 'ofp-parse', file], { maxBuffer: 1 << 30 })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('OFPT_FLOW_MOD'))
    .map((line) => line.replace(/^.*?: (?:ADD )?(?:table:0 )?/, '').replace(/ ?actions=drop$/, ''))
}

/** A flow-mod of OpenFlow 1.3 that adds a flow without instructions to table 0. */
function flowModOf(match: Match, xid: number): Uint8Array {
  const w = new ByteWriter()
  w.u8(4)
  w.u8(FLOW_MOD)
  w.u16(0)
  w.u32(xid)
  w.zeros(22)
  w.u16(0x8000)
  for (let i = 0; i < 3; i++) w.u32(0xffffffff)
  w.zeros(4)
  encodeMatch(w, match)
  w.setU16(2, w.offset)
  return w.finish()
}

/** The matches, in hexadecimal, of the flow-mods that `ovs-ofctl add-flows` sends for these texts. */
async function sentByOvs(texts: readonly string[]): Promise<string[]> {
  const socket = join(dir, 'switch')
  const file = join(dir, 'flows')
  const matches: string[] = []
  const server = createServer((connection) =>
    serve(connection, (flowMod) => {
      const index = Number(flowMod.readBigUInt64BE(8))
      // Without instructions (actions=drop) the match is all the rest.
      matches[index] = flowMod.subarray(BEFORE_MATCH).toString('hex')
    }),
  )
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  try {
    await writeFile(file, texts.map((text, index) => `cookie=${index},${text},actions=drop\n`).join(''))
    const options = ['-O', 'OpenFlow13', '-voff', '--no-names', '--timeout=60']
    await run('ovs-ofctl', [...options, 'add-flows', `unix:${socket}`, file], { maxBuffer: 1 << 30 })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  return matches
}

/** Plays a switch that answers hello, echo and barrier, and does nothing else. */
function serve(connection: Socket, onFlowMod: (message: Buffer) => void): void {
  const answers = new Map([
    [2, 3],
    [20, 21],
  ])
  let pending = Buffer.alloc(0)
  connection.write(Buffer.from([4, 0, 0, 8, 0, 0, 0, 0]))
  connection.on('error', () => undefined)
  connection.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 8 && pending.length >= pending.readUInt16BE(2)) {
      const message = pending.subarray(0, pending.readUInt16BE(2))
      pending = pending.subarray(message.length)
      const type = message.readUInt8(1)
      const answer = answers.get(type)
      if (type === FLOW_MOD) onFlowMod(message)
      if (answer !== undefined) {
        const reply = Buffer.from(message)
        reply.writeUInt8(answer, 1)
        connection.write(reply)
      }
    }
  })
}
