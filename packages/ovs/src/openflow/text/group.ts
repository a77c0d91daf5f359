import type { Action } from '../action/index.js'
import type { Bucket } from '../bucket.js'
import { OFPG, OFPP } from '../constants.js'
import {
  type GroupMod,
  type GroupModCommand,
  groupModCommand,
  type GroupModInput,
  groupType,
} from '../message/group-mod.js'
import type { GroupStats } from '../multipart/group-stats.js'
import { printActions } from './action.js'
import { actionContext } from './action-context.js'
import { printDuration } from './duration.js'
import { parseGroupId } from './group-id.js'
import { parseAction, parseNested } from './parse-action.js'
import { keyValues, Piece } from './piece.js'
import { printPort } from './port.js'
import { syntaxError } from './syntax.js'

/** A group as `ovs-ofctl dump-groups` prints it: `group_id=1,type=select,bucket=weight:2,actions=output:1,bucket=…`. */
export function printGroup(group: Pick<GroupMod, 'groupId' | 'groupType' | 'buckets'>): string {
  const kind = typeof group.groupType === 'number' ? 'unknown' : group.groupType
  const usual = kind === 'select' ? 1 : 0
  const buckets = group.buckets.map((bucket) => `,bucket=${printBucket(bucket, usual)}`)
  return `group_id=${group.groupId},type=${kind}${buckets.join('')}`
}

function printBucket({ weight, watchPort, watchGroup, actions }: Bucket, usual: number): string {
  const parts: string[] = []
  if (weight !== usual) parts.push(`weight:${weight}`)
  if (watchPort !== OFPP.ANY) parts.push(`watch_port:${printPort(watchPort)}`)
  if (watchGroup !== OFPG.ANY) parts.push(`watch_group:${watchGroup}`)
  return [...parts, `actions=${printActions(actions)}`].join(',')
}

const commandNames: Readonly<Record<GroupModCommand, string>> = { add: 'ADD', modify: 'MOD', delete: 'DEL' }

/** A group-mod as `ovs-ofctl ofp-print` shows it below the message's name: `ADD group_id=1,type=all,bucket=…`. */
export function printGroupMod(mod: Omit<GroupMod, 'type' | 'version' | 'xid'>): string {
  const { command } = mod
  return `${typeof command === 'string' ? commandNames[command] : `cmd:${command}`} ${printGroup(mod)}`
}

/** A line of `ovs-ofctl dump-group-stats`. */
export function printGroupStats(stats: GroupStats): string {
  const parts = [
    `group_id=${stats.groupId}`,
    // All ones: the switch does not know.
    ...(stats.durationSec === 0xffffffff ? [] : [`duration=${printDuration(stats.durationSec, stats.durationNsec)}`]),
    `ref_count=${stats.refCount}`,
    `packet_count=${stats.packetCount}`,
    `byte_count=${stats.byteCount}`,
  ]
  stats.buckets.forEach(({ packetCount, byteCount }, index) => {
    // All ones stand for a counter that the switch does not have.
    if (packetCount !== 0xffffffffffffffffn) {
      parts.push(`bucket${index}:packet_count=${packetCount},byte_count=${byteCount}`)
    }
  })
  return parts.join(',')
}

/**
 * The group-mod that ovs-ofctl sends for a text (ovs-ofctl(8), “Group Syntax”):
 * `group_id=1,type=select,bucket=weight:2,output:1,bucket=actions=output:2`. Lines of `dump-groups` are read as well.
 *
 * @param command what the group-mod does. Default: the word with which the text begins, else `add`. To delete, no type
 *   and no buckets are given; an empty text deletes every group.
 * @throws OvsError `invalid`, with the place in the text and what would be right.
 */
