import { OvsError } from '../../errors.js'

/**
 * The error for a text that is not right: `invalid`, with the text and a mark under the place.
 *
 * @param at index of the first character that is wrong.
 */
export function syntaxError(what: string, text: string, at: number): OvsError {
  const start = Math.max(0, at - 60)
  const shown = text.slice(start, at + 40).replace(/[\t\r\n]/g, ' ')
  return new OvsError('invalid', `${what} (at character ${at + 1})\n  ${shown}\n  ${' '.repeat(at - start)}^`)
}

/**
 * What went wrong in a part of a text. Thrown by what does not know where in the whole text the part stands, and made
 * an {@link OvsError} with the place by what does.
 */
export class PartError extends Error {
  /** Index of the first wrong character in the part. */
  readonly at: number

  constructor(what: string, at = 0) {
    super(what)
    this.at = at
  }
}

/** Runs `parse`, and makes a {@link PartError} of it the error for `text`, in which the part begins at `offset`. */
export function atPlace<T>(text: string, offset: number, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof PartError) throw syntaxError(error.message, text, offset + error.at)
    throw error
  }
}
