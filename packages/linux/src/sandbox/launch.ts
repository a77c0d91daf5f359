import { LinuxError } from '../errors.js'
import { findProgram } from './search-path.js'

/** A daemon that is started inside the sandbox before the agent is up, so that both start at the same time. */
export interface SandboxService {
  /** For messages: `ovs-vswitchd`. */
  readonly name: string
  readonly argv: readonly string[]
  /**
   * All but the last service must put themselves into the background when they are ready (`--detach`), and say in
   * this file which process they became.
   */
  readonly pidFile?: string
  /** Log file inside the sandbox; its end is quoted when the service dies. */
  readonly logFile?: string
}

/** What is in the sandbox when it starts. */
export interface SandboxContents {
  /** Folders below /run, which is an empty file system of the sandbox's own. */
  readonly directories?: readonly string[]
  /** Text files below /run, all of them together below 128 KiB: they are part of one argument of the starting shell. */
  readonly files?: Readonly<Record<string, string>>
  readonly services?: readonly SandboxService[]
  /** Folders below /run of the machine that the sandbox shares. */
  readonly keep?: readonly string[]
}

/** Quotes a word for a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

function servicesScript(services: readonly SandboxService[]): string {
  if (services.length === 0) return ''
  const last = services[services.length - 1] as SandboxService
  const lines = services.slice(0, -1).map(({ name, argv }) => `${argv.map(quote).join(' ')} >/run/streambed/log/${quote(name)}.err 2>&1 || exit 111; `)
  // Descriptor 3 is the agent's channel to its parent: a daemon that kept it would hide the agent's end. Descriptor 4 is the machine's /proc, for the agent alone.
  return `( ${lines.join('')}exec ${last.argv.map(quote).join(' ')} >/run/streambed/log/${quote(last.name)}.err 2>&1 ) 3>&- 4<&- </dev/null &
STREAMBED_LAST_SERVICE=$! `
}

/**
 * The shell text that runs first in the sandbox: it furnishes /run, starts the services in the background and becomes the agent.
 * No command comes between the last two: after each builtin dash collects what has ended, and the agent would never hear of it.
 * The agent's young generation is kept small: what one large plan leaves behind would count as memory of the hosts.
 */
export function preludeScript(contents: SandboxContents, node: string, agent: string): string {
  const { directories = [], files = {}, services = [] } = contents
  const description = services.map(({ name, pidFile, logFile }) => ({ name, pidFile, logFile }))
  const keep = keepScript(contents.keep ?? [])
  return `set -e
${keep.before}mount -t tmpfs -o mode=755,nosuid,nodev streambed /run
mkdir -p /run/streambed/log /run/lock /run/user ${directories.map(quote).join(' ')}
${keep.after}${Object.entries(files)
  .map(([path, text]) => `printf %s ${quote(text)} > ${quote(path)}`)
  .join('\n')}
STREAMBED_SERVICES=${quote(JSON.stringify(description))}
export STREAMBED_SERVICES
${servicesScript(services)}exec ${quote(node)} --max-semi-space-size=1 ${quote(agent)}
`
}

/** Folders of the machine's own /run that stay visible in the sandbox's. */
function keepScript(keep: readonly string[]): { readonly before: string; readonly after: string } {
  if (keep.length === 0) return { before: '', after: '' }
  const binds = keep.map((path) => `mkdir -p ${quote(path)}; mount --no-canonicalize --bind /proc/self/fd/9/${quote(path.replace(/^\/run\//, ''))} ${quote(path)}`)
  return { before: 'exec 9</run\n', after: `${binds.join('\n')}\nexec 9<&-\n` }
}

/** How the sandbox is entered. */
export type SandboxPrivilege = 'root' | 'user-namespace'

/** Whose network namespace the agent, and with it the switch ends of cables, live in: one of the sandbox's own, or the one that this process is in. */
export type SandboxNetwork = 'own' | 'outer'

/**
 * Whose processes, files and host name the agent lives among: those of a sandbox of its own (pid, mount, uts and ipc namespace), or those of this process. With
 * `outer` the agent is a helper of a daemon: it must be root, has the machine's network (`network: 'outer'`), touches no file, and what it has started ends with it.
 */
export type SandboxProcesses = 'own' | 'outer'

/** The command line of an agent in the machine's own namespaces. It is told when this process dies, and ends what it has started. */
export function outerCommand(node: string, agent: string): readonly string[] {
  return [findProgram('setpriv', 'util-linux'), '--pdeathsig', 'TERM', node, '--max-semi-space-size=1', agent]
}

/** The command line that makes the namespaces and runs the prelude in them. */
export function sandboxCommand(privilege: SandboxPrivilege, script: string, network: SandboxNetwork = 'own'): readonly string[] {
  const unshare = findProgram('unshare', 'util-linux')
  const setpriv = findProgram('setpriv', 'util-linux')
  const shell = findProgram('sh', 'dash')
  // The kernel kills the unshare process with us (--pdeathsig), and the agent with the unshare process (--kill-child): that
  // needs no program of ours to be awake. Entering a user namespace clears the first setting, so it is made after that.
  const enter = privilege === 'user-namespace' ? [unshare, '--user', '--map-root-user'] : []
  return [...enter, setpriv, '--pdeathsig', 'KILL', unshare, ...(network === 'own' ? ['--net'] : []), '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc', '--kill-child=KILL', shell, '-c', script]
}

/** Why the sandbox could not be entered, in words that say what to do. */
export function launchFailure(privilege: SandboxPrivilege, status: string, stderr: string): LinuxError {
  const text = stderr.trim()
  const quoted = text === '' ? '' : `: ${text}`
  if (/unshare.*(not permitted|no space left|permission denied|invalid argument)|uid_map|setgroups/is.test(text)) {
    if (privilege === 'root') {
      return new LinuxError('forbidden', `root may not make namespaces here${quoted}. In a container run it with --privileged (or CAP_SYS_ADMIN and CAP_NET_ADMIN, and a seccomp profile that allows unshare).`)
    }
    return new LinuxError(
      'forbidden',
      `this system does not let ordinary users make user namespaces${quoted}. Allow them as root with the setting that your system has: ` +
        'sysctl -w user.max_user_namespaces=15000; sysctl -w kernel.unprivileged_userns_clone=1 (Debian before 11); ' +
        'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 23.10 and later); in a container use a seccomp profile that allows unshare. Or run as root.',
    )
  }
  return new LinuxError('closed', `the sandbox did not start (${status})${quoted}`)
}
