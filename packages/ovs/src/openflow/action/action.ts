import type { CloneAction, CloneActionInput } from './clone.js'
import type { ConntrackAction, ConntrackActionInput } from './conntrack.js'
import type { ControllerAction, ControllerActionInput } from './controller.js'
import type { EncapAction, EncapActionInput } from './encap.js'
import type { HashAction, HashActionInput } from './hash.js'
import type { LearnAction, LearnActionInput } from './learn.js'
import type { NiciraAction, NiciraActionInput } from './nicira.js'
import type { OnfCopyFieldAction, RegisterAction, RegisterActionInput } from './register.js'
import type { SampleAction, SampleActionInput } from './sample.js'
import type { StandardAction, StandardActionInput } from './standard.js'

/** What is done to a packet, as it is decoded: OpenFlow 1.3.5 §7.2.5 and the extensions of Open vSwitch and the ONF. */
export type Action =
  | StandardAction
  | NiciraAction
  | RegisterAction
  | OnfCopyFieldAction
  | HashAction
  | LearnAction
  | ConntrackAction
  | CloneAction
  | ControllerAction
  | SampleAction
  | EncapAction

/** What is encoded as an action: an {@link Action} in which properties with a documented default may be left out. */
export type ActionInput =
  | StandardActionInput
  | NiciraActionInput
  | RegisterActionInput
  | OnfCopyFieldAction
  | HashActionInput
  | LearnActionInput
  | ConntrackActionInput
  | CloneActionInput
  | ControllerActionInput
  | SampleActionInput
  | EncapActionInput
