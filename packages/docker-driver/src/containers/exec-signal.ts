import { DockerDriverError } from '../errors.js'
import { endedState, execState, signalScript, startExec, type ExecTarget, type StartedExec } from './exec-start.js'
import { isProcessOf } from './process-of.js'

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
