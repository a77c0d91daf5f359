#!/usr/bin/env node
import { text } from 'node:stream/consumers'
import { parseArguments, usage } from './ovsdb/arguments.js'
import { runOvsdb } from './ovsdb/run.js'
import { runCommand } from './run-command.js'

await runCommand('streambed-ovsdb', usage, async (args, { input, signal, print }) => {
  await runOvsdb(parseArguments(args), { print, signal, readInput: () => text(input) })
  return 0
})
