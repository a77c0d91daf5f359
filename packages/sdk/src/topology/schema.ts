import { z } from 'zod'
import type { TopologyIssue } from '../errors.js'
import type { HostSpec, NetworkSpec, Topology } from './spec.js'

const oneOrMore = z.union([z.string(), z.array(z.string())])

const network = z.strictObject({
  subnet: oneOrMore.optional(),
  vlan: z.number().optional(),
  mtu: z.number().optional(),
  overlap: z.boolean().optional(),
})

const attachment = z.strictObject({ ip: oneOrMore.optional(), mac: z.string().optional(), interface: z.string().optional() })

const trunk = z.strictObject({ networks: z.array(z.string()), mac: z.string().optional(), addresses: z.boolean().optional() })

const host = z.strictObject({
  networks: z.union([z.array(z.string()), z.record(z.string(), attachment)]).optional(),
  trunks: z.record(z.string(), trunk).optional(),
  routes: z.array(z.strictObject({ to: z.string(), via: z.string() })).optional(),
  forwarding: z.boolean().optional(),
  sysctls: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  dns: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
})

const topology = z.strictObject({
  name: z.string().optional(),
  networks: z.record(z.string(), network),
  hosts: z.record(z.string(), host),
  dns: z.array(z.string()).optional(),
})

/** `hosts.web.networks[0]`, from the parts of a path. */
export function formatPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const name = String(part)
    if (!/^[\w-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`
    return text === '' ? name : `${text}.${name}`
  }, '')
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined), value)
}

function issues(error: z.ZodError, value: unknown, prefix: readonly PropertyKey[]): TopologyIssue[] {
  return error.issues.flatMap((issue): TopologyIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: formatPath([...prefix, ...issue.path, key]), value: at(value, [...issue.path, key]), message: 'there is no such option' }))
    }
    const inner = issue.code === 'invalid_union' ? closest(issue.errors) : undefined
    const path = [...issue.path, ...(inner?.path ?? [])]
    return [{ path: formatPath([...prefix, ...path]), value: at(value, path), message: describe(inner ?? issue) }]
  })
}

/** Of the alternatives of a union, the one that fitted furthest: its complaint lies deepest. */
function closest(alternatives: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue | undefined {
  const firsts = alternatives.flatMap(([first]) => first ?? [])
  return firsts.filter(({ path }) => path.length > 0).sort((a, b) => b.path.length - a.path.length)[0]
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return 'has the wrong type; see the doc comment of this option'
  if (issue.code === 'unrecognized_keys') return `there is no option ${issue.keys.map((key) => `"${key}"`).join(', ')}`
  return issue.message.replace(/^Invalid input: /, '')
}

/** Whether a topology has the right shape: what is no object, string or number where one must be. */
export function checkShape(value: unknown): TopologyIssue[] {
  const result = topology.safeParse(value)
  return result.success ? [] : issues(result.error, value, [])
}

/** As {@link checkShape}, for one network to be added. */
export function checkNetworkShape(name: string, value: NetworkSpec): TopologyIssue[] {
  const result = network.safeParse(value)
  return result.success ? [] : issues(result.error, value, ['networks', name])
}

/** As {@link checkShape}, for one host to be added. */
export function checkHostShape(name: string, value: HostSpec): TopologyIssue[] {
  const result = host.safeParse(value)
  return result.success ? [] : issues(result.error, value, ['hosts', name])
}

/** The topology, known to have the right shape. */
export type CheckedTopology = Topology
