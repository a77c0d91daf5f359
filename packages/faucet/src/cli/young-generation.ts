import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the space for new objects as small as it is at the start. It would grow to 16 MiB and more while a large
 * configuration is read, and stay so; a controller makes little that lives long, so that it costs no time.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
