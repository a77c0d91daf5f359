import { writeFile } from 'node:fs/promises'
import { drawNetworks, parseNetworkStates } from '../diagram/index.js'
import { DockerDriverError } from '../errors.js'
import type { GraphFormat } from '../status/index.js'

const formats: Readonly<Record<string, GraphFormat>> = { svg: 'svg', png: 'png', dot: 'dot', mmd: 'mmd', json: 'json' }

/** What `streambed-docker-driver graph` draws, and where to. */
export interface GraphRequest {
  /** Status servers: `host:port`, or an address with `http://`. */
  readonly daemons: readonly string[]
  /** The file; its ending chooses the format. */
  readonly output: string
}

/**
 * Reads `-u host:port,… -o file`, as graph_dovesnap has it: by default the daemon of this machine, and `dovesnapviz.png`.
 * @throws DockerDriverError `invalid`
 */
export function parseGraphRequest(args: readonly string[]): GraphRequest {
  let daemons = ['localhost:9401']
  let output = 'dovesnapviz.png'
  for (let at = 0; at < args.length; at += 2) {
    const [flag, value] = [args[at], args[at + 1]]
    if (flag !== '-u' && flag !== '-o') throw new DockerDriverError('invalid', `graph takes -u HOST:PORT[,HOST:PORT…] and -o FILE, not "${flag}"`)
    if (value === undefined || value === '') throw new DockerDriverError('invalid', `graph: ${flag} needs a value`)
    if (flag === '-o') output = value
    else daemons = value.split(',').map((item) => item.trim()).filter(Boolean)
  }
  formatOf(output)
  return { daemons, output }
}

function formatOf(output: string): GraphFormat {
  const ending = /\.([a-z]+)$/.exec(output)?.[1] ?? ''
  const format = formats[ending]
  if (format === undefined) throw new DockerDriverError('invalid', `graph: -o must end in .${Object.keys(formats).join(', .')} (got "${output}")`)
  return format
}

/** Draws the networks of all the daemons in one diagram. @throws DockerDriverError `not-found` when one does not answer, `missing` for PNG without its library */
export async function drawGraph({ daemons, output }: GraphRequest): Promise<void> {
  const states = await Promise.all(daemons.map(async (daemon) => {
    const url = `${daemon.includes('://') ? daemon : `http://${daemon}`}/networks`
    const text = await ask(url)
    return parseNetworkStates(text)
  }))
  await writeFile(output, await drawNetworks(states, formatOf(output)))
}

async function ask(url: string): Promise<string> {
  let answer: Response
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  } catch (cause) {
    throw new DockerDriverError('not-found', `${url} does not answer: ${((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message}`, { cause })
  }
  if (!answer.ok) throw new DockerDriverError('forbidden', `${url} answers ${answer.status}: ${(await answer.text()).trim()}; --status_auth_ips of that daemon says who may ask`)
  return await answer.text()
}
