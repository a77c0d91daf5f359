import { Testbed, type Topology, type Host } from '/work/main/packages/sdk/src/index.ts'
declare const t: Testbed<'lan', 'a' | 'b'>
export const x: Testbed = t
export const z: Testbed<'lan', 'a'> = t
declare const dyn: Topology
export async function f() { const q = await Testbed.start(dyn); const h: Host | undefined = q.hosts['a']; const y: Testbed<'lan','a'> = q; return [h,y] }
export const topo: Topology = { networks: { a: {} }, hosts: {} }
const typed = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } } satisfies Topology
export async function g() { const q = await Testbed.start(typed); return q.hosts.a }
const untyped = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } }
export async function h() { const q = await Testbed.start(untyped); return q.hosts.a }
const asconst = { networks: { lan: {} }, hosts: { a: { networks: ['lan'] } } } as const
export async function i() { const q = await Testbed.start(asconst); return q.hosts.a }
export async function e() { const q = await Testbed.start({networks: {}, hosts: {}}); return q.hosts }
