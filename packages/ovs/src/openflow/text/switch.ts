import type { AsyncConfig, AsyncMasks } from '../message/async-config.js'
import type { FeaturesReply } from '../message/features.js'
import type { Hello } from '../message/hello.js'
import type { QueueGetConfigReply, QueueProperty } from '../message/queue-config.js'
import type { AsyncMaskType, NxtSetAsyncConfig2 } from '../nicira/async-config.js'
import type { RoleReply, RoleRequest } from '../message/role.js'
import type { GetConfigReply, SetConfig } from '../message/switch-config.js'
import type { OnfRoleStatus } from '../onf/role-status.js'
import { type BitNames, printBits } from './bits.js'
import { printPort } from './port.js'

/** The body of a hello, without what Open vSwitch says of elements that it does not know. */
export function printHello({ version, elements }: Hello): string {
  const bitmap = elements.findLast((element) => element.type === 'version_bitmap' && ((element.bitmaps[0] ?? 0) & ~1) !== 0)
  const word = bitmap?.type === 'version_bitmap' ? bitmap.bitmaps[0] : undefined
  const versions = Array.from({ length: 31 }, (_, index) => index + 1).filter((number) =>
    word === undefined ? number <= version : ((word >>> number) & 1) === 1,
  )
  return `\n version bitmap: ${versions.map((number) => `0x${number.toString(16).padStart(2, '0')}`).join(', ')}\n`
}

const capabilities: BitNames = [
  [1 << 0, 'FLOW_STATS'],
  [1 << 1, 'TABLE_STATS'],
  [1 << 2, 'PORT_STATS'],
  [1 << 3, 'GROUP_STATS'],
  [1 << 5, 'IP_REASM'],
  [1 << 6, 'QUEUE_STATS'],
  [1 << 8, 'PORT_BLOCKED'],
]
/** The bits that have a meaning in OpenFlow 1.3. */
const capabilitiesMask = 0x16f

/** The body of a features reply. */
export function printFeatures(features: FeaturesReply): string {
  const auxiliary = features.auxiliaryId === 0 ? '' : `, auxiliary_id:${features.auxiliaryId}`
  return [
    ` dpid:${features.datapathId.toString(16).padStart(16, '0')}`,
    `n_tables:${features.nTables}, n_buffers:${features.nBuffers}${auxiliary}`,
    `capabilities: ${printBits(features.capabilities & capabilitiesMask, capabilities)}`,
    '',
  ].join('\n')
}

const fragments = ['normal', 'drop', 'reassemble', 'nx-match']

/** The body of a set-config and of a get-config reply. */
export function printSwitchConfig({ flags, missSendLen }: GetConfigReply | SetConfig): string {
  return ` frags=${fragments[flags & 3]} miss_send_len=${missSendLen}`
}

const roles: Readonly<Record<string, string>> = { master: 'primary', slave: 'secondary' }

/** The body of a role request or reply. */
export function printRole({ type, role, generationId }: RoleRequest | RoleReply | OnfRoleStatus): string {
  // A request for `nochange` has no election; all ones say the same in what a switch sends.
  const none = generationId === 0xffffffffffffffffn || (type === 'role_request' && role === 'nochange')
  const election = none ? '' : ` generation_id=${generationId}`
  return ` role=${roles[role] ?? role}${election}`
}

/** The body of a queue-get-config reply. */
export function printQueues({ port, queues }: QueueGetConfigReply): string {
  // Open vSwitch takes the port from the queues.
  if (queues.length === 0) return '\n'
  const sorted = queues.toSorted((a, b) => a.queueId - b.queueId)
  const lines = sorted.map(({ queueId, properties }) => `queue ${queueId}:${printRates(properties)}`)
  return `${port === 0 ? ' ' : ` port=${printPort(port)}\n`}${lines.join('\n')}\n`
}

/** The rates of a queue: where one is given twice, the last; where it is all ones, none. */
function printRates(properties: readonly QueueProperty[]): string {
  return (['min_rate', 'max_rate'] as const)
    .map((type) => {
      const rate = properties.reduce((found, property) => (property.type === type ? property.rate : found), 0xffff)
      if (rate === 0xffff) return ''
      return ` ${type}:${rate <= 1000 ? `${Math.trunc(rate / 10)}.${rate % 10}%` : '(disabled)'}`
    })
    .join('')
}

const packetIn = ['no_match', 'action', 'invalid_ttl']
const portStatus = ['add', 'delete', 'modify']
const flowRemoved = ['idle', 'hard', 'delete', 'group_delete', 'meter_delete', 'eviction']

const roleStatus = ['primary_request', 'configuration_changed', 'experimenter_data_changed']
/** Their numbers begin at 3. */
const tableStatus = ['', '', '', 'vacancy_down', 'vacancy_up']
const requestforward = ['group_mod_request', 'meter_mod_request']

/** What is told of one kind of message: its name, the names of its reasons, and a mask for each role. */
type AsyncLine = readonly [what: string, names: readonly string[], masks: AsyncMasks]

/** The body of a set-async and of a get-async reply. */
export function printAsync({ packetInMask, portStatusMask, flowRemovedMask }: AsyncConfig): string {
  return printAsyncLines([
    ['PACKET_IN', packetIn, packetInMask],
    ['PORT_STATUS', portStatus, portStatusMask],
    ['FLOW_REMOVED', flowRemoved, flowRemovedMask],
    ['ROLE_STATUS', roleStatus, [0, 0]],
    ['TABLE_STATUS', tableStatus, [0, 0]],
    ['REQUESTFORWARD', requestforward, [0, 0]],
  ])
}

/** The same as a list of properties, as Open vSwitch takes it from OpenFlow 1.4. */
export function printAsync2({ properties }: NxtSetAsyncConfig2): string {
  const mask = (type: AsyncMaskType) =>
    properties.reduce((bits, property) => (property.type === type ? property.mask : bits), 0)
  return printAsyncLines([
    ['PACKET_IN', packetIn, [mask('packet_in_master'), mask('packet_in_slave')]],
    ['PORT_STATUS', portStatus, [mask('port_status_master'), mask('port_status_slave')]],
    ['FLOW_REMOVED', flowRemoved, [mask('flow_removed_master'), mask('flow_removed_slave')]],
    ['ROLE_STATUS', roleStatus, [mask('role_status_master'), mask('role_status_slave')]],
    ['TABLE_STATUS', tableStatus, [mask('table_status_master'), mask('table_status_slave')]],
    ['REQUESTFORWARD', requestforward, [mask('requestforward_master'), mask('requestforward_slave')]],
  ])
}

function printAsyncLines(lines: readonly AsyncLine[]): string {
  const half = (index: 0 | 1) =>
    lines.map(([what, names, masks]) => `${what.padStart(16)}: ${reasons(masks[index], names)}\n`).join('')
  return `\n primary:\n${half(0)}\n secondary:\n${half(1)}`
}

function reasons(mask: number, names: readonly string[]): string {
  return names.filter((name, bit) => name !== '' && ((mask >>> bit) & 1) === 1).join(' ') || '(off)'
}
