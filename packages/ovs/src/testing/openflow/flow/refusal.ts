import { EXPERIMENTER } from '../../../openflow/constants.js'
import type { ErrorMessageInput } from '../../../openflow/message/error.js'
import type { ErrorCodes, ErrorType } from '../../../openflow/message/error-codes.js'

/** Why a message was refused, in the words of OpenFlow. It never leaves the switch double. */
export class Refusal extends Error {
  readonly error: ErrorMessageInput

  constructor(error: ErrorMessageInput) {
    super('code' in error ? `${error.errorType} ${error.code}` : `experimenter error ${error.expType}`)
    this.error = error
  }
}

/** Makes the refusal for an error of the specification (OpenFlow 1.3.5 §7.4.4). */
export function refusal<T extends ErrorType>(errorType: T, code: ErrorCodes[T]): Refusal {
  return new Refusal({ type: 'error', errorType, code } as ErrorMessageInput)
}

/** Makes the refusal for an error of Open vSwitch's own. */
export function nxRefusal(expType: number): Refusal {
  return new Refusal({ type: 'error', errorType: 'experimenter', experimenter: EXPERIMENTER.NX, expType })
}

/** Makes the refusal for an error of an ONF extension. */
export function onfRefusal(expType: number): Refusal {
  return new Refusal({ type: 'error', errorType: 'experimenter', experimenter: EXPERIMENTER.ONF, expType })
}
