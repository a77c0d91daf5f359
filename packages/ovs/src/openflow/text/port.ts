import { OFPP } from '../constants.js'
import { PartError } from './syntax.js'

const names = new Map<number, string>(
  Object.entries(OFPP).flatMap(([name, number]) => (name === 'MAX' ? [] : [[number, name]])),
)
const numbers = new Map([...names].map(([number, name]) => [name.toLowerCase(), number]))
// The name that OpenFlow 1.0 had for ANY.
numbers.set('none', OFPP.ANY)

/** Added to a reserved 16-bit port number of OpenFlow 1.0 it gives the number of later versions. */
const RESERVED_OFFSET = 0xffff0000

/** A port as ovs-ofctl prints it: `LOCAL`, `CONTROLLER`, … or the number. */
export function printPort(port: number): string {
  const name = names.get(port)
  if (name !== undefined) return name
  // Open vSwitch keeps ports in 16 bits.
  return String(port >= OFPP.MAX ? port - RESERVED_OFFSET : port)
}

/**
 * A port as ovs-ofctl reads it: a decimal number, or the name of a reserved port in either case. Numbers from 65,280
 * to 65,535 are reserved ports of OpenFlow 1.0 and become those of later versions.
 *
 * @throws PartError when it is neither, or a number that Open vSwitch has no port for.
 */
export function parsePort(text: string): number {
  if (/^[0-9]+$/.test(text)) {
    const port = Number(text)
    if (port < 0xff00) return port
    if (port <= 0xffff) return port + RESERVED_OFFSET
    if (port >= OFPP.MAX && port <= 0xffffffff) return port
  }
  const port = numbers.get(text.toLowerCase())
  if (port !== undefined) return port
  throw new PartError(
    `a port must be a number from 0 to 65535 or one of ${[...names.values()].join(', ')}, not ${JSON.stringify(text)}`,
  )
}

/** The 16-bit form of a port, which OpenFlow 1.0 and NXM have. */
export function port16Of(port: number): number {
  return port >= OFPP.MAX ? port - RESERVED_OFFSET : port
}

/** The 32-bit form of a 16-bit port. */
export function port32Of(port: number): number {
  return port >= 0xff00 && port <= 0xffff ? port + RESERVED_OFFSET : port
}
