import { describe, expect, it } from 'vitest'
import { parseGraphRequest } from './graph.js'

describe('parseGraphRequest', () => {
  it('has the defaults of graph_dovesnap', () => expect(parseGraphRequest([])).toEqual({ daemons: ['localhost:9401'], output: 'dovesnapviz.png' }))

  it('takes several daemons', () => {
    expect(parseGraphRequest(['-u', 'a:9401, b:9402', '-o', 'x.svg'])).toEqual({ daemons: ['a:9401', 'b:9402'], output: 'x.svg' })
  })

  it.each([
    [['-o', 'x.gif'], '.svg, .png'],
    [['-o'], '-o needs a value'],
    [['--nonesuch', 'x'], 'not "--nonesuch"'],
  ])('refuses %j', (args, words) => expect(() => parseGraphRequest(args)).toThrow(words))
})
