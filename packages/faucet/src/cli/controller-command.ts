import { existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { entranceSettings } from './entrance-options.js'
import { FaucetService } from './faucet-service.js'
import { GaugeService } from './gauge-service.js'
import { Log, openSink, type Sink } from './log.js'
import { parseOptions, type CommandOptions } from './options.js'
import { parseRyuConf, type RyuConf } from './ryu-conf.js'
import { faucetSettings, gaugeSettings, type CommonSettings, type Environment } from './settings.js'
import type { Signals } from './signals.js'
import { UsageError } from './usage-error.js'
import { version } from '../metrics/version.js'

/** Where the command runs. */
export interface CommandWorld {
  readonly env: Environment
  readonly signals: () => Signals
  readonly print: Sink
  readonly complain: Sink
}

/**
 * `streambed-faucet` without `check`: Faucet, or Gauge, until it is told to stop.
 * @returns the exit status: 0, 1 when it cannot start, 2 for options and settings that cannot be followed
 */
export async function controllerCommand(args: readonly string[], world: CommandWorld, usage: string): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options.help) world.print(`${usage}\n`)
    else if (options.version) world.print(`streambed-faucet ${version}\n`)
    else await run(options, world)
    return 0
  } catch (error) {
    world.complain(`streambed-faucet: ${(error as Error).message}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function run(options: CommandOptions, { env, signals: signalsOf, complain }: CommandWorld): Promise<void> {
  const conf = ryuConf(options)
  const entrance = entranceSettings(options.openflow, conf)
  const pidFile = options.openflow['pid-file'] ?? conf['pid-file']
  const [name, settings] = options.gauge
    ? (['gauge', gaugeSettings(env, isFile)] as const)
    : (['faucet', faucetSettings(env, isFile)] as const)
  const { log, exceptions } = logs(settings, options, complain)
  for (const option of options.ignored) log.write(name, 'WARNING', `the option --ryu-${option} has no meaning here`)
  const died = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    for (const one of [log, exceptions]) one.write(name, 'CRITICAL', `Unhandled exception: ${text}`)
    for (const one of [log, exceptions]) one.flush()
    complain(`streambed-faucet: ${text}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', died)
  const signals = signalsOf()
  try {
    if (pidFile !== undefined) writeFileSync(pidFile, String(process.pid))
    const service = options.gauge
      ? await GaugeService.start(gaugeSettings(env, isFile), entrance, log)
      : await FaucetService.start(faucetSettings(env, isFile), entrance, log)
    signals.onReload(() => void service.reload())
    await signals.stopped
    await service.close()
  } catch (error) {
    log.write(name, 'CRITICAL', (error as Error).message)
    throw error
  } finally {
    if (pidFile !== undefined && existsSync(pidFile)) unlinkSync(pidFile)
    log.flush()
    process.off('uncaughtException', died)
  }
}

function logs(settings: CommonSettings, { verbose, useStderr }: CommandOptions, complain: Sink): { readonly log: Log; readonly exceptions: Log } {
  const sinks = [openSink(settings.log), ...(useStderr && settings.log !== 'STDERR' ? [complain] : [])]
  const log = new Log(sinks, verbose ? 'DEBUG' : settings.logLevel)
  return { log, exceptions: new Log([openSink(settings.exceptionLog)], 'DEBUG') }
}

/** `ryu.conf`: the usual one may be missing, as with Faucet. */
function ryuConf({ configFile }: CommandOptions): RyuConf {
  return isFile(configFile) ? parseRyuConf(readFileSync(configFile, 'utf8')) : {}
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
