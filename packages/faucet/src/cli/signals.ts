/** What the operating system asks of a program. */
export interface Signals {
  /** Calls a function at each `SIGHUP`. */
  onReload(reload: () => void): void
  /** Resolves at `SIGINT` or `SIGTERM`. A second one ends the process at once. */
  readonly stopped: Promise<void>
}

/** The signals of this process. */
export function processSignals(): Signals {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve()
        process.once(signal, () => process.exit(1))
      })
    }
  })
  return { onReload: (reload) => void process.on('SIGHUP', reload), stopped }
}
