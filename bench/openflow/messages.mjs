// The messages that are measured, in a form that every side can read.

const hex = (text) => text.replace(/\s+/g, '')

/** A flow-mod as a controller sends it: eight match fields, an instruction with three actions, and a goto. */
export const flowMod = hex(`
  040e00b0 00000001
  000000000000abcd 0000000000000000
  01 00 0000 0000 2328 ffffffff ffffffff ffffffff 0000 0000
  0001 0043
    80000004 00000003
    80000606 020000000001
    80000806 020000000002
    80000a02 0800
    80000c02 1064
    80001401 06
    80001908 0a000200 ffffff00
    80001c02 0050
  0000000000
  0004 0030 00000000
    0019 0010 80000c02 10c8 000000000000
    0018 0008 00000000
    0000 0010 00000004 ffff 000000000000
  0001 0008 02 000000
`)

/** A packet-in with a frame of 98 bytes. */
export const packetIn = hex(`
  040a008c 00000002
  ffffffff 0062 00 03 000000000000abcd
  0001 000c 80000004 00000003 00000000
  0000
  ffffffffffff 020000000001 0800
  4500 0054 0001 4000 4001 26a6 0a000001 0a000002
  0800 f7ff 0000 0000
  ${'00'.repeat(56)}
`)
