import { expect, it } from 'vitest'
import { parseTrace } from './parse-trace.js'

const text = `Flow: tcp,in_port=1,vlan_tci=0x0000,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02,nw_src=10.1.0.2,nw_dst=10.1.0.3,tp_src=0,tp_dst=80

bridge("s1")
------------
 0. tcp,in_port=1,tp_dst=80, priority 20480, cookie 0x5adc15c0
    goto_table:1
 1. in_port=1,vlan_tci=0x0000/0x1fff, priority 4096, cookie 0x5adc15c0
    push_vlan:0x8100
    set_field:4196->vlan_vid
    goto_table:2
 2. priority 0, cookie 0x5adc15c0
    drop

Final flow: tcp,in_port=1,dl_vlan=100
Megaflow: recirc_id=0,eth,tcp,in_port=1
Datapath actions: drop
`

it('reads tables, flows and actions', () => {
  const { steps, finalFlow, datapathActions } = parseTrace(text)
  expect(steps.map(({ bridge, tableId, actions }) => [bridge, tableId, actions.join(',')])).toEqual([
    ['s1', 0, 'goto_table:1'],
    ['s1', 1, 'push_vlan:0x8100,set_field:4196->vlan_vid,goto_table:2'],
    ['s1', 2, 'drop'],
  ])
  expect(steps[0]?.flow).toEqual({ match: 'tcp,in_port=1,tp_dst=80', priority: 20480, cookie: 0x5adc15c0n })
  expect(steps[2]?.flow).toEqual({ match: '', priority: 0, cookie: 0x5adc15c0n })
  expect(finalFlow).toBe('tcp,in_port=1,dl_vlan=100')
  expect(datapathActions).toBe('drop')
})

it('knows the table where no flow matched', () => {
  expect(parseTrace('bridge("s1")\n------------\n 4. No match.\n    drop\n').steps).toMatchObject([{ tableId: 4, flow: undefined }])
})
