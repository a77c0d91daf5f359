/**
 * A duration as Open vSwitch prints it: `10s`, `10.500s` when it is a whole number of milliseconds, else as many digits
 * as it takes.
 */
export function printDuration(seconds: number, nanoseconds: number): string {
  if (nanoseconds === 0) return `${seconds}s`
  const fraction =
    nanoseconds % 1_000_000 === 0
      ? String(nanoseconds / 1_000_000).padStart(3, '0')
      : String(nanoseconds).padStart(9, '0').replace(/0+$/, '')
  return `${seconds}.${fraction}s`
}
