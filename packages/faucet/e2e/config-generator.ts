import { base, baseNamed, baseNames, type TreeFiles } from './config-bases.js'
import { at, copy, entriesOf, type Node, type NodeMap, type Path, put, Raw, walk, yaml } from './config-tree.js'
import { fittingValue, oddValue } from './config-values.js'
import type { Files, OptionTables } from './faucet-oracle.js'
import { Random } from './random.js'

/** A configuration of the campaign. */
export interface Case {
  readonly files: Files
  /** What was done to the base, in words. */
  readonly story: readonly string[]
  /** The options that were set on purpose: `port.native_vlan`. */
  readonly options: readonly string[]
}

/**
 * Endless configurations, the same for the same seed. The options of the tables come one after the other, each in turn
 * with an odd or a fitting value; among them stand bases with several changes at random places.
 */
export function* configurations(tables: OptionTables, seed: number): Generator<Case> {
  const random = new Random(seed)
  const all = Object.entries(tables).flatMap(([section, options]) =>
    Object.entries(options).map(([option, types]) => ({ section, option, types })),
  )
  for (let round = 0; ; round++) {
    for (const { section, option, types } of random.shuffled(all)) {
      const files = baseWith(section, random)
      const value = random.below(2) === 0 ? oddValue(random) : fittingValue(option, types, random)
      const path = random.of(places(files, section))
      put(files['faucet.yaml'] as NodeMap, [...path, option], value)
      const story = [`${[...path, option].map(String).join('.')} = ${yaml(value).trim()}`]
      yield { files: texts(files), story, options: [`${section}.${option}`] }
      if (random.below(round === 0 ? 8 : 2) === 0) yield changed(tables, random)
    }
  }
}

/** The texts of a case. */
export function texts(files: TreeFiles): Files {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, yaml(content)]))
}

/** The paths of the sections of each kind, as patterns: `*` is any key. */
const sections: Readonly<Record<string, readonly string[]>> = {
  dp: ['dps.*'],
  'dp.table_sizes': ['dps.*.table_sizes'],
  'dp.lldp_beacon': ['dps.*.lldp_beacon'],
  'dp.dot1x': ['dps.*.dot1x'],
  stack: ['dps.*.stack'],
  port: ['dps.*.interfaces.*', 'dps.*.interface_ranges.*'],
  'port.stack': ['dps.*.interfaces.*.stack'],
  'port.lldp_beacon': ['dps.*.interfaces.*.lldp_beacon'],
  'port.lldp_beacon.org_tlvs': ['dps.*.interfaces.*.lldp_beacon.org_tlvs.*'],
  'port.coprocessor': ['dps.*.interfaces.*.coprocessor'],
  vlan: ['vlans.*'],
  router: ['routers.*'],
  'router.bgp': ['routers.*.bgp'],
  meter: ['meters.*'],
  acl: ['acls.*'],
  rule: ['acls.*.*.rule', 'acls.*.rules.*.rule', 'acls.*.*', 'acls.*.rules.*'],
  actions: ['acls.*.*.rule.actions', 'acls.*.rules.*.rule.actions', 'acls.*.*.actions', 'acls.*.rules.*.actions'],
  output: ['**.output', '**.output.*'],
  tunnel: ['**.output.tunnel', '**.output.*.tunnel'],
  ct: ['**.actions.ct'],
  'ct.nat': ['**.actions.ct.nat'],
}

