import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, importBusybox } from './busybox.js'
import { controlGroup, Daemon, run } from './program.js'

/** Its address; ours is 10.99.0.1. */
const address = '10.99.0.2'
/** Of the user who logs in there, and whose group may use Docker's socket; the next one is that of another. */
const id = 54322

/**
 * What another machine with Docker would be: other processes, another network (a cable leads there), another /run; the file system is shared. Docker listens on its socket and by TLS on a port,
 * and sshd lets `me` in, and
 * `poor`, who has no programs.
 */
export class OtherMachine {
  readonly tcp = `tcp://${address}:2376`
  readonly ssh = `ssh://me@${address}`
  /** Folder with ca.pem, cert.pem and key.pem. */
  certificates = ''
  #init: Daemon | undefined
  #pid = 0
  #daemons: Daemon[] = []

  async begin(): Promise<void> {
    const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc', '--kill-child=KILL']
    this.#init = new Daemon('unshare', [...namespaces, 'sh', '-c', 'mount -t tmpfs -o mode=755 other /run && mkdir -p /run/docker /run/sshd /run/tls /run/ssh /run/me && hostname other && ip link set lo up && echo ready && exec sleep infinity'])
    const { pid } = this.#init
    await this.#init.until(() => this.#init?.output.includes('ready') === true, 'the other machine is there')
    this.#pid = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
    await run('ip', 'link', 'add', 'other0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(this.#pid))
    await run('ip', 'addr', 'add', '10.99.0.1/24', 'dev', 'other0')
    await run('ip', 'link', 'set', 'other0', 'up')
    await this.run('sh', '-c', `ip addr add ${address}/24 dev eth0 && ip link set eth0 up`)
    this.certificates = mkdtempSync('/tmp/sb-tls-')
    await Promise.all([this.#startDocker(), this.#startSsh()])
  }

  /** Runs a program there. */
  run(...command: string[]): Promise<string> {
    const [program = '', ...args] = this.#there(command)
    return run(program, ...args)
  }

  /** Runs the `docker` command there. */
  docker(...args: string[]): Promise<string> {
    return this.run('/usr/bin/docker', '--host', 'unix:///run/docker.sock', ...args)
  }

  async end(): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.stop()))
    await this.#init?.stop('SIGKILL')
    rmSync(this.certificates, { recursive: true, force: true })
  }

  async #startDocker(): Promise<void> {
    await this.#makeCertificates()
    const tls = ['--tlsverify', '--tlscacert=/run/tls/ca.pem', '--tlscert=/run/tls/server-cert.pem', '--tlskey=/run/tls/server-key.pem']
    const daemon = this.#daemon('dockerd', '--host=unix:///run/docker.sock', `--host=${this.tcp}`, ...tls, '--data-root=/run/docker-data', '--pidfile=/run/docker.pid', `--cgroup-parent=${controlGroup}/other`, '--bridge=none', '--iptables=false', '--log-level=error')
    const socket = this.#file('docker.sock')
    await daemon.until(() => answers(socket), 'the Docker of the other machine answers')
    chownSync(socket, 0, id)
    await importBusybox(socket)
  }

  /** An authority, and what it says of the server and of a client. */
  async #makeCertificates(): Promise<void> {
    const folder = this.#file('tls')
    const own = (...args: string[]): Promise<string> => run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', ...args)
    const pair = (name: string): string[] => ['-keyout', join(folder, `${name}key.pem`), '-out', join(folder, `${name}cert.pem`)]
    const signed = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca-key.pem')]
    await own('-subj', '/CN=authority', '-keyout', join(folder, 'ca-key.pem'), '-out', join(folder, 'ca.pem'))
    await own('-subj', '/CN=other', '-addext', `subjectAltName=IP:${address}`, '-addext', 'extendedKeyUsage=serverAuth', ...pair('server-'), ...signed)
    await own('-subj', '/CN=me', '-addext', 'extendedKeyUsage=clientAuth', ...pair(''), ...signed)
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(this.certificates, file), readFileSync(join(folder, file)))
  }

  /** sshd there; here, the settings of the `ssh` program, by which it knows the other machine and shows a key. */
  async #startSsh(): Promise<void> {
    const here = '/run/lab/ssh'
    mkdirSync(here, { recursive: true })
    for (const name of ['host', 'key']) await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(here, name))
    const there = this.#file('ssh')
    writeFileSync(join(there, 'host'), readFileSync(join(here, 'host')), { mode: 0o600 })
    writeFileSync(join(there, 'authorized'), readFileSync(join(here, 'key.pub')), { mode: 0o644 })
    writeFileSync(join(there, 'sshd_config'), [`ListenAddress ${address}:22`, 'HostKey /run/ssh/host', 'AuthorizedKeysFile /run/ssh/authorized', 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PidFile none', 'SetEnv PATH=/usr/bin:/bin', 'Match User poor', 'SetEnv PATH=/run/me', ''].join('\n'))
    chownSync(this.#file('me'), id, id)
    chmodSync(this.#file('me'), 0o755)
    const users = ['me', 'poor'].map((name, index) => `${name}:*:${id + index}:${id + index}::/run/me:/bin/sh\n`)
    for (const [file, lines] of [['passwd', users], ['group', [`me:*:${id}:\n`, `poor:*:${id + 1}:\n`]]] as const) {
      writeFileSync(this.#file(file), [readFileSync(`/etc/${file}`, 'utf8'), ...lines].join(''))
      await this.run('mount', '--bind', `/run/${file}`, `/etc/${file}`)
    }
    await run('mount', '-t', 'tmpfs', 'streambed-tests', '/etc/ssh')
    writeFileSync(join(here, 'known_hosts'), `${address} ${readFileSync(join(here, 'host.pub'), 'utf8')}`)
    // One connection for all calls, each of which would take a handshake otherwise.
    writeFileSync('/etc/ssh/ssh_config', [`IdentityFile ${here}/key`, `GlobalKnownHostsFile ${here}/known_hosts`, 'UserKnownHostsFile none', 'StrictHostKeyChecking yes', 'ControlMaster auto', `ControlPath ${here}/%C`, 'ControlPersist 60', ''].join('\n'))
    const daemon = this.#daemon('/usr/sbin/sshd', '-D', '-e', '-f', '/run/ssh/sshd_config')
    await daemon.until(() => daemon.output.includes('Server listening'), 'sshd listens')
  }

  /** A file of its /run, from here. */
  #file(path: string): string {
    return `/proc/${this.#pid}/root/run/${path}`
  }

  #daemon(...command: string[]): Daemon {
    const [program = '', ...args] = this.#there(command)
    const daemon = new Daemon(program, args)
    this.#daemons.push(daemon)
    return daemon
  }

  #there(command: readonly string[]): readonly string[] {
    return ['nsenter', '--target', String(this.#pid), '--net', '--mount', '--pid', '--uts', '--ipc', ...command]
  }
}
