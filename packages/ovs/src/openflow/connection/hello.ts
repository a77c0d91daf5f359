import { OvsError } from '../../errors.js'
import { OFP13_VERSION } from '../constants.js'
import type { Message, MessageInput, MessageOf } from '../message.js'
import { bitmapOfVersions, negotiateVersion, versionName, versionsOfBitmap } from './negotiate.js'
import { describeError } from './openflow-error.js'

/** The first message of this side (OpenFlow 1.3.5 §6.3.1). */
export const ourHello: MessageInput = {
  type: 'hello',
  elements: [{ type: 'version_bitmap', bitmaps: bitmapOfVersions([OFP13_VERSION]) }],
}

/** What comes of the first message of the other side: a version, or the end, perhaps with a last message to send. */
export type HelloOutcome =
  | { readonly version: number }
  | { readonly error: OvsError; readonly refusal?: MessageInput }

/** Looks at the first message of the other side. */
export function receiveHello(message: Message): HelloOutcome {
  if (message.type === 'error') {
    return { error: new OvsError('connect', `the other side refused the connection: ${describeError(message)}`) }
  }
  if (message.type !== 'hello') {
    return { error: new OvsError('malformed', `the first message of the other side must be a hello, not ${message.type}`) }
  }
  const theirs = versionsOf(message)
  const version = negotiateVersion(message.version, theirs)
  if (version !== undefined) return { version }
  const they = theirs === undefined ? `up to ${versionName(message.version)}` : theirs.map(versionName).join(', ')
  const text = `this side speaks ${versionName(OFP13_VERSION)} and the other side ${they || 'no version'}`
  return {
    error: new OvsError('connect', `no version of OpenFlow in common: ${text}`),
    refusal: {
      type: 'error',
      // One that the other side knows.
      version: Math.min(message.version, OFP13_VERSION),
      xid: message.xid,
      errorType: 'hello_failed',
      code: 'incompatible',
      data: Buffer.from(text),
    },
  }
}

function versionsOf(hello: MessageOf<'hello'>): number[] | undefined {
  for (const element of hello.elements) {
    if (element.type === 'version_bitmap') return versionsOfBitmap(element.bitmaps)
  }
  return undefined
}
