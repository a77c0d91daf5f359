import { z } from 'zod'
import type { TopologyIssue } from '../errors.js'
import type { HostSpec, NetworkSpec, Topology } from './spec.js'

/** An object whose keys are options; others are refused, with a list of those that there are. */
function options<Shape extends z.ZodRawShape>(what: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ')
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? `there is no such option; the options are ${known}` : `must be an object with options of ${what}: ${known}`) })
}

const text = z.string({ error: 'must be a string' })
const flag = z.boolean({ error: 'must be true or false' })

function list<Item extends z.ZodType>(item: Item, message: string): z.ZodArray<Item> {
  return z.array(item, { error: message })
}

function named<Value extends z.ZodType>(value: Value, message: string): z.ZodRecord<z.ZodString, Value> {
  return z.record(z.string(), value, { error: message })
}

const dns = list(text, 'must be a list of addresses of name servers such as ["10.1.0.1"]').optional()
const names = z.union([text, list(text, 'must be a list')], { error: 'must be the name of an ACL, or a list of names' }).optional()
const mac = z.string({ error: 'must be a MAC address such as "02:00:00:00:00:01"' }).optional()

const route = options('a route', {
  to: z.string({ error: 'must be "default" or a subnet in CIDR form' }),
  via: z.string({ error: 'must be the address of the next hop' }),
})

const network = options('a network', {
  subnet: z.union([text, list(text, 'must be a list')], { error: 'must be a subnet such as "10.1.0.0/24", or a list of subnets' }).optional(),
  vlan: z.number({ error: 'must be a whole number from 1 to 4094' }).optional(),
  mtu: z.number({ error: 'must be a whole number of bytes' }).optional(),
  overlap: flag.optional(),
  acl: names,
  aclOut: names,
  gateway: z.union([flag, text, list(text, 'must be a list')], { error: 'must be true, an address such as "10.1.0.1", or a list of addresses' }).optional(),
  gatewayRoutes: list(route, 'must be a list of routes such as { to: "10.9.0.0/16", via: "10.1.0.2" }').optional(),
})

const attachment = options('an attachment', {
  ip: z.union([text, list(text, 'must be a list')], { error: 'must be an address such as "10.1.0.9", or a list of addresses' }).optional(),
  mac,
  interface: text.optional(),
  acl: names,
})

const trunk = options('a trunk', { networks: list(text, 'must be a list of names of networks'), mac, addresses: flag.optional(), acl: names })

const tapSource = z.union([text, options('a tap', { host: text, interface: text.optional() })], { error: 'must be the name of a host, or { host: "web", interface: "eth0" }' })

const number = z.number({ error: 'must be a number' })
const words = list(text, 'must be a list of words such as ["sleep", "60"]').optional()

const mount = z.discriminatedUnion(
  'type',
  [
    options('a bind mount', { type: z.literal('bind'), source: text, target: text, readOnly: flag.optional() }),
    options('a volume', { type: z.literal('volume'), source: text.optional(), target: text, readOnly: flag.optional() }),
    options('a tmpfs', { type: z.literal('tmpfs'), target: text, size: number.optional(), mode: number.optional() }),
  ],
  { error: 'must be a mount with the type "bind", "volume" or "tmpfs": { type: "bind", source: "/srv", target: "/srv" }' },
)

const ready = options('readiness', {
  port: z.union([number, list(number, 'must be a list')], { error: 'must be a port, or a list of ports' }).optional(),
  log: z.union([text, z.instanceof(RegExp)], { error: 'must be a text or a regular expression' }).optional(),
  command: words,
  http: options('an HTTP request', { port: number, path: text.optional(), status: number.optional() }).optional(),
  health: flag.optional(),
  timeout: number.optional(),
})

const host = options('a host', {
  networks: z.union([list(text, 'must be a list'), named(attachment, 'must be an object')], { error: 'must be a list of names of networks, or an object with options for each: { lan: { ip: "10.1.0.9" } }' }).optional(),
  trunks: named(trunk, 'must be an object of trunks by the name of the interface').optional(),
  taps: named(list(tapSource, 'must be a list of hosts such as ["web"]'), 'must be an object of taps by the name of the interface').optional(),
  switch: text.optional(),
  routes: list(route, 'must be a list of routes such as { to: "default", via: "10.1.0.1" }').optional(),
  forwarding: flag.optional(),
  image: text.optional(),
  container: text.optional(),
  command: words,
  entrypoint: words,
  mounts: list(mount, 'must be a list of mounts such as { type: "bind", source: "/srv", target: "/srv" }').optional(),
  capabilities: z.union([list(text, 'must be a list'), options('capabilities', { add: list(text, 'must be a list').optional(), drop: list(text, 'must be a list').optional() })], { error: 'must be a list of capabilities such as ["NET_ADMIN"], or an object with add and drop' }).optional(),
  privileged: flag.optional(),
  resources: options('resources', { cpus: number.optional(), memory: number.optional(), pids: number.optional(), shmSize: number.optional() }).optional(),
  devices: list(text, 'must be a list of paths').optional(),
  user: text.optional(),
  workdir: text.optional(),
  ready: ready.optional(),
  pull: z.enum(['missing', 'always', 'never'], { error: 'must be "missing", "always" or "never"' }).optional(),
  sysctls: named(z.union([text, z.number()], { error: 'must be a string or a finite number' }), 'must be an object of kernel settings such as { "net.ipv4.tcp_syncookies": 0 }').optional(),
  dns,
  env: named(text, 'must be an object of strings').optional(),
})

