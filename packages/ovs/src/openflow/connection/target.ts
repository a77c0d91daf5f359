import { OvsError } from '../../errors.js'
import {
  type ActiveTarget,
  formatTarget,
  isPassive,
  type ParseTargetOptions,
  parseTarget,
  type PassiveTarget,
  type Target,
} from '../../transport/target.js'

/** The port of OpenFlow (OpenFlow 1.3.5 §6.3.3). */
export const openFlowPort: ParseTargetOptions = { defaultPort: 6653 }

/** Where to connect to. @throws OvsError `invalid` for a target to listen on, and for a text that is no target */
export function activeTarget(target: string | Target): ActiveTarget {
  const parsed = typeof target === 'string' ? parseTarget(target, openFlowPort) : target
  if (!isPassive(parsed)) return parsed
  throw new OvsError('invalid', `${formatTarget(parsed)} is a target to listen on: use OpenFlowListener, or write ${parsed.type.slice(1)}:`)
}

/** Where to listen. @throws OvsError `invalid` for a target to connect to, and for a text that is no target */
export function passiveTarget(target: string | Target): PassiveTarget {
  const parsed = typeof target === 'string' ? parseTarget(target, openFlowPort) : target
  if (isPassive(parsed)) return parsed
  throw new OvsError('invalid', `${formatTarget(parsed)} is a target to connect to: use connectOpenFlow, or write p${parsed.type}:`)
}
