import { wrong } from './wrong.js'

/** The longest name of a network interface, in bytes (`IFNAMSIZ` less the zero byte). */
export const LONGEST_INTERFACE_NAME = 15

/**
 * The name of a network interface, or of a bridge, which is one too: 1 to 15 printable ASCII characters. Throws
 * `DockerDriverError` `invalid` for what the kernel or Open vSwitch refuses as a name.
 */
export function parseInterfaceName(text: string): string {
  const right = `write 1 to ${LONGEST_INTERFACE_NAME} letters, digits and characters such as - _ .`
  if (text === '') throw wrong(text, 'no name of an interface', right)
  if (text.length > LONGEST_INTERFACE_NAME) throw wrong(text, `${text.length} characters long`, right)
  // The kernel refuses / and : and white space; quotes and commas cannot be told from what stands around a name in OVSDB's and our lists.
  if (!/^[!-~]+$/.test(text) || /[/:,"'\\%]/.test(text)) throw wrong(text, 'no name that an interface can have', right)
  if (text === '.' || text === '..') throw wrong(text, 'no name that an interface can have', right)
  return text
}
