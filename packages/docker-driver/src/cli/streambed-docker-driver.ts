#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { once } from 'node:events'
import { DockerDriverError } from '../errors.js'
import { startDaemon } from './daemon.js'
import { parseFlags, usage } from './flags.js'
import { drawGraph, parseGraphRequest } from './graph.js'
import { logger } from './log.js'
import { installService, uninstallService } from './service.js'

/** The command, and its exit code: 0 when it was stopped or has done its work, 1 otherwise. */
async function command(args: readonly string[]): Promise<number> {
  if (args[0] === 'graph' && !args.includes('--help')) {
    await drawGraph(parseGraphRequest(args.slice(1)))
    return 0
  }
  const verb = args[0] === 'install' || args[0] === 'uninstall' ? args[0] : undefined
  const flags = parseFlags(verb === undefined ? args : args.slice(1), verb === undefined ? process.env : {})
  if (flags.help) {
    process.stdout.write(usage())
    return 0
  }
  if (flags.rest.length > 0) throw new DockerDriverError('invalid', `"${flags.rest[0]}" is neither a flag nor one of install, uninstall and graph; --help tells what there is`)
  const { values } = flags
  if (verb === 'install') {
    const path = await installService({ name: values.name, command: [process.execPath, realpathSync(process.argv[1] as string), ...args.slice(1)] })
    process.stdout.write(`${path}: installed and started\n`)
    return 0
  }
  if (verb === 'uninstall') {
    await uninstallService(values.name)
    return 0
  }
  const stop = new AbortController()
  // Also while it starts: it may be waiting for Open vSwitch. The second one ends it as it is.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())
  const stopped = once(stop.signal, 'abort')
  try {
    await using _daemon = await startDaemon(values, logger(values, (line) => void process.stderr.write(line)), stop.signal)
    await stopped
  } catch (error) {
    if (!(error instanceof DockerDriverError && error.code === 'aborted')) throw error
  }
  return 0
}

try {
  process.exitCode = await command(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof DockerDriverError)) throw error
  process.stderr.write(`streambed-docker-driver: ${error.message}\n`)
  process.exitCode = 1
}
