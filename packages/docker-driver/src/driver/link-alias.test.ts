import { describe, expect, it } from 'vitest'
import { aliasEndpoint, aliasNetwork, endpointAlias, networkAlias } from './link-alias.js'

describe('aliases of links', () => {
  it('say whose a link is, to the same driver only', () => {
    expect(aliasEndpoint('dovesnap', endpointAlias('dovesnap', 'abc'))).toBe('abc')
    expect(aliasNetwork('dovesnap', networkAlias('dovesnap', 'abc'))).toBe('abc')
    expect(aliasEndpoint('dovesnap', networkAlias('dovesnap', 'abc'))).toBeUndefined()
    expect(aliasEndpoint('dovesnap', endpointAlias('dovesnap2', 'abc'))).toBeUndefined()
    expect(aliasNetwork('dovesnap', undefined)).toBeUndefined()
  })
})
