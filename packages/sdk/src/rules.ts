import * as faucet from '@streambed/faucet'
import { fileURLToPath } from 'node:url'
import { relative } from 'node:path'

/** Where rules were made: the calls of the builders. */
const sources = new WeakMap<object, string>()

/** File and line of a rule: of the call of the builder that made it, or in the `faucet.yaml` that it was read from; undefined for others. */
export function sourceOf(rule: object): string | undefined {
  const { file, line } = faucet.placeOf(rule) ?? {}
  return sources.get(rule) ?? (file === undefined || line === undefined ? undefined : `${near(file)}:${line}`)
}

/** The same builder; what it makes knows where it was called, for `testbed.explain()`. */
function remembering<Arguments extends readonly unknown[]>(build: (...given: Arguments) => faucet.AclRules): (...given: Arguments) => faucet.AclRules {
  return (...given) => {
    const rules = build(...given)
    const source = callSite()
    if (source !== undefined) for (const rule of rules) sources.set(rule, source)
    return rules
  }
}

/** The first line of the stack outside of this file. */
function callSite(): string | undefined {
  const { stack = '' } = new Error()
  const line = stack.split('\n').slice(3).find((text) => !text.includes('node:internal'))
  const [, file, number] = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line ?? '') ?? []
  if (file === undefined) return undefined
  const path = file.startsWith('file://') ? fileURLToPath(file) : file
  return `${near(path)}:${number ?? ''}`
}

/** As it is seen from the working directory, unless that is further away. */
function near(path: string): string {
  const way = relative(process.cwd(), path)
  return way.startsWith('..') ? path : way
}

/** Lets packets through; see `allow` of `@streambed/faucet`. @throws FaucetError `invalid` for what cannot be matched */
export const allow: typeof faucet.allow = remembering(faucet.allow)

/** Drops packets. @throws as {@link allow} */
export const deny: typeof faucet.deny = remembering(faucet.deny)

/** Sends a copy of packets to a port and lets them through. @throws as {@link allow} */
export const mirror: typeof faucet.mirror = remembering(faucet.mirror)

/** Sends packets out of a port, changed or not. @throws as {@link allow} */
export const output: typeof faucet.output = remembering(faucet.output)

/** As {@link output}, in the given order. @throws as {@link allow} */
export const outputInOrder: typeof faucet.outputInOrder = remembering(faucet.outputInOrder)