/** Bases that have a section of a kind which others lack. */
const homes: Readonly<Record<string, readonly string[]>> = {
  'dp.table_sizes': ['dpOptions'],
  'dp.lldp_beacon': ['lldp', 'stackHealth'],
  'dp.dot1x': ['dot1x'],
  stack: ['stack2', 'stack3', 'ring', 'stackHealth'],
  'port.stack': ['stack2', 'stack3', 'ring'],
  'port.lldp_beacon': ['lldp'],
  'port.lldp_beacon.org_tlvs': ['lldp'],
  'port.coprocessor': ['coprocessor'],
  router: ['routing', 'globalVlan', 'bgp'],
  'router.bgp': ['bgp'],
  meter: ['meters'],
  acl: ['rulesDict', 'dot1x'],
  rule: ['rules', 'rulesDict', 'vlanRules', 'dpRules', 'meters', 'stackRules'],
  actions: ['rules', 'rulesDict', 'vlanRules', 'dpRules', 'meters', 'stackRules', 'tunnel'],
  output: ['rules', 'rulesDict', 'dpRules', 'tunnel', 'tunnelOrdered'],
  tunnel: ['tunnel', 'tunnelOrdered', 'tunnelReserved'],
  ct: ['rules', 'rulesDict', 'dpRules'],
  'ct.nat': ['rules', 'rulesDict', 'dpRules'],
}

function baseWith(section: string, random: Random): TreeFiles {
  for (;;) {
    const files = baseNamed(random.of(homes[section] ?? baseNames), random)
    if (places(files, section).length > 0) return files
  }
}

/** The paths of the maps in the main file that are sections of a kind. */
function places(files: TreeFiles, section: string): Path[] {
  const found: Path[] = []
  for (const { path, node } of walk(files['faucet.yaml'] as NodeMap)) {
    if (node instanceof Map && (sections[section] ?? []).some((pattern) => fits(pattern.split('.'), path, node))) {
      found.push(path)
    }
  }
  return found
}

function fits(pattern: readonly string[], path: Path, node: NodeMap): boolean {
  const tail = pattern[0] === '**'
  const wanted = tail ? pattern.slice(1) : pattern
  if (tail ? path.length < wanted.length : path.length !== wanted.length) return false
  const end = path.slice(path.length - wanted.length)
  // A rule in its wrapping, and a rule without: only one of them is the section.
  const holdsRules = node.has('rule') || node.has('rules')
  if (wanted.at(-1) === '*' && wanted[0] === 'acls' && holdsRules) return wanted.length === 2
  return wanted.every((key, index) => key === '*' || key === end[index])
}

/** A base with one to six changes. */
function changed(tables: OptionTables, random: Random): Case {
  const files = base(random)
  const story: string[] = []
  const options: string[] = []
  for (let left = 1 + random.below(random.below(6) + 1); left > 0; left--) {
    const name = random.of(Object.keys(files))
    const root = files[name] as NodeMap
    const kind = random.of(Object.keys(tables))
    const spots = name === 'faucet.yaml' ? places(files, kind) : []
    const everywhere = [...walk(root)].filter(({ path }) => path.length > 0)
    if (everywhere.length === 0) break
    const { path, node } = random.of(everywhere)
    const tell = (what: string) => story.push(`${name}: ${path.map(String).join('.')}: ${what}`)
    switch (random.below(spots.length > 0 ? 11 : 7)) {
      case 0:
        put(root, path, oddValue(random))
        tell('odd')
        break
      case 1:
        put(root, path, undefined)
        tell('removed')
        break
      case 2: // something from elsewhere
        put(root, path, copy(random.of(everywhere).node))
        tell('from elsewhere')
        break
      case 3: // an option of any section
        if (node instanceof Map) {
          const option = random.of(Object.keys(tables[random.of(Object.keys(tables))] as object))
          node.set(random.below(4) === 0 ? random.of(strangeKeys) : option, oddValue(random))
          tell(`with ${option}`)
        }
        break
      case 4: // twice
        if (Array.isArray(node) && node.length > 0) node.push(copy(random.of(node)))
        else if (node instanceof Map && node.size > 0) {
          const [key, value] = random.of(entriesOf(node))
          node.set(random.of<Node>([new Raw(String(key)), 9, 'other', `${String(key)} `]), copy(value))
        }
        tell('twice')
        break
      case 5: // another name
        renamed(root, path, random.of<Node>(['other', 5, 'office', 100, '100', 'sw1', 2, 'é']))
        tell('another name')
        break
      case 6: { // a word of the same file, for names that are wrong in one place
        put(root, path, random.of(everywhere.filter(({ node }) => typeof node !== 'object').map(({ node }) => node)))
        tell('another scalar')
        break
      }
      default: {
        const option = random.of(Object.keys(tables[kind] as object))
        const spot = random.of(spots)
        const value = fittingValue(option, tables[kind]?.[option] ?? [], random)
        put(root, [...spot, option], value)
        options.push(`${kind}.${option}`)
        story.push(`${[...spot, option].map(String).join('.')} = ${yaml(value).trim()}`)
      }
    }
  }
  if (random.below(4) > 0) return { files: texts(files), story, options }
  const name = random.of(Object.keys(files))
  return { files: { ...texts(files), [name]: mangled(yaml(files[name] as NodeMap), random, story) }, story, options }
}

