import { parseArgs } from 'node:util'
import { parseTarget, type Target } from '../../transport/target.js'
import type { TlsOptions } from '../../transport/tls.js'
import { UsageError } from '../run-command.js'
import { tlsArguments, tlsOf } from '../tls-arguments.js'

/** What the command line of `streambed-ovsdb` asks for. */
export interface Arguments {
  readonly command: CommandName
  readonly target: Target
  /** What follows the target. */
  readonly rest: readonly string[]
  readonly format: 'table' | 'json'
  readonly tls: TlsOptions | undefined
  /** Milliseconds for the connection and for each answer. */
  readonly timeout: number
  /** For `types`: where the module imports `Uuid` from. */
  readonly from: string
}

const commands = ['dump', 'monitor', 'transact', 'schema', 'types'] as const

/** A command of `streambed-ovsdb`. */
export type CommandName = (typeof commands)[number]

/** What `streambed-ovsdb --help` prints. */
export const usage = `Usage: streambed-ovsdb [OPTIONS] COMMAND TARGET [ARGUMENTS]

Commands:
  dump TARGET [DATABASE] [TABLE [COLUMN...]]    prints rows, of all tables unless one is named
  monitor TARGET [DATABASE] TABLE [COLUMN...]   prints rows, then every change until it is interrupted
  transact TARGET TRANSACTION                   runs ["DATABASE", OPERATION...]; - reads it from standard input
  schema TARGET [DATABASE]                      prints the schema
  types TARGET [DATABASE]                       prints TypeScript types for the tables

TARGET is unix:FILE, tcp:HOST[:PORT] or ssl:HOST[:PORT], or to be connected to by a server punix:FILE,
ptcp:[PORT][:HOST] or pssl:[PORT][:HOST]. DATABASE is Open_vSwitch, or the only one of the server, unless named.
COLUMN may be several with commas between them.

Options:
  -f, --format table|json   for people (table), or a JSON text in a line for programs; default table
  -p, --private-key FILE    our private key, for TLS
  -c, --certificate FILE    our certificate, for TLS
  -C, --ca-cert FILE        what the certificate of the other side must lead to
  -t, --timeout SECONDS     gives up after this time without an answer; default 30
      --from MODULE         types: where to import Uuid from; default @streambed/ovs
  -h, --help                prints this

Exit status: 0, or 1 when something went wrong, which standard error then says.`

/**
 * Reads the command line.
 * @throws UsageError saying what would be right, OvsError `invalid` for the target, TypeError of `parseArgs`.
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...tlsArguments,
      format: { type: 'string', short: 'f', default: 'table' },
      timeout: { type: 'string', short: 't', default: '30' },
      from: { type: 'string', default: '@streambed/ovs' },
    },
  })
  const [command, target, ...rest] = positionals
  if (command === undefined) throw new UsageError('there is no command')
  if (!isCommand(command)) throw new UsageError(`there is no command ${command}, only ${commands.join(', ')}`)
  if (target === undefined) throw new UsageError(`${command} needs a TARGET, such as unix:/run/openvswitch/db.sock`)
  const { format } = values
  if (format !== 'table' && format !== 'json') throw new UsageError(`--format takes table or json, not ${format}`)
  const seconds = Number(values.timeout)
  if (!(seconds > 0)) throw new UsageError(`--timeout takes a number of seconds, not ${values.timeout}`)
  return {
    command,
    target: parseTarget(target),
    rest,
    format,
    tls: tlsOf(values),
    timeout: seconds * 1000,
    from: values.from,
  }
}

function isCommand(text: string): text is CommandName {
  return (commands as readonly string[]).includes(text)
}
