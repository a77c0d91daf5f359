import { describe, expect, it } from 'vitest'
import { withBlock, withoutBlock } from './adopted-files.js'

describe('the block in the hosts file of somebody else', () => {
  const own = '127.0.0.1 localhost\n172.17.0.2 4f0c\n'

  it('stands at the end, and what was there stays', () => {
    expect(withBlock(own, '10.0.0.1 web\n')).toBe(`${own}# Hosts of a testbed of Streambed\n10.0.0.1 web\n# End of the hosts of the testbed\n`)
    expect(withBlock('127.0.0.1 localhost', '10.0.0.1 web')).toBe('127.0.0.1 localhost\n# Hosts of a testbed of Streambed\n10.0.0.1 web\n# End of the hosts of the testbed\n')
  })

  it('is replaced, not repeated, also one that a dead process left', () => {
    expect(withBlock(withBlock(own, '10.0.0.1 web\n'), '10.0.0.2 db\n')).toBe(withBlock(own, '10.0.0.2 db\n'))
  })

  it('goes without a trace', () => {
    expect(withoutBlock(withBlock(own, '10.0.0.1 web\n'))).toBe(own)
    expect(withoutBlock(own)).toBe(own)
    expect(withoutBlock(`${withBlock(own, 'x\n')}172.18.0.2 later\n`)).toBe(`${own}172.18.0.2 later\n`)
    expect(withoutBlock('')).toBe('')
  })
})
