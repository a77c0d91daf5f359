#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { check, type CommandResult } from './check.js'

const usage = `Usage: streambed-faucet check FILE…

Checks Faucet configurations (faucet.yaml). Prints each as JSON with its defaults filled in and its references
followed, or every error with its place. Exit status: 0 when all are valid, 1 otherwise.

Options:
  -h, --help  print this text`

function run(args: readonly string[]): CommandResult {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return { status: 0, output: `${usage}\n`, errors: '' }
    const [command, ...files] = positionals
    if (command === 'check' && files.length > 0) return check(files)
    return { status: 1, output: '', errors: `${usage}\n` }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { status: 1, output: '', errors: `streambed-faucet: ${message}\n` }
  }
}

const { status, output, errors } = run(process.argv.slice(2))
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', () => undefined)
process.stdout.write(output)
process.stderr.write(errors)
process.exitCode = status
