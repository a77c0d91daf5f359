import { type Action, bundleAlgorithms, hashFields, multipathAlgorithms } from '../action/index.js'
import type { Enumeration } from '../enumeration.js'
import type { Piece } from './piece.js'
import { printPort } from './port.js'
import { parseShortSubfield, printSubfield } from './subfield.js'

type Of<Type extends Action['type']> = Extract<Action, { readonly type: Type }>

/** `multipath(eth_src,50,modulo_n,4,0,NXM_NX_REG0[])` */
export function printMultipath({ fields, basis, algorithm, maxLink, arg, dst }: Of<'nx_multipath'>): string {
  return `multipath(${fields},${basis},${algorithm},${maxLink + 1},${arg},${printSubfield(dst)})`
}

/** `bundle(eth_src,0,hrw,ofport,members:1,2)`, and `bundle_load` with a destination before the members. */
export function printBundle(action: Of<'nx_bundle' | 'nx_bundle_load'>): string {
  const { fields, basis, algorithm, members } = action
  const load = action.type === 'nx_bundle_load'
  const name = load ? 'bundle_load' : 'bundle'
  const dst = load ? `${printSubfield(action.dst)},` : ''
  return `${name}(${fields},${basis},${algorithm},ofport,${dst}members:${members.map(printPort).join(',')})`
}

function nameOf<Name extends string>(piece: Piece, names: Enumeration<Name>, what: string): Name {
  const all = Object.keys(names.numbers) as Name[]
  const found = all.find((name) => name === piece.text.toLowerCase())
  if (!found) throw piece.error(`${what} must be one of ${all.join(', ')}, not ${piece.text}`)
  return found
}

/** `multipath(FIELDS, BASIS, ALGORITHM, LINKS, ARG, FIELD[BITS])` */
export function parseMultipath(piece: Piece): Action[] {
  const [fields, basis, algorithm, links, arg, dst] = piece.words()
  if (!fields || !basis || !algorithm || !links || !arg || !dst) {
    throw piece.error('multipath must have fields, basis, algorithm, number of links, argument and a field')
  }
  const count = links.number(4, 'the number of links')
  if (count < 1 || count > 65536) throw links.error('the number of links must be from 1 to 65536')
  const target = parseShortSubfield(dst)
  if (count > 2 ** target.bits) throw dst.error(`${target.bits} bits are too few for ${count} links`)
  return [
    {
      type: 'nx_multipath',
      fields: nameOf(fields, hashFields, 'the fields'),
      basis: basis.number(2, 'the basis'),
      algorithm: nameOf(algorithm, multipathAlgorithms, 'the algorithm'),
      maxLink: count - 1,
      arg: arg.number(4, 'the argument'),
      dst: target,
    },
  ]
}

/** `bundle(FIELDS, BASIS, ALGORITHM, ofport, members:PORT, …)` */
export function parseBundle(piece: Piece): Action[] {
  return [{ type: 'nx_bundle', ...parseCommon(piece, piece.words()) }]
}

/** `bundle_load(FIELDS, BASIS, ALGORITHM, ofport, FIELD[BITS], members:PORT, …)` */
export function parseBundleLoad(piece: Piece): Action[] {
  const list = piece.words()
  const [dst] = list.splice(4, 1)
  if (!dst) throw piece.error('bundle_load must have a field before the members')
  return [{ type: 'nx_bundle_load', ...parseCommon(piece, list), dst: parseShortSubfield(dst) }]
}

function parseCommon(piece: Piece, list: Piece[]): Omit<Of<'nx_bundle'>, 'type'> {
  const [fields, basis, algorithm, kind, first, ...others] = list
  if (!fields || !basis || !algorithm || !kind || !first) {
    throw piece.error('a bundle must have fields, basis, algorithm, ofport and members')
  }
  if (kind.text.toLowerCase() !== 'ofport') throw kind.error(`members are of the kind ofport, not ${kind.text}`)
  const label = /^(?:members|slaves):/i.exec(first.text)
  if (!label) throw first.error('the ports must come after members:')
  const firstPort = first.slice(label[0].length)
  return {
    fields: nameOf(fields, hashFields, 'the fields'),
    basis: basis.number(2, 'the basis'),
    algorithm: nameOf(algorithm, bundleAlgorithms, 'the algorithm'),
    members: [...(firstPort.text === '' ? [] : [firstPort]), ...others].map((port) => port.port()),
  }
}
