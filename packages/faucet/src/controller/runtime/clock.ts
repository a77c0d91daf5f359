/** Where the time comes from. Tests have one of their own. */
export interface Clock {
  /** Seconds, never less than before. */
  now(): number
  /** Seconds since 1970, for people to read. */
  wall(): number
  /** Calls a function again and again. @returns what ends that */
  every(seconds: number, action: () => void): () => void
  /** Calls a function once. @returns what prevents that */
  after(seconds: number, action: () => void): () => void
}

/** The clock of the process. What waits for it keeps the process alive. */
export const systemClock: Clock = {
  // Close to the time of day, so that a number in a log can be understood, but never set back.
  now: () => (performance.timeOrigin + performance.now()) / 1000,
  wall: () => Date.now() / 1000,
  every(seconds, action) {
    const timer = setInterval(action, seconds * 1000)
    return () => clearInterval(timer)
  },
  after(seconds, action) {
    const timer = setTimeout(action, seconds * 1000)
    return () => clearTimeout(timer)
  },
}
