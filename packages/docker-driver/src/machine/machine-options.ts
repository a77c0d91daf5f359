import { DockerDriverError } from '../errors.js'
import { parseInterfaceName, parseNumber } from '../options/index.js'
import { Problems, quote, wrong } from '../options/wrong.js'

/** How this machine is joined to other switches and to whoever looks at mirrored packets: dovesnap's flags, as text. Empty: not given. */
export interface MachineFlags {
  /** `--stacking_interfaces`: `remotedp:remoteport:localinterface`, several with commas. */
  readonly stackingInterfaces?: string | undefined
  /** `--stack_priority1`: the dataplane that is to be the root of the stack. */
  readonly stackPriority1?: string | undefined
  /** `--stack_mirror_interface`: `dp:port`, where mirrored packets go through the stack. */
  readonly stackMirrorInterface?: string | undefined
  /** `--mirror_bridge_in`: an interface whose packets pass through the mirror bridge. */
  readonly mirrorBridgeIn?: string | undefined
  /** `--mirror_bridge_out`: the interface that mirrored packets leave by. */
  readonly mirrorBridgeOut?: string | undefined
}

/** The flags, parsed. */
export interface MachineOptions {
  /** undefined: no mirror bridge. */
  readonly mirror: { readonly out: string; readonly in: string | undefined } | undefined
  /** undefined: no stacking. */
  readonly stack: StackOptions | undefined
}

/** How the networks of this machine are part of a stack. */
export interface StackOptions {
  readonly links: readonly StackingInterface[]
  readonly priority1: string | undefined
  readonly mirrorTo: DataplanePort | undefined
}

/** A port of a dataplane of the operator's. */
export interface DataplanePort {
  readonly dp: string
  readonly port: number
}

/** A cable between an interface of this machine and a port of another dataplane. */
export interface StackingInterface extends DataplanePort {
  readonly interface: string
}

/** What decides whether flags are enough. */
export interface MachineSurroundings {
  /** The controller is in this process: bridges need no other. */
  readonly embedded: boolean
  readonly defaultControllers: readonly string[]
}

/** The highest port number of OpenFlow 1.3 (`OFPP_MAX`): a switch of the operator's may have any. */
const LAST_PORT = 0xffff_ff00

/**
 * Reads the flags. What dovesnap would do without a word, such as to leave out a mirror for which there is no bridge, is refused.
 * Throws one `DockerDriverError` `invalid` that names every flag that is wrong, its value and what would be right.
 */
export function parseMachineOptions(flags: MachineFlags, { embedded, defaultControllers }: MachineSurroundings): MachineOptions {
  const { stackingInterfaces = '', stackPriority1 = '', stackMirrorInterface = '', mirrorBridgeIn = '', mirrorBridgeOut = '' } = flags
  const problems = new Problems()
  const links = problems.read('--stacking_interfaces', [], () => parseStackingInterfaces(stackingInterfaces))
  const priority1 = problems.read('--stack_priority1', undefined, () => (stackPriority1 === '' ? undefined : parseDataplane(stackPriority1)))
  const mirrorTo = problems.read('--stack_mirror_interface', undefined, () => (stackMirrorInterface === '' ? undefined : parseMirrorTo(stackMirrorInterface)))
  const out = problems.read('--mirror_bridge_out', undefined, () => (mirrorBridgeOut === '' ? undefined : parseInterfaceName(mirrorBridgeOut)))
  const into = problems.read('--mirror_bridge_in', undefined, () => (mirrorBridgeIn === '' ? undefined : parseInterfaceName(mirrorBridgeIn)))
  const need = (flag: string, value: string, needed: string): void => {
    problems.add(flag, `${quote(value)} has no effect without ${needed}; give both, or none`)
  }
  if (mirrorBridgeIn !== '' && mirrorBridgeOut === '') need('--mirror_bridge_in', mirrorBridgeIn, '--mirror_bridge_out')
  if (stackPriority1 !== '' && stackingInterfaces === '') need('--stack_priority1', stackPriority1, '--stacking_interfaces')
  if (stackMirrorInterface !== '' && stackingInterfaces === '') need('--stack_mirror_interface', stackMirrorInterface, '--stacking_interfaces')
  if (out !== undefined && out === into) {
    problems.add('--mirror_bridge_in', `${quote(out)} is also --mirror_bridge_out: what comes in by it would go back; name two interfaces`)
  }
  if (stackingInterfaces !== '' && mirrorBridgeOut !== '') {
    const right = 'for mirroring through a stack give --stack_mirror_interface instead'
    problems.add('--mirror_bridge_out', `${quote(mirrorBridgeOut)} cannot be had with --stacking_interfaces; ${right}`)
  }
  if (stackingInterfaces !== '' && !embedded && defaultControllers.length === 0) {
    const right = 'name the controllers that the stacking bridge is to have in --default_ofcontrollers'
    problems.add('--stacking_interfaces', `${quote(stackingInterfaces)} needs controllers, and none is in this process; ${right}`)
  }
  const used = mirrorTo && links.find(({ dp, port }) => dp === mirrorTo.dp && port === mirrorTo.port)
  if (used) {
    problems.add('--stack_mirror_interface', `${quote(stackMirrorInterface)} is the stack link at ${used.interface}; name another port`)
  }
  problems.refuse('flags')
  return {
    mirror: out === undefined ? undefined : { out, in: into },
    stack: links.length === 0 ? undefined : { links, priority1, mirrorTo },
  }
}

function parseStackingInterfaces(text: string): readonly StackingInterface[] {
  if (text === '') return []
  const links = text.split(',').map((item) => parseStackingInterface(item.trim()))
  const names = new Set<string>()
  const ports = new Set<string>()
  for (const { interface: name, dp, port } of links) {
    if (names.has(name)) throw wrong(text, `wrong: interface ${name} is named twice`, 'an interface has one cable: name each once')
    if (ports.has(`${dp}:${port}`)) throw wrong(text, `wrong: port ${port} of ${dp} is named twice`, 'a port has one cable: name each once')
    names.add(name)
    ports.add(`${dp}:${port}`)
  }
  return links
}

function parseStackingInterface(item: string): StackingInterface {
  const grammar = 'write REMOTEDP:REMOTEPORT:LOCALINTERFACE, several with commas, such as rootsw:7:eth1'
  const parts = item.split(':')
  const [dp = '', port = '', name = ''] = parts
  if (parts.length !== 3 || parts.includes('')) throw wrong(item, 'no stacking interface', grammar)
  return { ...within(item, () => ({ dp: parseDataplane(dp), port: parsePort(port) })), interface: within(item, () => parseInterfaceName(name)) }
}

function parseMirrorTo(text: string): DataplanePort {
  const parts = text.split(':')
  const [dp = '', port = ''] = parts
  if (parts.length !== 2 || parts.includes('')) throw wrong(text, 'no port of a dataplane', 'write DP:PORT, such as rootsw:88')
  return within(text, () => ({ dp: parseDataplane(dp), port: parsePort(port) }))
}

function parseDataplane(text: string): string {
  if (!/^[^\s:,]+$/.test(text)) throw wrong(text, 'no name of a dataplane', 'write it as it stands in the Faucet configuration, without spaces, colons and commas')
  return text
}

function parsePort(text: string): number {
  return parseNumber(text, 1, LAST_PORT)
}

/** The same error, with the item that the part belongs to. */
function within<T>(item: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof DockerDriverError)) throw error
    throw new DockerDriverError('invalid', `in ${quote(item)} ${error.message}`)
  }
}
