#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { once } from 'node:events'
import { DockerDriverError } from '../errors.js'
import { type ActivatedSocket, takeActivatedSocket } from '../protocol/activated-socket.js'
import { answerWaiting } from '../protocol/answer-waiting.js'
import { startDaemon } from './daemon.js'
import { type FlagValues, parseFlags, usage } from './flags.js'
import { drawGraph, parseGraphRequest } from './graph.js'
import { logger } from './log.js'
import { installService, uninstallService } from './service.js'

/** The command, and its exit code: 0 when it was stopped or has done its work, 1 otherwise. */
async function command(args: readonly string[]): Promise<number> {
  if (args[0] === 'graph' && !args.includes('--help')) {
    await drawGraph(parseGraphRequest(args.slice(1)))
    return 0
  }
  if (args[0] === 'install' || args[0] === 'uninstall') return service(args[0], args.slice(1))
  const socket = takeActivatedSocket(process.env)
  try {
    return await daemon(args, socket)
  } catch (error) {
    // Docker would wait for ever for what nobody can do.
    if (socket !== undefined) await answerWaiting(socket, `the network driver cannot start: ${(error as Error).message}`)
    throw error
  }
}

/** Makes the daemon a service, or takes that away. */
async function service(verb: 'install' | 'uninstall', args: readonly string[]): Promise<number> {
  const values = valuesOf(args, {})
  if (values === undefined) return 0
  if (verb === 'uninstall') await uninstallService(values.name)
  else {
    const paths = await installService({ name: values.name, command: [process.execPath, realpathSync(process.argv[1] as string), ...args] })
    process.stdout.write(`${paths.join(', ')}: installed and started\n`)
  }
  return 0
}

/** What the flags are; undefined when the usage was all that was wanted. */
function valuesOf(args: readonly string[], env: NodeJS.ProcessEnv): FlagValues | undefined {
  const flags = parseFlags(args, env)
  if (flags.help) {
    process.stdout.write(usage())
    return undefined
  }
  if (flags.rest.length > 0) throw new DockerDriverError('invalid', `"${flags.rest[0]}" is neither a flag nor one of install, uninstall and graph; --help tells what there is`)
  return flags.values
}

/** Runs the daemon until it is told to end. */
async function daemon(args: readonly string[], socket: ActivatedSocket | undefined): Promise<number> {
  const values = valuesOf(args, process.env)
  if (values === undefined) return 0
  const stop = new AbortController()
  // Also while it starts: it may be waiting for Open vSwitch. The second one ends it as it is.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())
  const stopped = once(stop.signal, 'abort')
  try {
    await using _daemon = await startDaemon(values, socket, logger(values, (line) => void process.stderr.write(line)), stop.signal)
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
