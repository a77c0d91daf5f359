/** What a configuration depends on beside the networks: how this machine is joined to other switches. */
export interface ConfigContext {
  /** undefined: no stacking. */
  readonly stack?: StackContext | undefined
  /** Where mirrored packets go through the stack (`stack_mirror_interface`): a port of a dataplane. undefined: no such mirroring. */
  readonly mirrorTo?: { readonly dp: string; readonly port: number } | undefined
}

/** The bridge that joins the networks of this machine to a stack. */
export interface StackContext {
  /** Its name, which is the one of its dataplane: `dovesnap0A1B2C`. */
  readonly bridge: string
  readonly dpid: bigint
  /** The machine, for the description. */
  readonly host: string
  /** The links to switches of the operator (`stacking_interfaces`). */
  readonly links: readonly StackLink[]
  /** The dataplane to become the root (`stack_priority1`). */
  readonly priority1?: string | undefined
}

/** A link from the stacking bridge to a port of another dataplane. */
export interface StackLink {
  readonly dp: string
  readonly port: number
  /** The stacking bridge's own port. */
  readonly ofport: number
}
