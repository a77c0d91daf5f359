import { expect, it } from 'vitest'
import { LineCollector } from './logs.js'

const T = '2026-11-21T18:06:31.599172264Z'
const time = new Date('2026-11-21T18:06:31.599Z')

it('joins the parts of a long line, also through a character, while the other stream goes on', () => {
  const lines = new LineCollector()
  const word = Buffer.from('ä')
  lines.piece('stdout', Buffer.concat([Buffer.from(`${T} long `), word.subarray(0, 1)]), true)
  lines.piece('stderr', Buffer.from(`${T} short\n`), true)
  lines.piece('stdout', Buffer.concat([Buffer.from(`${T} `), word.subarray(1), Buffer.from(' end\r\n')]), true)
  expect(lines.take()).toEqual([{ stream: 'stderr', line: 'short', time }, { stream: 'stdout', line: 'long ä end', time }])
  expect(lines.take()).toEqual([])
})

it('knows frames that come in pieces, and a last line without an end', () => {
  const lines = new LineCollector()
  lines.piece('stdout', Buffer.from(T.slice(0, 5)), false)
  lines.piece('stdout', Buffer.from(`${T.slice(5)} a b\n`), true)
  lines.piece('stdout', Buffer.from(`${T} last`), true)
  lines.end()
  expect(lines.take().map(({ line }) => line)).toEqual(['a b', 'last'])
})

it('reads the one stream of a terminal', () => {
  const lines = new LineCollector()
  lines.raw(Buffer.from(`${T} one\r\n${T} tw`))
  lines.raw(Buffer.from('o\r\n'))
  lines.raw(Buffer.from(`${T} $ `))
  lines.end()
  expect(lines.take().map(({ stream, line }) => [stream, line])).toEqual([['stdout', 'one'], ['stdout', 'two'], ['stdout', '$ ']])
})
