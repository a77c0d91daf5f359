// Mininet: see mininet.sh and mininet.py.
import { readFileSync } from 'node:fs'
import { sandboxed, withFiles } from './sandbox.mjs'

export function openMininet() {
  const read = (name) => readFileSync(new URL(name, import.meta.url))
  return withFiles([read('mininet.py')], async (files) => {
    const mininet = sandboxed(['/usr/bin/bash', '--norc', '--noprofile', '-c', read('mininet.sh').toString()], { files })
    await mininet.answer()
    return {
      start: (count) => mininet.order(`start ${count}`),
      stop: () => mininet.order('stop'),
      pingAll: () => mininet.order('ping-all'),
      execOneByOne: (count) => mininet.order(`one-by-one ${count}`),
      execBuiltin: (count) => mininet.order(`builtin ${count}`),
      execInFour: (count) => mininet.order(`in-four ${count}`),
      get pids() {
        return mininet.pids
      },
      close: () => mininet.kill(),
    }
  })
}
