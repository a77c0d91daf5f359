import { OvsError } from '../errors.js'

/**
 * A value of an enumeration: its name, or the number itself where the specification has no name for it, so that
 * unknown values survive.
 */
export type Enum<Name extends string> = Name | number

/** The names of an enumeration and their numbers, both ways. */
export class Enumeration<const Name extends string> {
  /** The number of each name. */
  readonly numbers: Readonly<Record<Name, number>>
  readonly #what: string
  readonly #names = new Map<number, Name>()

  /** @param what says in errors what the value is, such as `the command of a flow-mod`. */
  constructor(what: string, numbers: Readonly<Record<Name, number>>) {
    this.#what = what
    this.numbers = numbers
    for (const [name, number] of Object.entries(numbers) as [Name, number][]) this.#names.set(number, name)
  }

  /** The name of a number, or the number when it has none. */
  decode(number: number): Enum<Name> {
    return this.#names.get(number) ?? number
  }

  /** The number of a name. @throws OvsError `invalid` when there is no such name. */
  encode(value: Enum<Name>): number {
    if (typeof value === 'number') return value
    const number = this.numbers[value]
    if (number === undefined) {
      const names = Object.keys(this.numbers).join(', ')
      throw new OvsError('invalid', `${this.#what} must be one of ${names}, or a number, not ${JSON.stringify(value)}`)
    }
    return number
  }
}
