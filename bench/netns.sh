# Four network namespaces made with `ip netns`, and programs run in them with `ip netns exec`. Descriptor 3 is this script.
mount -t tmpfs tmpfs /run
for i in 0 1 2 3; do ip netns add h$i; done

repeat() { # host, count
  local i
  for ((i = 0; i < $2; i++)); do ip netns exec "$1" true; done
}

echo '"ready"'
while read -r order count; do
  begin=$EPOCHREALTIME
  case $order in
    one-by-one) repeat h0 "$count" ;;
    in-four) for i in 0 1 2 3; do repeat h$i $((count / 4)) & done; wait ;;
  esac
  end=$EPOCHREALTIME
  echo $((${end/./} - ${begin/./})) # microseconds
done
