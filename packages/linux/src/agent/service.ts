import { readFileSync } from 'node:fs'
import { AGENT_DIRECTORY } from './paths.js'

const LOG_TAIL = 4000
/** The code with which the starting shell exits when a service before the last one did not start. */
const PREDECESSOR_FAILED = 111

/** A daemon that was started before the agent, by the shell that became the agent. */
export interface Service {
  readonly name: string
  /** Its process id, as soon as that is known. */
  identify(): number | undefined
  /** The end of what it wrote, to its log file and to its standard error. */
  log(): string
}

/** Reads what the starting shell says about the services. */
export function readServices(env: NodeJS.ProcessEnv): Service[] {
  const descriptions = JSON.parse(env['STREAMBED_SERVICES'] ?? '[]') as { name: string; pidFile?: string; logFile?: string }[]
  const last = Number(env['STREAMBED_LAST_SERVICE'] ?? 0)
  return descriptions.map(({ name, pidFile, logFile }, index) => {
    let pid: number | undefined = index === descriptions.length - 1 && last > 0 ? last : undefined
    return {
      name,
      identify: () => {
        if (pid === undefined && pidFile !== undefined) pid = Number(tail(pidFile)) || undefined
        return pid
      },
      log: () => `${logFile === undefined ? '' : tail(logFile)}${tail(`${AGENT_DIRECTORY}/log/${name}.err`)}`,
    }
  })
}

/** Which service a collected process was. */
export function serviceOf(services: readonly Service[], pid: number, code: number | null): Service | undefined {
  const service = services.find((candidate) => candidate.identify() === pid)
  // The shell that should have become the last service reports that an earlier one failed.
  if (service !== undefined && code === PREDECESSOR_FAILED) return services.find((candidate) => candidate.identify() === undefined) ?? services[0]
  return service
}

function tail(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-LOG_TAIL)
  } catch {
    return ''
  }
}
