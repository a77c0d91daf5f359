import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is gone when its process is, however that ends. */
export interface VanishingFolder {
  readonly path: string
  /** Removes it now. Idempotent. */
  remove(): Promise<void>
}

/** The program that removes a folder when its standard input ends: by the kernel, when the process is killed that has the other end. */
export function remover(path: string): readonly [command: string, ...args: string[]] {
  // The programs that work in it are being killed at this moment, and may still make a file.
  return ['/bin/sh', '-c', 'cat >/dev/null; until rm -rf "$1"; do sleep 0.1; done', 'sh', path]
}

/** Makes a temporary folder whose name begins with `prefix`. */
export async function vanishingFolder(prefix: string): Promise<VanishingFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix))
  const [command, ...args] = remover(path)
  // Detached: what interrupts this process from a terminal is not to reach it.
  const child = spawn(command, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  // Where there is no shell, only remove() does it.
  const ended = new Promise<void>((resolve) => void child.once('error', () => resolve()).once('exit', () => resolve()))
  child.stdin?.on('error', () => undefined)
  child.unref()
  const remove = async (): Promise<void> => {
    child.ref()
    child.stdin?.end()
    await ended
    await rm(path, { recursive: true, force: true })
  }
  return { path, remove }
}
