import { LinuxError } from '../errors.js'
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST } from '../netlink/constants.js'
import { NetlinkReader, decodeAttributes, decodeString } from '../netlink/reader.js'
import type { NetlinkWriter } from '../netlink/writer.js'
import * as rt from './constants.js'

/** A queueing discipline at the root of an interface (tc(8)). */
export type Qdisc =
  | TbfQdisc
  | HtbQdisc
  | NetemQdisc

/** Token bucket filter, tc-tbf(8): one rate for everything that leaves the interface. */
export interface TbfQdisc {
  readonly type: 'tbf'
  /** Bits in a second. */
  readonly rate: number
  /** Bytes that may leave at once; default 10 ms of the rate, at least 5 full frames. */
  readonly burst?: number
  /** Longest time that a packet may wait, milliseconds; default 50. */
  readonly latencyMs?: number
}

/** Hierarchical token bucket, tc-htb(8), with one class for everything. */
export interface HtbQdisc {
  readonly type: 'htb'
  /** Bits in a second, guaranteed. */
  readonly rate: number
  /** Bits in a second that may be borrowed; default `rate`. */
  readonly ceil?: number
  /** Bytes; default 10 ms of the rate, at least 5 full frames. */
  readonly burst?: number
}

/** Network emulator, tc-netem(8). Not every kernel has it. */
export interface NetemQdisc {
  readonly type: 'netem'
  readonly delayMs?: number
  readonly jitterMs?: number
  /** 0 to 1. */
  readonly loss?: number
  /** 0 to 1. */
  readonly duplicate?: number
  /** 0 to 1. */
  readonly corrupt?: number
  /** 0 to 1; needs a delay. */
  readonly reorder?: number
  /** Packets in the queue; default 1000. */
  readonly limit?: number
}

/** Kernel ticks of the packet scheduler in a microsecond: PSCHED_SHIFT is 6, so a tick is 64 ns. */
const TICKS_PER_MICROSECOND = 15.625
const FULL_FRAME = 1522
/** A handle major:0 and class major:minor, as `tc` writes 1: and 1:1. */
const HANDLE = 0x0001_0000
const HTB_CLASS = 0x0001_0001

function ticks(bytes: number, bytesPerSecond: number): number {
  return Math.min(0xffff_ffff, Math.ceil((bytes / bytesPerSecond) * 1e6 * TICKS_PER_MICROSECOND))
}

function defaultBurst(bitRate: number): number {
  return Math.max(5 * FULL_FRAME, Math.ceil(bitRate / 8 / 100))
}

/** `struct tc_ratespec`; rates over 32 bits go into the RATE64 attribute beside it. */
function ratespec(w: NetlinkWriter, bytesPerSecond: number): void {
  // cell_log 3 with linklayer Ethernet (1): the kernel computes costs itself, but checks that the rate table attribute is there and that these fit it.
  w.u8(3).u8(1).u16(0).u16(0xffff).u16(0).u32(Math.min(bytesPerSecond, 0xffff_ffff))
}

/** The 256-entry rate table that old kernels used and new ones still demand. */
function rateTable(w: NetlinkWriter, bytesPerSecond: number): void {
  for (let i = 0; i < 256; i++) w.u32(ticks((i + 1) * 8, bytesPerSecond))
}

function tcmsg(w: NetlinkWriter, index: number, handle: number, parent: number): void {
  w.u8(rt.AF_UNSPEC).u8(0).u16(0).i32(index).u32(handle).u32(parent).u32(0)
}

function checkRate(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 8) throw new LinuxError('invalid', `${name} ${value} is no rate: bits in a second, at least 8`)
  return Math.round(value / 8)
}

function checkProbability(name: string, value: number | undefined): number {
  if (value === undefined) return 0
  if (!(value >= 0 && value <= 1)) throw new LinuxError('invalid', `netem ${name} ${value} is no probability: 0 to 1`)
  return Math.round(value * 0xffff_ffff)
}

function encodeTbf(w: NetlinkWriter, qdisc: TbfQdisc): void {
  const rate = checkRate('tbf rate', qdisc.rate)
  const burst = qdisc.burst ?? defaultBurst(qdisc.rate)
  const limit = Math.ceil(rate * ((qdisc.latencyMs ?? 50) / 1000)) + burst
  w.nested(rt.TCA_OPTIONS, (options) => {
    options.attribute(rt.TCA_TBF_PARMS, (p) => {
      ratespec(p, rate)
      p.u8(0).u8(0).u16(0).u16(0).u16(0).u32(0) // peakrate: none
      p.u32(limit).u32(ticks(burst, rate)).u32(0)
    })
    options.attribute(rt.TCA_TBF_RTAB, (table) => rateTable(table, rate))
    if (rate > 0xffff_ffff) options.attribute(rt.TCA_TBF_RATE64, (r) => r.u64(BigInt(rate)))
    options.attributeU32(rt.TCA_TBF_BURST, burst)
  })
}

