import { expect, it } from 'vitest'
import { FrameDecoder } from './frames.js'

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

const bytes = Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(1, ''), frame(1, 'x'.repeat(300))])

it.each([1, 2, 7, 8, 9, 11, 100, bytes.length])('takes streams apart, %d bytes at a time', (size) => {
  const got: [string, string][] = []
  let text = ''
  const decoder = new FrameDecoder((stream, piece, last) => {
    text += piece.toString()
    if (last) {
      got.push([stream, text])
      text = ''
    }
  })
  for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size))
  expect(got).toEqual([['stdout', 'one'], ['stderr', 'two'], ['stdout', ''], ['stdout', 'x'.repeat(300)]])
})
