/** The `info` of an LLDP element as hexadecimal digits: pairs of such digits as they stand, any other text in UTF-8. */
export function tlvInfo(text: string): string {
  const pairs = /^[ \t-\r]*(?:[0-9a-fA-F]{2}[ \t-\r]*)*$/.test(text)
  return pairs ? text.replace(/[ \t-\r]+/g, '').toLowerCase() : Buffer.from(text, 'utf8').toString('hex')
}
