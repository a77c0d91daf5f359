/** Freezes a value and all that it consists of; what is frozen already is taken to be so throughout. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Map) for (const item of value.values()) freeze(item)
  else for (const item of Object.values(value)) freeze(item)
  return Object.freeze(value)
}
