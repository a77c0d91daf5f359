/**
 * Priorities of flows, as Faucet has them (its `valve_manager_base`). Those that a dataplane's options move
 * (`lowest_priority`, `low_priority`, `high_priority`, `highest_priority`) are in its configuration.
 */
export const priority = {
  /** Taken by packets that nobody knows yet. */
  low: 0x1000,
  /** A known host, a flood. */
  match: 0x2000,
  /** Plus the prefix length of a route. */
  longestPrefix: 0x3000,
  /** Packets for a router. */
  high: 0x4000,
  /** ACL rules, from here downwards, and what is always dropped. */
  filter: 0x5000,
} as const
