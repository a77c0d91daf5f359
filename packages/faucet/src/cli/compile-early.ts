import { setFlagsFromString } from 'node:v8'

/**
 * Has every function compiled (by V8's fast compiler, Sparkplug) when it is called first, from now on. Otherwise it is interpreted
 * until it has run for a while, and a controller deals with a packet in a fraction of a millisecond, and with few of them: the
 * first hundreds would find nothing compiled.
 */
export function compileEarly(): void {
  setFlagsFromString('--always-sparkplug')
}