function encodeHtbClass(w: NetlinkWriter, qdisc: HtbQdisc): void {
  const rate = checkRate('htb rate', qdisc.rate)
  const ceil = qdisc.ceil === undefined ? rate : checkRate('htb ceil', qdisc.ceil)
  const burst = qdisc.burst ?? defaultBurst(qdisc.rate)
  w.nested(rt.TCA_OPTIONS, (options) => {
    options.attribute(rt.TCA_HTB_PARMS, (p) => {
      ratespec(p, rate)
      ratespec(p, ceil)
      p.u32(ticks(burst, rate)).u32(ticks(burst, ceil)).u32(0).u32(0).u32(0)
    })
    options.attribute(rt.TCA_HTB_RTAB, (table) => rateTable(table, rate))
    options.attribute(rt.TCA_HTB_CTAB, (table) => rateTable(table, ceil))
    if (rate > 0xffff_ffff) options.attribute(rt.TCA_HTB_RATE64, (r) => r.u64(BigInt(rate)))
    if (ceil > 0xffff_ffff) options.attribute(rt.TCA_HTB_CEIL64, (r) => r.u64(BigInt(ceil)))
  })
}

function encodeNetem(w: NetlinkWriter, qdisc: NetemQdisc): void {
  const nanoseconds = (ms: number | undefined): bigint => BigInt(Math.round((ms ?? 0) * 1e6))
  const legacy = (ms: number | undefined): number => Math.min(0xffff_ffff, Math.round((ms ?? 0) * 1000 * TICKS_PER_MICROSECOND))
  w.attribute(rt.TCA_OPTIONS, (options) => {
    // struct tc_netem_qopt stands bare at the head of the options; attributes follow it.
    options.u32(legacy(qdisc.delayMs)).u32(qdisc.limit ?? 1000).u32(checkProbability('loss', qdisc.loss))
    // The gap: without one the kernel reorders nothing, whatever the probability.
    options.u32(qdisc.reorder === undefined ? 0 : 1)
    options.u32(checkProbability('duplicate', qdisc.duplicate)).u32(legacy(qdisc.jitterMs))
    if (qdisc.reorder !== undefined) options.attribute(rt.TCA_NETEM_REORDER, (r) => r.u32(checkProbability('reorder', qdisc.reorder)).u32(0))
    if (qdisc.corrupt !== undefined) options.attribute(rt.TCA_NETEM_CORRUPT, (c) => c.u32(checkProbability('corrupt', qdisc.corrupt)).u32(0))
    options.attribute(rt.TCA_NETEM_LATENCY64, (l) => l.u64(nanoseconds(qdisc.delayMs)))
    options.attribute(rt.TCA_NETEM_JITTER64, (j) => j.u64(nanoseconds(qdisc.jitterMs)))
  })
}

/**
 * Appends the requests that put a queueing discipline at the root of an interface, replacing the one there.
 * The kernel answers ENOENT when it lacks the discipline.
 * @throws LinuxError `invalid` for a rate or probability that is none
 */
export function encodeReplaceQdisc(writer: NetlinkWriter, label: string, index: number, qdisc: Qdisc): void {
  const flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK
  writer.message(label, rt.RTM_NEWQDISC, flags, (w) => {
    tcmsg(w, index, HANDLE, rt.TC_H_ROOT)
    w.attributeString(rt.TCA_KIND, qdisc.type)
    if (qdisc.type === 'tbf') encodeTbf(w, qdisc)
    else if (qdisc.type === 'netem') encodeNetem(w, qdisc)
    // struct tc_htb_glob: version 3, rate2quantum 10, default class 1
    else w.nested(rt.TCA_OPTIONS, (o) => o.attribute(rt.TCA_HTB_INIT, (i) => i.u32(3).u32(10).u32(1).u32(0).u32(0)))
  })
  if (qdisc.type === 'htb') {
    writer.message(`${label}: class`, rt.RTM_NEWTCLASS, flags, (w) => {
      tcmsg(w, index, HTB_CLASS, HANDLE)
      w.attributeString(rt.TCA_KIND, 'htb')
      encodeHtbClass(w, qdisc)
    })
  }
}

/** Appends the request that takes the root queueing discipline away; the kernel's default comes back. */
export function encodeDeleteQdisc(writer: NetlinkWriter, label: string, index: number): void {
  writer.message(label, rt.RTM_DELQDISC, NLM_F_REQUEST | NLM_F_ACK, (w) => tcmsg(w, index, 0, rt.TC_H_ROOT))
}

/** Reads the body of an RTM_NEWQDISC message: interface index, kind and whether it stands at the root. */
export function decodeQdisc(body: Uint8Array): { readonly index: number; readonly kind: string; readonly root: boolean } {
  const reader = new NetlinkReader(body)
  reader.take(4)
  const index = reader.i32()
  reader.u32()
  const root = reader.u32() === rt.TC_H_ROOT
  reader.u32()
  const kind = decodeAttributes(reader.rest()).find(({ type }) => type === rt.TCA_KIND)
  return { index, kind: kind === undefined ? '' : decodeString(kind.value), root }
}