const whole = z.number({ error: 'must be a whole number' })
const meter = options('a meter', { kbps: whole.optional(), pps: whole.optional(), burst: whole.optional() })

const topology = options('a topology', {
  name: text.optional(),
  networks: named(network, 'must be an object of networks by name such as { lan: {} }'),
  hosts: named(host, 'must be an object of hosts by name such as { web: { networks: ["lan"] } }'),
  dns,
  // Their contents are judged as Faucet judges them.
  acls: named(z.unknown(), 'must be an object of ACLs by name such as { "no-telnet": [deny({ tcp: { dst: 23 } }), allow()] }').optional(),
  meters: named(meter, 'must be an object of meters by name such as { slow: { kbps: 1000 } }').optional(),
  switches: named(options('a switch', { dpid: whole.optional() }), 'must be an object of switches by name such as { s1: {}, s2: {} }').optional(),
  links: list(z.tuple([text, text], { error: 'must be two names of switches: ["s1", "s2"]' }), 'must be a list of links such as [["s1", "s2"]]').optional(),
})

/** `hosts.web.networks[0]`, from the parts of a path. */
export function formatPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`
    const name = String(part)
    if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`
    return path === '' ? name : `${path}.${name}`
  }, '')
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined), value)
}

function read(found: readonly z.core.$ZodIssue[], value: unknown, prefix: readonly PropertyKey[], outer: readonly PropertyKey[] = []): TopologyIssue[] {
  return found.flatMap((issue): TopologyIssue[] => {
    const path = [...outer, ...issue.path]
    // Of the alternatives of a union, the one whose outermost type is right: its complaints lie deeper.
    const fitting = issue.code === 'invalid_union' ? issue.errors.find((alternative) => alternative.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys')) : undefined
    if (fitting !== undefined) return read(fitting, value, prefix, path)
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
    return keys.map((where) => ({ path: formatPath([...prefix, ...where]), value: at(value, where), message: issue.message }))
  })
}

/**
 * `{ __proto__: … }` sets the prototype of an object and is no key of it, and libraries skip such a key where it is one: a host of that
 * name must not vanish without a word.
 */
function findPrototypes(value: unknown, path: readonly PropertyKey[]): TopologyIssue[] {
  if (typeof value !== 'object' || value === null || path.length > 6) return []
  const prototype: unknown = Object.getPrototypeOf(value)
  const literal = typeof prototype === 'object' && prototype !== null && !Object.hasOwn(prototype, 'constructor')
  const here = literal || Object.hasOwn(value, '__proto__') ? [{ path: formatPath([...path, '__proto__']), value: at(value, ['__proto__']), message: '"__proto__" cannot be a name: JavaScript gives it another meaning' }] : []
  return [...here, ...Object.entries(value).flatMap(([key, inner]) => (key === '__proto__' ? [] : findPrototypes(inner, [...path, key])))]
}

/** What was read: a copy of its own, which nobody can change any more, or what is wrong with its shape. */
export type Parsed<Spec> = { readonly value: Spec; readonly issues?: never } | { readonly value?: never; readonly issues: readonly TopologyIssue[] }

function parse<Spec>(schema: z.ZodType, value: unknown, prefix: readonly PropertyKey[]): Parsed<Spec> {
  const result = schema.safeParse(value)
  const issues = [...findPrototypes(value, prefix), ...(result.success ? [] : read(result.error.issues, value, prefix))]
  return issues.length > 0 ? { issues } : { value: result.data as Spec }
}

/** Reads a topology: its shape is right when every object, string and number stands where one must be. */
export function parseTopology(value: unknown): Parsed<Topology> {
  return parse(topology, value, [])
}

/** As {@link parseTopology}, for one network to be added. */
export function parseNetwork(name: string, value: unknown): Parsed<NetworkSpec> {
  return parse(network, value, ['networks', name])
}

/** As {@link parseTopology}, for one host to be added. */
export function parseHost(name: string, value: unknown): Parsed<HostSpec> {
  return parse(host, value, ['hosts', name])
}
