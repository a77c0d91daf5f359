# The peer of mirror.mjs: the Python IDL of Open vSwitch. Arguments: the server's socket and the schema file.
# Prints the milliseconds until every port and interface is there, and the number of ports.
import sys
import time

import ovs.db.idl
import ovs.poller

start = time.perf_counter()
helper = ovs.db.idl.SchemaHelper(sys.argv[2])
for table in ('Bridge', 'Port', 'Interface'):
    helper.register_table(table)
idl = ovs.db.idl.Idl('unix:' + sys.argv[1], helper)
seqno = idl.change_seqno
while idl.change_seqno == seqno or not idl.has_ever_connected():
    idl.run()
    if idl.change_seqno != seqno and idl.has_ever_connected():
        break
    poller = ovs.poller.Poller()
    idl.wait(poller)
    poller.block()
elapsed = (time.perf_counter() - start) * 1000
print(elapsed, len(idl.tables['Port'].rows))
idl.close()
