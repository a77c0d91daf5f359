import type { PortMod } from '../../../openflow/message/port-mod.js'
import { OFPPC } from '../../../openflow/port.js'
import { refusal } from '../flow/refusal.js'
import type { SwitchCore } from './core.js'

const KNOWN = OFPPC.PORT_DOWN | OFPPC.NO_RECV | OFPPC.NO_FWD | OFPPC.NO_PACKET_IN

/** Changes the settings of a port (OpenFlow 1.3.5 §7.3.4.3). @throws Refusal `port_mod_failed` */
export function portMod(core: SwitchCore, { portNo, hwAddr, config, mask }: PortMod): void {
  const port = core.pipeline.ports.get(portNo)
  if (port === undefined) throw refusal('port_mod_failed', 'bad_port')
  if (port.hwAddr !== hwAddr) throw refusal('port_mod_failed', 'bad_hw_addr')
  if ((config | mask) & ~KNOWN) throw refusal('port_mod_failed', 'bad_config')
  const changed = (port.config & ~mask) | (config & mask)
  if (changed === port.config) return
  port.config = changed
  core.portStatus('modify', port)
}
