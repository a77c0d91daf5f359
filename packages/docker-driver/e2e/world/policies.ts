/** The two ways in which Docker can see to it that containers run after it was restarted: options of dockerd, and of `docker run`. */
export const policies = {
  /** They run on meanwhile. */
  liveRestore: { what: 'a Docker that lets containers run on', daemon: ['--live-restore'], container: [] },
  /** They are started again. */
  always: { what: 'a Docker that starts containers again', daemon: [], container: ['--restart=always'] },
} as const satisfies Record<string, Policy>

/** One of {@link policies}. */
export interface Policy {
  readonly what: string
  readonly daemon: readonly string[]
  readonly container: readonly string[]
}
