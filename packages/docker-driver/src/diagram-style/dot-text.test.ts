import { describe, expect, it } from 'vitest'
import { bold, cell, coloured, html, quote, sized, table } from './dot-text.js'

describe('text of a label', () => {
  it.each([
    ['', '&#160;'],
    ['a & b <i>"c"</i>', 'a &amp; b &lt;i&gt;&quot;c&quot;&lt;/i&gt;'],
    ['&amp;', '&amp;amp;'],
    ['two\r\nlines\tand a tab', 'two lines and a tab'],
    ['\u0001\ud800\uffff', '\ufffd\ufffd\ufffd'],
    ['ünï 日本語 🙂', 'ünï 日本語 🙂'],
  ])('%j is %j', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  it('is put into elements', () => {
    expect(table('BORDER="0"', [cell('ALIGN="LEFT"', sized(18, bold('a<b'))), cell('WIDTH="9"', coloured('#c00000', 'x'))])).toBe(
      '<TABLE BORDER="0"><TR><TD ALIGN="LEFT"><FONT POINT-SIZE="18"><B>a&lt;b</B></FONT></TD></TR><TR><TD WIDTH="9"><FONT COLOR="#c00000">x</FONT></TD></TR></TABLE>',
    )
  })
})

it.each([
  ['host a"b\\', '"host a\\"b\\\\"'],
  ['', '""'],
  ['a\nb\u0000', '"a b\ufffd"'],
])('the ID of %j is %j', (text, expected) => {
  expect(quote(text)).toBe(expected)
})
