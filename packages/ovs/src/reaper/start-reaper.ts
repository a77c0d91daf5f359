import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Starts the program that removes a testbed's bridge when this process ends, also by SIGKILL.
 * @returns what dismisses it, when the bridge has been removed in order
 */
export function startReaper(databaseSocket: string, id: string): () => void {
  const program = fileURLToPath(new URL('./reaper/main.js', import.meta.url))
  // A session of its own: a signal to this process's group does not reach it.
  const child = spawn(process.execPath, [program, databaseSocket, id], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  return () => void child.kill('SIGKILL')
}
