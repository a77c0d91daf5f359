import { wrong } from './wrong.js'

/**
 * The MAC address of one interface, as six pairs of hexadecimal digits with colons; gives it in lower case.
 * Throws `DockerDriverError` `invalid`, also for the address of a group and for the one of zeros.
 */
export function parseMac(text: string): string {
  const right = 'write six pairs of hexadecimal digits, such as 0e:01:00:00:00:23'
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw wrong(text, 'no MAC address', right)
  const mac = text.toLowerCase()
  if (isGroup(mac)) throw wrong(text, 'the address of a group, which no interface can have', 'make the first pair even, such as 0e')
  if (mac === '00:00:00:00:00:00') throw wrong(text, 'an address that no interface can have', right)
  return mac
}

/**
 * The first bytes of a MAC address: one to five pairs of hexadecimal digits, with or without colons (`0e:99`, `0e99`); gives them
 * in lower case with colons. Throws `DockerDriverError` `invalid`.
 */
export function parseMacPrefix(text: string): string {
  if (!/^[0-9a-f]{2}(:?[0-9a-f]{2}){0,4}$/i.test(text)) {
    throw wrong(text, 'no prefix of a MAC address', 'write one to five pairs of hexadecimal digits, such as 0e:99')
  }
  const prefix = (text.toLowerCase().match(/[0-9a-f]{2}/g) ?? []).join(':')
  if (isGroup(prefix)) throw wrong(text, 'the beginning of the address of a group', 'make the first pair even, such as 0e')
  return prefix
}

/** A MAC address with other first bytes: `0e:99` on `02:42:0a:00:00:02` is `0e:99:0a:00:00:02`. Both as the parsers above give them. */
export function applyMacPrefix(mac: string, prefix: string): string {
  return prefix + mac.slice(prefix.length)
}

function isGroup(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1
}
