import { describe, expect, it } from 'vitest'
import { classDefinition, linkStyles, mermaidText, mermaidTitle } from './mermaid-text.js'

const nasty = 'a"b\\ <i>&amp; #35; `x` %%{init}%% |;| --> style x:#f; ünï 日本語 \u0001\ud800\n}\\'

describe('mermaidText', () => {
  it('leaves nothing that Mermaid could take for syntax, and loses nothing', () => {
    const label = mermaidText(nasty)
    expect(label.replace(/#\d+;/g, '')).toMatch(/^[\p{L}\p{M}\w .,:()/\ufffd-]+$/u)
    expect(label).not.toMatch(/style|classDef/)
    expect(label.replace(/#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)))).toBe(nasty.replace('\u0001\ud800\n', '\ufffd\ufffd '))
  })
})

describe('mermaidTitle', () => {
  it('is a scalar of YAML without brackets', () => {
    expect(JSON.parse(mermaidTitle('say "<b>"\n\\'))).toBe('say "‹b›" \\')
  })
})

describe('statements', () => {
  it('give a style to all links that have it, by one line', () => {
    expect(linkStyles(['stroke:red', 'stroke:blue', '', 'stroke:red'])).toEqual(['linkStyle 0,3 stroke:red', 'linkStyle 1 stroke:blue'])
    expect(linkStyles([])).toEqual([])
  })

  it('make classes', () => {
    expect(classDefinition('switch', '#e6e6e6', '#4d4d4d')).toBe('classDef switch fill:#e6e6e6,stroke:#4d4d4d,color:#1a1a1a')
  })
})
