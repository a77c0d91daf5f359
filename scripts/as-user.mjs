// Runs something in a copy of this checkout that belongs to an ordinary user, as that user.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'

/** `nobody`, by number: a user who owns nothing and may do nothing. */
const nobody = '65534'
const become = ['--reuid', nobody, '--regid', nobody, '--clear-groups', '--no-new-privs']

// Neither needed nor welcome in the copy: the history, and what tools can make again.
const left = new Set(['.git', '.turbo', 'coverage'])

/**
 * Copies the checkout, gives the copy to `nobody`, calls `work` and removes the copy, after an interrupt as well (`run`
 * throws then). `work` gets `folder`, where the user may write, and `node(args, env)`, which runs Node in the copy and
 * answers its exit code.
 */
export async function asUser(work) {
  // A short name: the paths of unix sockets below it may have 107 bytes.
  const folder = mkdtempSync('/tmp/sb-')
  try {
    const checkout = join(folder, 'checkout')
    for (const own of [checkout, join(folder, 'home'), join(folder, 'tmp'), join(folder, 'bin')]) mkdirSync(own)
    const entries = readdirSync(root).filter((entry) => !left.has(entry))
    await must('cp', ['-a', '--', ...entries.map((entry) => join(root, entry)), checkout])
    const node = await executableNode(folder)
    await must('chown', ['-R', '-h', `${nobody}:${nobody}`, folder])
    await work({
      folder: join(folder, 'tmp'),
      node: (args, env) =>
        run('setpriv', [...become, node, ...args], {
          cwd: checkout,
          detached: true,
          env: { ...environment(folder), ...env },
        }),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function must(command, args) {
  const code = await run(command, args)
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

/** This Node, or a copy of it where an ordinary user cannot reach it (below /root, for one). */
async function executableNode(folder) {
  chmodSync(folder, 0o755)
  // Through a shell, because setpriv itself still has root's rights when it looks for the program.
  const attempt = ['sh', '-c', 'exec "$0" --version', process.execPath]
  const code = await run('setpriv', [...become, ...attempt], { cwd: folder, stdio: 'ignore' })
  if (code === 0) return process.execPath
  const copy = join(folder, 'bin/node')
  copyFileSync(process.execPath, copy)
  chmodSync(copy, 0o755)
  return copy
}

/** Our environment without what says who and where we are. */
function environment(folder) {
  const ours = Object.entries(process.env).filter(([name]) => !/^(npm_|XDG_|SUDO_|INIT_CWD$|MAIL$|OLDPWD$)/i.test(name))
  return {
    ...Object.fromEntries(ours),
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    USER: 'nobody',
    LOGNAME: 'nobody',
    PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
  }
}
