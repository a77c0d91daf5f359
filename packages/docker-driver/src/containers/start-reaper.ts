import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endpointText, type EngineEndpoint } from './endpoint.js'
import type { Sweep } from './sweep.js'

/**
 * Starts the program that removes a testbed's containers, networks and links when this process ends, also by SIGKILL.
 * @returns what dismisses it, when all of them have been removed in order
 */
export function startReaper(endpoint: EngineEndpoint, { owner, testbed = '' }: Sweep): () => void {
  const program = fileURLToPath(new URL('./containers/reaper.js', import.meta.url))
  // A session of its own: a signal to this process's group does not reach it. Of the environment only what ssh needs.
  const env = Object.fromEntries(['PATH', 'HOME', 'SSH_AUTH_SOCK'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
  const certificates = endpoint.type === 'tcp' && endpoint.certificates !== undefined ? [resolve(endpoint.certificates)] : []
  const child = spawn(process.execPath, [program, endpointText(endpoint), owner, testbed, ...certificates], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env, cwd: '/' })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  // A pipe of a child keeps this process running otherwise.
  ;(child.stdin as unknown as { unref?: () => void }).unref?.()
  return () => void child.stdin.end('.')
}
