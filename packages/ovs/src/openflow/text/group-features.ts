import type { GroupFeaturesReply } from '../multipart/group-features.js'
import { hex, hexOrZero } from './bits.js'
import { actionNames } from './action-names.js'

const types = ['all', 'select', 'indirect', 'fast failover']

/** The body of a group features reply. */
export function printGroupFeatures(features: GroupFeaturesReply): string {
  const groups = types.flatMap((type, index) => {
    if (((features.types >>> index) & 1) === 0) return []
    return [
      `    ${type} group:`,
      `       max_groups=${hexOrZero(features.maxGroups[index] ?? 0)}`,
      `       actions: ${actionNames(features.actions[index] ?? 0)}`,
    ]
  })
  return [
    '',
    ' Group table:',
    `    Types:  ${hex(features.types)}`,
    `    Capabilities:  ${hex(features.capabilities)}`,
    ...groups,
    '',
  ].join('\n')
}
