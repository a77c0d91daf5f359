// `ip netns exec`: see netns.sh.
import { readFileSync } from 'node:fs'
import { sandboxed, withFiles } from './sandbox.mjs'

export function openNetns() {
  return withFiles([readFileSync(new URL('netns.sh', import.meta.url))], async (files) => {
    const shell = sandboxed(['/usr/bin/bash', '--norc', '--noprofile', '/dev/fd/3'], { files })
    await shell.answer()
    const perCall = async (order, count) => (await shell.order(`${order} ${count}`)) / 1000 / count
    return {
      execOneByOne: (count) => perCall('one-by-one', count),
      execInFour: (count) => perCall('in-four', count),
      close: () => shell.kill(),
    }
  })
}
