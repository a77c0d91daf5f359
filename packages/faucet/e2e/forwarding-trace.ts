/**
 * What comes of a packet, as text that is equal for equal outcomes: one line for each copy that leaves, with what was
 * done to it until then, sorted. Nothing at all is a dropped packet.
 */
export type Outcome = readonly string[]

/**
 * Reads what `ofproto/trace` prints. The datapath's actions are carried out one after the other on what is known of the
 * packet: the tags that were taken away and put on, the fields that were set.
 * @param portNames names of ports by their numbers in the datapath
 */
export function outcomeOf(trace: string, portNames: ReadonlyMap<string, string>): Outcome {
  const lines: string[] = []
  // A packet that goes through connection tracking has several sections, one for each time that it comes back.
  const sections = [...trace.matchAll(/^Datapath actions: (.*)$/gm)]
  if (sections.length === 0) throw new Error(`this is not a trace: ${trace}`)
  for (const [index, [, actions = '']] of sections.entries()) {
    const packet = new Copy(index > 0 ? `again ${index} ` : '')
    carryOut(actions, packet, portNames, lines)
  }
  return lines.sort()
}

/** A packet on its way. */
class Copy {
  readonly #prefix: string
  #popped = 0
  #pushed: string[] = []
  #fields = new Map<string, string>()
  #effects: string[] = []

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  push(tag: string): void {
    this.#pushed.push(tag)
  }

  pop(): void {
    if (this.#pushed.pop() === undefined) this.#popped++
  }

  set(header: string, fields: string): void {
    for (const field of split(fields)) this.#fields.set(`${header}.${field.slice(0, field.indexOf('='))}`, field)
  }

  effect(text: string): void {
    this.#effects.push(text)
  }

  fork(): Copy {
    const copy = new Copy(this.#prefix)
    copy.#popped = this.#popped
    copy.#pushed = [...this.#pushed]
    copy.#fields = new Map(this.#fields)
    copy.#effects = [...this.#effects]
    return copy
  }

  to(where: string): string {
    const parts = [
      this.#popped > 0 ? `-${this.#popped} tags` : '',
      ...this.#pushed.map((tag) => `+tag ${tag}`),
      ...[...this.#fields].map(([key, field]) => `${key.slice(0, key.indexOf('.'))} ${field}`).sort(),
      ...this.#effects,
    ]
    return `${this.#prefix}${where}${parts.filter((part) => part !== '').map((part) => `, ${part}`).join('')}`
  }
}

function carryOut(actions: string, packet: Copy, portNames: ReadonlyMap<string, string>, lines: string[]): void {
  for (const action of split(actions)) {
    const [, name = '', inside = ''] = /^([^(]*)(?:\((.*)\))?$/s.exec(action) ?? []
    if (/^\d+$/.test(name)) lines.push(packet.to(portNames.get(name) ?? `unknown port ${name}`))
    else if (name === 'push_vlan') packet.push(inside)
    else if (name === 'pop_vlan') packet.pop()
    else if (name === 'set') packet.set(inside.slice(0, inside.indexOf('(')), inside.slice(inside.indexOf('(') + 1, -1))
    else if (name === 'userspace') lines.push(packet.to(controllerOf(inside)))
    // What the meter of a connection to a controller limits is sent to it as a sample of everything.
    else if (name === 'sample') carryOut(/^sample=100.0%,actions\((.*)\)$/.exec(inside)?.[1] ?? '', packet.fork(), portNames, lines)
    else if (name === 'clone') carryOut(inside, packet.fork(), portNames, lines)
    else if (name === 'meter') packet.effect('metered')
    else if (name === 'recirc') lines.push(packet.to('comes back'))
    else if (name !== 'drop') packet.effect(action)
  }
}

/** What the controller is told: how much of the packet, why and with which cookie. */
function controllerOf(inside: string): string {
  const told = ['reason', 'max_len', 'rule_cookie'].map((key) => new RegExp(`${key}=(\\w+)`).exec(inside)?.[0] ?? '')
  return told[0] === '' ? `userspace ${inside}` : `controller ${told.join(' ')}`
}

/** Splits at the commas that are not within brackets. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at <= text.length; at++) {
    const char = text[at]
    if (char === '(' || char === '{') depth++
    if (char === ')' || char === '}') depth--
    if (at === text.length || (char === ',' && depth === 0)) {
      if (at > from) parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return parts
}
