/** What `ofproto/trace` (ovs-vswitchd(8)) tells of a packet. */
export interface Trace {
  readonly steps: readonly TraceStep[]
  /** The packet as it is at the end, in the words of OVS. */
  readonly finalFlow: string
  /** What the datapath does. */
  readonly datapathActions: string
}

/** A flow that the packet has met. */
export interface TraceStep {
  /** Name of the bridge. */
  readonly bridge: string
  readonly tableId: number
  /** Undefined where no flow matched. */
  readonly flow: { readonly match: string; readonly priority: number; readonly cookie: bigint } | undefined
  /** In the order in which they are carried out, such as `output:2`. */
  readonly actions: readonly string[]
}

const BRIDGE = /^\s*bridge\("([^"]*)"\)/
const FLOW = /^\s*(\d+)\. (.*?)(?:, )?priority (\d+)(?:, cookie (0x[0-9a-f]+))?$/
const MISS = /^\s*(\d+)\. No match\.?/i

/** Reads the output of `ofproto/trace`. What it does not know it takes for actions. */
export function parseTrace(text: string): Trace {
  const steps: { bridge: string; tableId: number; flow: TraceStep['flow']; actions: string[] }[] = []
  let bridge = ''
  let finalFlow = ''
  let datapathActions = ''
  for (const line of text.split('\n')) {
    const entered = BRIDGE.exec(line)
    const matched = FLOW.exec(line)
    const missed = MISS.exec(line)
    if (entered) bridge = entered[1] ?? ''
    else if (matched) {
      const [, table = '', match = '', priority = '', cookie = '0x0'] = matched
      steps.push({ bridge, tableId: Number(table), flow: { match, priority: Number(priority), cookie: BigInt(cookie) }, actions: [] })
    } else if (missed) steps.push({ bridge, tableId: Number(missed[1]), flow: undefined, actions: ['drop'] })
    else if (line.startsWith('Final flow: ')) finalFlow = line.slice(12)
    else if (line.startsWith('Datapath actions: ')) datapathActions = line.slice(18)
    else if (/^\s{4,}\S/.test(line) && !/^\s*(>>>>|->)/.test(line) && datapathActions === '') steps.at(-1)?.actions.push(line.trim())
  }
  return { steps, finalFlow, datapathActions }
}
