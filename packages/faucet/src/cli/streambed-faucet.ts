#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { check, type CommandResult } from './check.js'
import { controllerCommand } from './controller-command.js'
import { processSignals } from './signals.js'
import { usage } from './usage.js'
import { keepYoungGenerationSmall } from './young-generation.js'

function checkCommand(args: readonly string[]): CommandResult {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return { status: 0, output: `${usage}\n`, errors: '' }
    return positionals.length > 0 ? check(positionals) : { status: 1, output: '', errors: `${usage}\n` }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { status: 1, output: '', errors: `streambed-faucet: ${message}\n` }
  }
}

keepYoungGenerationSmall()
const [command, ...args] = process.argv.slice(2)
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', () => undefined)
if (command === 'check') {
  const { status, output, errors } = checkCommand(args)
  process.stdout.write(output)
  process.stderr.write(errors)
  process.exitCode = status
} else {
  process.exitCode = await controllerCommand(process.argv.slice(2), {
    env: process.env,
    signals: processSignals,
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  }, usage)
}
