import { decodeAttributes, decodeMessages, decodeString, NetlinkWriter } from '@streambed/linux'
import { describe, expect, it } from 'vitest'
import { aliasEndpoint, aliasNetwork, encodeLinkAlias, endpointAlias, networkAlias } from './link-alias.js'

describe('aliases of links', () => {
  it('say whose a link is, to the same driver only', () => {
    expect(aliasEndpoint('dovesnap', endpointAlias('dovesnap', 'abc'))).toBe('abc')
    expect(aliasNetwork('dovesnap', networkAlias('dovesnap', 'abc'))).toBe('abc')
    expect(aliasEndpoint('dovesnap', networkAlias('dovesnap', 'abc'))).toBeUndefined()
    expect(aliasEndpoint('dovesnap', endpointAlias('dovesnap2', 'abc'))).toBeUndefined()
    expect(aliasNetwork('dovesnap', undefined)).toBeUndefined()
  })

  it('are IFLA_IFALIAS of an RTM_NEWLINK for the link of a name', () => {
    const writer = new NetlinkWriter()
    encodeLinkAlias(writer, 'mark it', 'odsve12345', 'streambed dovesnap endpoint abc')
    const [message] = decodeMessages(writer.bytes)
    expect(message?.type).toBe(16)
    const attributes = [...decodeAttributes(message?.body.subarray(16) ?? new Uint8Array())].map(({ type, value }) => [type, decodeString(value)])
    expect(attributes).toEqual([[3, 'odsve12345'], [20, 'streambed dovesnap endpoint abc']])
  })
})
