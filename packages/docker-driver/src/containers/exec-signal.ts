import { readFileSync } from 'node:fs'
import { DockerDriverError } from '../errors.js'
import { endedState, execState, signalScript, startExec, type ExecTarget, type StartedExec } from './exec-start.js'

/**
 * Whether a process of this machine is one of the container: only then its number, as Docker tells it, means the same here. The control group
 * has the container's id in its name; a remote engine's numbers name other processes.
 */
export function isProcessOf(pid: number, containerId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)
  } catch {
    return false
  }
}

/** Whether this process may signal that one. */
export function maySignal(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Signals the process group of a program in a container: Docker's API has no call for that.
 * @returns false when it has ended
 * @throws DockerDriverError `forbidden` when neither way is possible
 */
export async function signalExec(target: ExecTarget, { execId, mark }: StartedExec, signal: NodeJS.Signals): Promise<boolean> {
  const { pid, running } = await execState(target, execId)
  if (!running || pid === 0) return false
  if (mark === undefined) {
    if (!isProcessOf(pid, target.id)) return false
    try {
      process.kill(-pid, signal)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
      throw error
    }
  }
  const script = await startExec(target, { argv: ['sh', '-c', signalScript(mark, signal)], user: '0', stdin: false })
  let said = ''
  script.socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  await new Promise((resolve) => script.socket.once('close', resolve).once('end', resolve))
  const { exitCode, pid: began } = await endedState(target, script.execId, ['sh'])
  if (began === 0 && exitCode !== 0) {
    throw new DockerDriverError('forbidden', `cannot signal a program in ${target.where}: its processes are not visible here (or not ours to signal), and it has no "sh" and "grep" to do it with. Run as root beside a local Docker, or kill the container`)
  }
  return exitCode === 0
}
