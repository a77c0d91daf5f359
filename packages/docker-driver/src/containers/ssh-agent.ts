import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineAgent } from './engine-agent.js'

/** What ssh says may be read a moment after its end. */
const LAST_WORDS_MS = 200

/** How the `ssh` program ended, with its words. */
export class SshError extends Error {
  constructor(
    /** 255 when ssh itself failed, else that of the program on the other side. */
    readonly exitCode: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Connections to a Docker on another machine: each is an `ssh` program, so that its configuration, keys and known hosts hold, and Docker's own
 * `docker system dial-stdio` on the other side.
 */
export class SshAgent extends EngineAgent {
  constructor(
    private readonly destination: string,
    private readonly sshPort: number | undefined,
  ) {
    super()
  }

  override createConnection(): Duplex {
    const port = this.sshPort === undefined ? [] : ['-p', String(this.sshPort)]
    // Nobody is there to be asked for a password.
    const args = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', ...port, '--', this.destination, 'docker', 'system', 'dial-stdio']
    const child = spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)))
    const duplex: Duplex = new Duplex({
      allowHalfOpen: true,
      read: () => void child.stdout.resume(),
      write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
      final: (done) => void child.stdin.end(() => done()),
    })
    // A program that has ended does not read what is written; what it said before is still to be read.
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => {
      if (!duplex.push(chunk)) child.stdout.pause()
    })
    const spoken = new Promise<void>((resolve) => void child.stderr.once('end', resolve))
    // How it ended is told before that it did: what ssh has to say would be lost otherwise.
    const exited = new Promise<void>((resolve) => {
      child.once('error', (error) => duplex.destroy(error))
      child.once('exit', (code) => {
        if (code === 0 || code === null) return resolve()
        // A connection that others share may go on in the background, and keep that stream.
        void Promise.race([spoken, sleep(LAST_WORDS_MS, undefined, { ref: false })]).then(() => {
          const words = said.trim().replace(/\s*[\r\n]+/g, '; ')
          duplex.destroy(new SshError(code, `ssh ${this.destination} exited with code ${code}${words === '' ? '' : `: ${words}`}`))
          resolve()
        })
      })
    })
    child.stdout.once('end', () => void exited.then(() => duplex.push(null)))
    // What a socket has and http asks for.
    Object.assign(duplex, { setKeepAlive: () => duplex, setNoDelay: () => duplex, setTimeout: () => duplex, ref: () => child.ref(), unref: () => child.unref() })
    duplex.once('close', () => void child.kill())
    return duplex
  }
}
