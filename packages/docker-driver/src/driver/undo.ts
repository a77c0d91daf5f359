import type { DriverContext } from './context.js'

/** Steps of an operation, each with what undoes it. */
export class Undo {
  readonly #steps: { readonly what: string; readonly undo: () => Promise<unknown> }[] = []

  /** Notes how the step that follows, or has just been done, is undone. */
  add(what: string, undo: () => Promise<unknown>): void {
    this.#steps.push({ what, undo })
  }

  /** Undoes all steps, the last first. What cannot be undone is logged. */
  async run(log: DriverContext['log']): Promise<void> {
    for (const { what, undo } of this.#steps.reverse()) {
      await undo().catch((error: unknown) => log('error', `could not undo "${what}": ${(error as Error).message}`))
    }
  }
}

/** Runs an operation; when it fails, what it has noted is undone before the error is passed on. */
export async function undoing<T>(log: DriverContext['log'], operation: (undo: Undo) => Promise<T>): Promise<T> {
  const undo = new Undo()
  try {
    return await operation(undo)
  } catch (error) {
    await undo.run(log)
    throw error
  }
}