/** The text with one line changed in a way that trees do not show. */
function mangled(text: string, random: Random, story: string[]): string {
  const lines = text.trimEnd().split('\n')
  const at = random.below(lines.length)
  const line = lines[at] as string
  const key = /^(\s*)([^\s-][^:]*): ?(.*)$/.exec(line)
  const replacement = random.of<() => string>([
    () => ` ${line}`,
    () => line.replace(/^ {2}/, ''),
    () => `\t${line}`,
    () => `${line} # a comment`,
    () => `${line}# no comment`,
    () => `${line}\n${line}`,
    () => `# ${line}`,
    () => '',
    () => line.replace(':', ''),
    () => line.replace(': ', ':'),
    () => line.replace(':', ' :'),
    () => line.replace(/"/g, "'"),
    () => line.replace(/"/g, ''),
    () => `${line}:`,
    () => `${line} }`,
    () => `--- \n${line}`,
    () => `...\n${line}`,
    () => `%YAML 1.1\n---\n${line}`,
    () => (key ? `${key[1]}"${key[2]}": ${key[3]}` : line),
    () => (key ? `${key[1]}? ${key[2]}\n${key[1]}: ${key[3]}` : line),
    () => (key ? `${key[1]}${key[2]}: &anchor ${key[3]}` : line),
    () => (key ? `${key[1]}<<: {${key[2]}: ${key[3] || '1'}}` : line),
    () => (key ? `${key[1]}<<: *anchor` : line),
    () => (key ? `${key[1]}${key[2]}: {${key[3]}}` : line),
    () => (key ? `${key[1]}${key[2]}: [${key[3]}]` : line),
    () => (key ? `${key[1]}${key[2]}: '${key[3]}'` : line),
    () => (key ? `${key[1]}${key[2]}: >\n${key[1]}  ${key[3]}` : line),
    () => (key ? `${key[1]}${key[2]}:\n\n${key[1]}    ${key[3]}` : line),
    () => (key ? `${key[1]}!!map ${key[2]}: ${key[3]}` : line),
  ])()
  lines[at] = replacement
  story.push(`line ${at + 1}: ${JSON.stringify(replacement)}`)
  const ending = random.of(['\n', '\n', '\n', '\r\n', ''])
  return (random.below(10) === 0 ? '\ufeff' : '') + lines.join(ending === '\r\n' ? ending : '\n') + ending
}

const strangeKeys: readonly Node[] = [1, '', null, true, new Raw('1.5'), 'unknown', new Raw('[1, 2]'), new Raw('0x2'),
  new Raw('<<')]

/** Changes the key of an entry, in its place. */
function renamed(root: Node, path: Path, key: Node): void {
  const holder = at(root, path.slice(0, -1))
  if (!(holder instanceof Map)) return
  const entries = [...holder].map(([old, value]): [Node, Node] => [old === path.at(-1) ? key : old, value])
  holder.clear()
  for (const [name, value] of entries) holder.set(name, value)
}
