import * as libc from './libc.js'

const EPOLLIN = 0x1
const EPOLLOUT = 0x4
const MAX_EVENTS = 64

/**
 * Waits for descriptors that libuv does not know how to poll (packet and raw sockets, connections in the making).
 * One epoll instance, waited for on one thread of libuv's pool, only while something is registered.
 */
export class Poller {
  readonly #epoll = libc.epollCreate()
  readonly #events = new Uint8Array(libc.EPOLL_EVENT_SIZE * MAX_EVENTS)
  readonly #numbers = new Map<number, number>()
  readonly #ready = new Map<number, () => void>()
  #next = 0
  #waiting = false

  /** Calls `ready` each time the descriptor can be read (or written), until {@link remove}. */
  add(fd: number, direction: 'read' | 'write', ready: () => void): void {
    // An event may be on its way from the waiting thread while its descriptor is closed and the number given to another
    // one: a registration is known by a number of its own.
    const number = (this.#next = (this.#next + 1) & 0x7fff_ffff)
    libc.epollControl(this.#epoll, 1, fd, direction === 'read' ? EPOLLIN : EPOLLOUT, number)
    this.#numbers.set(fd, number)
    this.#ready.set(number, ready)
    this.#wait()
  }

  /** Must be called before the descriptor is closed or given away. */
  remove(fd: number): void {
    const number = this.#numbers.get(fd)
    if (number === undefined) return
    this.#numbers.delete(fd)
    this.#ready.delete(number)
    libc.epollControl(this.#epoll, 2, fd, 0, 0)
  }

  #wait(): void {
    if (this.#waiting || this.#ready.size === 0) return
    this.#waiting = true
    // A bounded wait: when the last descriptor is removed, nothing wakes the thread, and it must not keep a new one waiting.
    void libc.epollWait(this.#epoll, this.#events, MAX_EVENTS, 1000).then((count) => {
      this.#waiting = false
      const view = new DataView(this.#events.buffer)
      const numbers: number[] = []
      for (let i = 0; i < count; i++) numbers.push(view.getInt32(i * libc.EPOLL_EVENT_SIZE + libc.EPOLL_DATA_OFFSET, true))
      for (const number of numbers) this.#ready.get(number)?.()
      this.#wait()
    })
  }
}
