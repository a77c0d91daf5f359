import { ByteReader } from '../../wire/byte-reader.js'
import type { ByteWriter } from '../../wire/byte-writer.js'
import type { Codec, Input, MessageBase } from '../header.js'

/** An element of a {@link Hello} (`ofp_hello_elem_header`, OpenFlow 1.3.5 §7.5.1). */
export type HelloElement =
  | {
      readonly type: 'version_bitmap'
      /** Words of 32 bits; bit b of word w stands for version 32 w + b. */
      readonly bitmaps: readonly number[]
    }
  | { readonly type: 'unknown'; readonly elementType: number; readonly data: Uint8Array }
  | {
      /** Bytes that are not elements: a body must not keep the connection from being made, whatever it is. */
      readonly type: 'malformed'
      readonly data: Uint8Array
    }

/** The first message on a connection, from both sides (`OFPT_HELLO`, OpenFlow 1.3.5 §7.5.1). */
export interface Hello extends MessageBase {
  readonly type: 'hello'
  readonly elements: readonly HelloElement[]
}

/** A {@link Hello} to encode. Default: no elements. */
export type HelloInput = Input<Hello, 'elements'>

const VERSION_BITMAP = 1

/** How the body of a {@link Hello} is written and read. Reading never fails. */
export const helloCodec: Codec<Hello, HelloInput> = {
  encode(w, { elements = [] }) {
    for (const element of elements) encodeElement(w, element)
  },
  decode(r, { version, xid }) {
    const bytes = r.view()
    const elements: HelloElement[] = []
    for (let at = 0; at < bytes.length;) {
      const header = new ByteReader(bytes, at)
      const elementType = header.remaining < 4 ? 0 : header.u16()
      const length = header.remaining < 2 ? 0 : header.u16()
      const padded = length + (-length & 7)
      if (length < 4 || at + padded > bytes.length) {
        elements.push({ type: 'malformed', data: new Uint8Array(bytes.subarray(at)) })
        break
      }
      elements.push(decodeElement(elementType, header.sub(length - 4)))
      at += padded
    }
    return { type: 'hello', version, xid, elements }
  },
}

function encodeElement(w: ByteWriter, element: HelloElement): void {
  if (element.type === 'malformed') return w.bytes(element.data)
  const start = w.offset
  w.u16(element.type === 'version_bitmap' ? VERSION_BITMAP : element.elementType, 'elementType')
  w.u16(0)
  if (element.type === 'version_bitmap') for (const word of element.bitmaps) w.u32(word, 'bitmaps')
  else w.bytes(element.data)
  w.setU16(start + 2, w.offset - start, 'the length of the element')
  w.padTo8(start)
}

function decodeElement(elementType: number, body: ByteReader): HelloElement {
  if (elementType !== VERSION_BITMAP || body.remaining % 4 !== 0) {
    return { type: 'unknown', elementType, data: body.bytes() }
  }
  const bitmaps: number[] = []
  while (body.remaining > 0) bitmaps.push(body.u32())
  return { type: 'version_bitmap', bitmaps }
}
