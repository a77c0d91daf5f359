#!/usr/bin/env node
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { decodeLine } from './ofp/decode-line.js'
import { dump } from './ofp/dump.js'
import { jsonLine } from './ofp/json-line.js'
import { monitor } from './ofp/monitor.js'
import { parseLine, type TextKind } from './ofp/text-line.js'
import { UsageError, runCommand, type CommandContext } from './run-command.js'
import { tlsArguments, tlsOf } from './tls-arguments.js'

const usage = `streambed-ofp reads and writes OpenFlow 1.3.

  streambed-ofp                             messages in hexadecimal on standard input, one a line; a JSON line for each:
                                            { ok, version, type, message, text, hex, error }
  streambed-ofp flow|match|actions [TEXT]   text as ovs-ofctl reads it, as arguments or one a line on standard input;
                                            a JSON line for each: { ok, text, hex, error }
  streambed-ofp dump TARGET                 description, ports, tables, flows, groups and meters of a switch
  streambed-ofp monitor TARGET              what a switch sends, as it comes

TARGET is tcp:HOST[:PORT], ssl:HOST[:PORT] or unix:FILE of the switch, such as unix:/run/openvswitch/br0.mgmt, or, for
monitor, ptcp:[PORT][:HOST], pssl:[PORT][:HOST] or punix:FILE to wait for one. The port is 6653 unless given.

  --format text|json                        how dump and monitor print; defaults to text
  --miss-send-len BYTES                     monitor: how much of a packet to ask for; defaults to 65535, all of it
  -p, --private-key FILE                    for ssl: and pssl:
  -c, --certificate FILE
  -C, --ca-cert FILE
  --timeout SECONDS                         how long connecting and each answer may take; defaults to 30
  -h, --help

Exit status: 0, or 1 when a line could not be read, a target not be reached, or the arguments make no sense.`

const kinds: readonly string[] = ['flow', 'match', 'actions'] satisfies TextKind[]

await runCommand('streambed-ofp', usage, async (args, context) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...tlsArguments,
      'format': { type: 'string', default: 'text' },
      'miss-send-len': { type: 'string', default: '65535' },
      'timeout': { type: 'string', default: '30' },
    },
  })
  const [command, ...rest] = positionals
  if (command === undefined) return eachLine(context, (line) => decodeLine(line))
  if (kinds.includes(command)) {
    const kind = command as TextKind
    if (rest.length === 0) return eachLine(context, (line) => parseLine(kind, line))
    const results = rest.map((text) => parseLine(kind, text))
    for (const result of results) await context.print(jsonLine(result))
    return results.every(({ ok }) => ok) ? 0 : 1
  }
  if (command !== 'dump' && command !== 'monitor') throw new UsageError(`there is no command ${command}`)
  const [target, ...more] = rest
  if (target === undefined) throw new UsageError(`${command} needs a TARGET`)
  if (more.length > 0) throw new UsageError(`${command} takes one TARGET; ${more[0]} is too much`)
  if (values.format !== 'text' && values.format !== 'json')
    throw new UsageError(`--format takes text or json, not ${values.format}`)
  const timeout = number('--timeout', values.timeout, 0.001, 86_400) * 1000
  const missSendLen = number('--miss-send-len', values['miss-send-len'], 0, 0xffff)
  const options = { tls: tlsOf(values), json: values.format === 'json', timeout, missSendLen }
  await (command === 'dump' ? dump : monitor)(target, options, context)
  return 0
})

function number(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new UsageError(`${option} takes a number from ${least} to ${most}, not ${text}`)
}

/** Answers every line of standard input with one of JSON. */
async function eachLine(
  context: CommandContext,
  answer: (line: string) => { readonly ok: boolean },
): Promise<number> {
  let allGood = true
  for await (const line of createInterface({ input: context.input, crlfDelay: Infinity })) {
    const result = answer(line)
    allGood &&= result.ok
    await context.print(jsonLine(result))
  }
  return allGood ? 0 : 1
}