export function parseGroup(text: string, command?: GroupModCommand): GroupModInput {
  const start = commandOf(text)
  const action = command ?? start.command ?? 'add'
  const bucketsAt = text.indexOf('bucket=', start.at)
  const head = new Piece(text, start.at, bucketsAt === -1 ? text.length : bucketsAt)
  if (action === 'delete' && text.slice(start.at).trim() === '') {
    return { type: 'group_mod', command: action, groupId: OFPG.ALL }
  }
  const { groupId, kind } = parseHead(head, action)
  if (action === 'delete') {
    if (bucketsAt !== -1) throw syntaxError('a group to delete has no buckets', text, bucketsAt)
    return { type: 'group_mod', command: action, groupId }
  }
  const type = kind ?? 'all'
  if (!kind) throw head.error('the type must be given: all, select, indirect or ff')
  const buckets = bucketPieces(text, bucketsAt).map((piece) => parseBucket(piece, type))
  if (type === 'indirect' && buckets.length > 1) throw head.error('an indirect group has at most one bucket')
  return { type: 'group_mod', command: action, groupId, groupType: type, buckets }
}

function commandOf(text: string): { command: GroupModCommand | undefined; at: number } {
  const [whole = '', word = ''] = /^\s*(\w*)/.exec(text) ?? []
  const command = Object.keys(groupModCommand.numbers).find((name) => name === word) as GroupModCommand | undefined
  return { command, at: command ? whole.length : 0 }
}

type Kind = keyof typeof groupType.numbers

function parseHead(head: Piece, action: GroupModCommand): { groupId: number; kind: Kind | undefined } {
  let groupId: number | undefined
  let kind: Kind | undefined
  for (const { key, value } of keyValues(head)) {
    if (key.text === 'group_id') {
      groupId = parseGroupId(value)
      if (groupId > OFPG.MAX && groupId !== OFPG.ALL) throw value.error(`the group must be at most ${OFPG.MAX}, or all`)
    } else if (key.text === 'type' && action !== 'delete') {
      const name = value.text === 'fast_failover' ? 'ff' : value.text
      kind = (Object.keys(groupType.numbers) as Kind[]).find((known) => known === name)
      if (!kind) throw value.error(`the type must be all, select, indirect or ff, not ${value.text}`)
    } else throw key.error(`a group has group_id, type and bucket, not ${key.text}`)
  }
  if (groupId === undefined) throw head.error('group_id must be given')
  return { groupId, kind }
}

function bucketPieces(text: string, first: number): Piece[] {
  const pieces: Piece[] = []
  for (let at = first; at !== -1; ) {
    const next = text.indexOf('bucket=', at + 1)
    pieces.push(new Piece(text, at + 'bucket='.length, next === -1 ? text.length : next))
    at = next
  }
  return pieces
}

function parseBucket(piece: Piece, type: Kind): Bucket {
  let weight = type === 'select' ? 1 : 0
  let watchPort: number = OFPP.ANY
  let watchGroup: number = OFPG.ANY
  let hasActions = false
  const actions: Action[] = []
  const context = actionContext([])
  for (const part of keyValues(piece)) {
    const { key, value } = part
    const name = key.text.toLowerCase()
    if (name === 'weight') {
      if (type !== 'select') throw key.error('only the buckets of a group of type select have a weight')
      weight = value.number(2, 'the weight')
    } else if (name === 'watch_port') {
      watchPort = value.port()
      if (watchPort >= OFPP.MAX && watchPort !== OFPP.ANY) throw value.error('watch_port must be an ordinary port')
    } else if (name === 'watch_group') watchGroup = value.number(4, 'watch_group')
    else if (name === 'bucket_id') {
      // Switches number the buckets themselves before OpenFlow 1.5.
      value.number(4, 'bucket_id')
    } else {
      hasActions = true
      if (name === 'drop') continue
      const parsed = name === 'action' || name === 'actions' ? parseNested(value, context) : parseAction(part, context)
      if (!parsed) throw key.error(`there is no action ${JSON.stringify(key.text)} in ovs-actions(7)`)
      actions.push(...parsed)
    }
  }
  if (!hasActions) throw piece.error('a bucket must have actions, such as actions=output:1 or actions=drop')
  if (type === 'ff' && watchPort === OFPP.ANY && watchGroup === OFPG.ANY) {
    throw piece.error('a bucket of a group of type ff must have watch_port or watch_group')
  }
  return { weight, watchPort, watchGroup, actions }
}
