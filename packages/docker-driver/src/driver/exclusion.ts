interface Room {
  running: number
  alone: Promise<void> | undefined
  readonly onIdle: Set<() => void>
}

/** How long work that is to be alone lets others begin, until there is a moment without any. */
const PATIENCE_MS = 5000

/** Calls of Docker's on a network go side by side; while it is mended, none does. One network does not wait for another. */
export class Exclusion {
  readonly #rooms = new Map<string, Room>()

  /** Whether nothing runs on a key. */
  isIdle(key: string): boolean {
    return !this.#rooms.has(key)
  }

  /** Runs work beside other such work on a key. */
  async shared<T>(key: string, work: () => Promise<T>): Promise<T> {
    for (let before = this.#rooms.get(key)?.alone; before !== undefined; before = this.#rooms.get(key)?.alone) await before
    const room = this.#room(key)
    room.running++
    try {
      return await work()
    } finally {
      room.running--
      this.#left(key, room)
    }
  }

  /**
   * Runs work when nothing else runs on any of the keys; what comes meanwhile waits. Keys on which something runs are to be waited for
   * one by one: the others of the same call would wait with them.
   * @param patienceMs until then, what comes begins all the same, so that one slow call does not hold up others
   */
  async alone<T>(keys: readonly string[], work: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    const leave: (() => void)[] = []
    try {
      for (const key of [...new Set(keys)].sort()) leave.push(await this.#enter(key, patienceMs))
      return await work()
    } finally {
      for (const step of leave) step()
    }
  }

  async #enter(key: string, patienceMs: number): Promise<() => void> {
    for (;;) {
      const room = this.#room(key)
      if (room.alone !== undefined) await room.alone
      else if (room.running === 0 || !(await idleWithin(room, patienceMs))) {
        if (room.alone !== undefined || this.#rooms.get(key) !== room) continue
        let release = (): void => undefined
        room.alone = new Promise((resolve) => (release = resolve))
        if (room.running > 0) await new Promise<void>((resolve) => room.onIdle.add(resolve))
        return () => {
          room.alone = undefined
          this.#left(key, room)
          release()
        }
      }
    }
  }

  #room(key: string): Room {
    const room = this.#rooms.get(key) ?? { running: 0, alone: undefined, onIdle: new Set() }
    this.#rooms.set(key, room)
    return room
  }

  #left(key: string, room: Room): void {
    if (room.running > 0) return
    if (room.alone === undefined) this.#rooms.delete(key)
    for (const tell of room.onIdle) tell()
    room.onIdle.clear()
  }
}

/** Whether there was a moment without work. */
function idleWithin({ onIdle }: Room, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const idle = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    const timer = setTimeout(() => {
      onIdle.delete(idle)
      resolve(false)
    }, ms)
    onIdle.add(idle)
  })
}
