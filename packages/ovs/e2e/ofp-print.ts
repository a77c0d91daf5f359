import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Transaction numbers of the barrier replies that separate the messages. */
const firstMark = 0xfee00000

/** What `ovs-ofctl` prints for each of the messages: all in one process, since starting one takes longer than printing. */
export async function ofpPrint(messages: readonly Uint8Array[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ofp-print-'))
  try {
    const file = join(folder, 'messages')
    const marked = messages.flatMap((message, index) => [mark(index), message])
    await writeFile(file, Buffer.concat([...marked, mark(messages.length)]))
    const { stdout } = await promisify(execFile)('ovs-ofctl', ['ofp-parse', file], { maxBuffer: 1 << 30 })
    const parts = stdout.split(/OFPT_BARRIER_REPLY \(OF1\.3\) \(xid=0xfee[0-9a-f]{5}\):\n/)
    if (parts.length !== messages.length + 2) {
      throw new Error(`ovs-ofctl printed ${parts.length - 2} of ${messages.length} messages: ${stdout.slice(-1000)}`)
    }
    return parts.slice(1, -1)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function mark(index: number): Buffer {
  const bytes = Buffer.from([4, 21, 0, 8, 0, 0, 0, 0])
  bytes.writeUInt32BE(firstMark + index, 4)
  return bytes
}
