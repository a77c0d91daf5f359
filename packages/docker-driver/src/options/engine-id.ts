import { createHash } from 'node:crypto'
import { DockerDriverError } from '../errors.js'

/**
 * Six upper-case hexadecimal digits that stand for a Docker engine in the names of its bridges and in its stacking bridge's datapath
 * id. From an id of Docker before 23 (`REKV:JGSE:…`) the same as dovesnap makes: the first group read as a number of base 36. From
 * any other id, such as the UUIDs since then, 24 bits of its SHA-256. Never 000000.
 * Throws `DockerDriverError` `invalid` for an empty id.
 */
export function shortEngineId(engineId: string): string {
  if (engineId === '') throw new DockerDriverError('invalid', "Docker's engine id is empty; give the daemon another name for this machine")
  const [, group] = /^([A-Z2-7]{4})(?::[A-Z2-7]{4}){11}$/.exec(engineId) ?? []
  if (group !== undefined) return Number.parseInt(group, 36).toString(16).toUpperCase().padStart(6, '0')
  const digest = createHash('sha256').update(engineId).digest('hex').toUpperCase()
  return (digest.match(/.{6}/g) ?? []).find((digits) => digits !== '000000') ?? '000001'
}
