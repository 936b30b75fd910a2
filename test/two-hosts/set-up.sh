#!/usr/bin/env bash
# Two hosts, each a network namespace, with one wire between them. Runs in the first, where the server is.
#
# Loopback addresses do cross the wire: both hosts give up the network 127.0.0.0/8 of their own, and are told to route it.
# So nothing that the program refuses has to be allowed, and nothing can leave the two namespaces.
#
# Prints the ids of two processes, one in each namespace, then waits for the end of standard input.
set -euo pipefail

unshare --net sleep infinity &
other=$!
trap 'kill "$other"' EXIT
there() { nsenter --target "$other" --net "$@"; }
# It is in a namespace of its own as soon as it has another one than we have.
until [ "$(readlink "/proc/$other/ns/net")" != "$(readlink "/proc/$$/ns/net")" ]; do sleep 0.02; done

ip link add wire type veth peer name wire netns "$other"
for host in "" there; do
  $host ip link set lo up
  $host ip address delete 127.0.0.1/8 dev lo
  $host bash -c 'for name in all wire; do echo 1 >"/proc/sys/net/ipv4/conf/$name/route_localnet"; done'
  $host ip link set wire up
done
ip address add 127.0.0.1/32 dev lo
ip address add 127.1.0.1/32 dev wire
ip route add 127.64.0.0/10 dev wire
# Every device has an address of its own in 127.64.0.0/10.
there ip route add local 127.64.0.0/10 dev lo
there ip address add 127.64.0.1/32 dev wire
there ip route add 127.1.0.1/32 dev wire src 127.64.0.1

echo "$$ $other"
cat >/dev/null
