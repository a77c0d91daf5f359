import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isProcessOf } from './process-of.js'

const id = 'ab'.repeat(32)
let proc: string
beforeAll(() => {
  proc = mkdtempSync(join(tmpdir(), 'sb-'))
  const files = {
    '10/cgroup': `5:pids:/docker/${id}\n`,
    '10/stat': '10 (sh) S 11 10 10',
    '12/cgroup': `5:pids:/docker/${id}\n`,
    '12/stat': '12 (sh) Z 11 12 12',
    '20/cgroup': '5:pids:/user\n',
    '20/stat': '20 (a name) (1) S 21 20 20',
    '21/cmdline': `/usr/bin/conmon\0--api-version\x001\0-c\0${id}\0`,
    '30/cgroup': '5:pids:/user\n',
    '30/stat': '30 (sh) S 31 30 30',
    // Its arguments only have it as a part.
    '31/cmdline': `tail\0/var/log/${id}\0`,
  }
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(proc, file)), { recursive: true })
    writeFileSync(join(proc, file), content)
  }
})
afterAll(() => rmSync(proc, { recursive: true }))

it.each([
  [10, true, 'its control group'],
  [12, false, 'its end'],
  [20, true, 'the program that looks after it'],
  [30, false, 'somebody else'],
  [40, false, 'nobody'],
])('process %i: %s, by %s', (pid, expected) => {
  expect(isProcessOf(pid, id, proc)).toBe(expected)
})
