/** An option or a setting that cannot be followed; the message names it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
