import { DockerDriverError } from '../errors.js'
import { parseBool } from '../options/index.js'

/** A flag of the command: its name is as dovesnap has it, where dovesnap has it. */
interface Flag {
  readonly kind: 'text' | 'switch' | 'number'
  readonly value: string
  /** What it is called on the right of the usage. */
  readonly what: string
  /** The environment variable that stands for it, as in dovesnap's compose files. */
  readonly env?: string
  /** Taken, and refused when it is given: what to do instead. */
  readonly instead?: string
}

const rpc = 'a FaucetConfRPC server cannot be used yet: leave these flags out for the controller that is in this program, or name the file of a Faucet with --faucet_config'

/** Every flag, in the order of the usage. Flags up to `status_auth_ips` are dovesnap's. */
export const flags = {
  trace: { kind: 'switch', value: 'false', what: 'log every call of Docker and every change' },
  debug: { kind: 'switch', value: 'false', what: 'log every call of Docker' },
  faucetconfrpc_client: { kind: 'text', value: '', what: 'not yet', instead: rpc },
  faucetconfrpc_addr: { kind: 'text', value: '', what: 'not yet', instead: rpc },
  faucetconfrpc_port: { kind: 'number', value: '', what: 'not yet', instead: rpc },
  faucetconfrpc_keydir: { kind: 'text', value: '', what: 'not yet', instead: rpc },
  faucetconfrpc_connretries: { kind: 'number', value: '', what: 'not yet', instead: rpc },
  stacking_interfaces: { kind: 'text', value: '', env: 'STACKING_INTERFACES', what: 'links to other switches: REMOTEDP:REMOTEPORT:LOCALINTERFACE, comma separated' },
  stack_priority1: { kind: 'text', value: '', env: 'STACK_PRIORITY1', what: 'the remote dataplane that is to be the root of the stack' },
  stack_mirror_interface: { kind: 'text', value: '', env: 'STACK_MIRROR_INTERFACE', what: 'where mirrored packets go through the stack: DP:PORT' },
  default_ofcontrollers: { kind: 'text', value: '', env: 'STACK_OFCONTROLLERS', what: 'controllers of bridges that name none, such as tcp:127.0.0.1:6653, comma separated' },
  mirror_bridge_in: { kind: 'text', value: '', env: 'MIRROR_BRIDGE_IN', what: 'interface whose packets pass through the mirror bridge' },
  mirror_bridge_out: { kind: 'text', value: '', env: 'MIRROR_BRIDGE_OUT', what: 'interface that mirrored packets leave by' },
  status_port: { kind: 'number', value: '9401', what: 'TCP port of the status server; 0: none' },
  status_auth_ips: { kind: 'text', value: '127.0.0.0/8,::1/128', what: 'who may ask the status server' },

  name: { kind: 'text', value: 'streambed', what: "the driver's name: what stands behind docker network create -d" },
  docker: { kind: 'text', value: '', env: 'DOCKER_HOST', what: 'where Docker listens (unix:///run/docker.sock)' },
  ovs: { kind: 'text', value: 'unix:/run/openvswitch/db.sock', what: 'the database of Open vSwitch' },
  ovs_wait: { kind: 'number', value: '30', what: 'seconds to wait for Open vSwitch at the start' },
  config: { kind: 'text', value: '', what: 'a faucet.yaml with ACLs, meters and other dataplanes, for the controller in this program' },
  ofp_listen: { kind: 'text', value: '', what: 'where that controller listens beside its own socket, such as ptcp:6653' },
  faucet_config: { kind: 'text', value: '', what: 'the faucet.yaml of a real Faucet, which is controlled instead' },
  faucet_pid: { kind: 'number', value: '', what: 'the process id of that Faucet; without it the file is written, and Faucet must watch it' },
  faucet_prometheus: { kind: 'text', value: 'http://127.0.0.1:9302', what: 'where that Faucet tells its metrics' },
  status_host: { kind: 'text', value: '', what: 'address of the status server; empty: all' },
} as const satisfies Record<string, Flag>

/** A flag's name. */
export type FlagName = keyof typeof flags

/** What every flag is set to. */
export type FlagValues = { readonly [Name in FlagName]: (typeof flags)[Name]['kind'] extends 'switch' ? boolean : string }

/** The flags, or the wish to see the usage. */
export type ParsedFlags = { readonly help: true } | { readonly help: false; readonly values: FlagValues; readonly rest: readonly string[] }

/**
 * Reads a command line in the manner of Go's `flag` package, as dovesnap does: `-name value`, `--name=value`; a switch alone, or
 * with `=true` or `=false`. The environment stands in for what is not there.
 * @throws DockerDriverError `invalid`
 */
export function parseFlags(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): ParsedFlags {
  const given = new Map<FlagName, string>()
  const names = Object.keys(flags) as FlagName[]
  for (const name of names) {
    const variable = (flags[name] as Flag).env
    const value = variable === undefined ? undefined : env[variable]
    if (value !== undefined && value !== '') given.set(name, value)
  }
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at] as string
    const [, name, , value] = /^--?([^-=][^=]*)(=([\s\S]*))?$/.exec(word) ?? []
    if (word === '--') {
      at++
      break
    }
    if (name === undefined) break
    if (name === 'h' || name === 'help') return { help: true }
    if (!isFlag(name)) throw new DockerDriverError('invalid', `there is no flag --${name}: there are ${names.map((each) => `--${each}`).join(', ')}`)
    if (flags[name].kind === 'switch') given.set(name, value ?? 'true')
    else if (value !== undefined) given.set(name, value)
    else if (at + 1 < args.length) given.set(name, args[++at] as string)
    else throw new DockerDriverError('invalid', `--${name} needs a value: ${flags[name].what}`)
  }
  return { help: false, values: Object.fromEntries(names.map((name) => [name, read(name, given.get(name))])) as FlagValues, rest: args.slice(at) }
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(flags, name)
}

function read(name: FlagName, given: string | undefined): string | boolean {
  const { kind, value, instead }: Flag = flags[name]
  if (given !== undefined && instead !== undefined) throw new DockerDriverError('invalid', `--${name}: ${instead}`)
  const text = given ?? value
  if (kind === 'switch') {
    try {
      return parseBool(text)
    } catch (cause) {
      throw new DockerDriverError('invalid', `--${name}: ${(cause as Error).message}`, { cause })
    }
  }
  if (kind === 'number' && text !== '' && !/^\d{1,10}$/.test(text)) throw new DockerDriverError('invalid', `--${name} must be a whole number (got "${text}")`)
  return text
}

/** What `--help` prints. */
export function usage(): string {
  const lines = (Object.entries(flags) as [FlagName, Flag][]).filter(([, { instead }]) => instead === undefined).map(([name, { kind, value, what, env }]) => {
    const shown = kind === 'switch' ? `--${name}` : `--${name} ${kind === 'number' ? 'N' : 'TEXT'}`
    const notes = [value !== '' && kind !== 'switch' ? `default ${value}` : '', env === undefined ? '' : `or $${env}`].filter(Boolean)
    return `  ${shown.padEnd(34)} ${what}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`
  })
  return `usage: streambed-docker-driver [FLAG…]
       streambed-docker-driver install [FLAG…]    make it a service of systemd, with these flags, and start it
       streambed-docker-driver uninstall          stop and remove that service
       streambed-docker-driver graph [-u HOST:PORT,…] [-o FILE.svg|png|dot|mmd|json]   one diagram of several daemons

Docker networks on Open vSwitch and Faucet. Runs until SIGTERM or SIGINT; networks and containers go on without it.

${lines.join('\n')}
`
}
