#!/bin/bash
# Makes a node with the real ufw and a neighbour that connects to it, and prints what ufw says and how connections fare.
#
# usage: unshare --mount --net --pid --mount-proc --fork --kill-child bash ufw-kernel.sh WORKDIR HOST_NET_NS HOST_MNT_NS TIMEOUT_SECONDS ATTEMPTS
#
# WORKDIR holds `commands`, ufw's arguments line by line, and the two Python files. Everything made here ends with the caller's
# namespaces; ufw's files are private copies. Refuses to run in the namespaces it was called from.
set -u
workdir=$1 timeout=$4 attempts=$5
if [ "$(readlink /proc/self/ns/net)" = "$2" ] || [ "$(readlink /proc/self/ns/mnt)" = "$3" ]; then
  echo "not in namespaces of its own" >&2
  exit 97
fi
export LC_ALL=C
set -e
mount --make-rprivate /
mkdir -p "$workdir/private"
mount -t tmpfs tmpfs "$workdir/private"
cp -a /etc/ufw "$workdir/private/etc-ufw"
cp -a /etc/default "$workdir/private/etc-default"
cp /usr/share/ufw/iptables/*.rules "$workdir/private/etc-ufw/"
mount --bind "$workdir/private/etc-ufw" /etc/ufw
mount --bind "$workdir/private/etc-default" /etc/default
mount -t tmpfs tmpfs /run
# The node's own sysctls are no namespace's business.
sed -i -e 's/^IPT_SYSCTL=.*/IPT_SYSCTL=\/dev\/null/' -e 's/^IPT_MODULES=.*/IPT_MODULES=""/' /etc/default/ufw
sed -i 's/^ENABLED=.*/ENABLED=no/' /etc/ufw/ufw.conf
cat > /etc/ufw/applications.d/kubelet <<'PROFILES'
[Kubelet]
title=kubelet
description=tcp
ports=10250/tcp

[Kubelet Any]
title=kubelet
description=both protocols
ports=10250

[Node Ports]
title=several
description=ranges
ports=10000:10300/tcp|9000/tcp|1194/udp

[Web Full]
title=web
description=web
ports=80,443/tcp
PROFILES

ip link set lo up
ip netns add peer
ip link add eth0 address 02:00:00:00:00:05 type veth peer name eth0 address 02:00:00:00:00:04 netns peer
ip addr add 10.224.0.5/8 dev eth0
ip link set eth0 up
ip -n peer link set lo up
for address in $(cat "$workdir/sources"); do
  ip -n peer addr add "$address/8" dev eth0
done
ip -n peer link set eth0 up
ip -n peer neigh replace 10.224.0.5 lladdr 02:00:00:00:00:05 dev eth0 nud permanent
for address in $(cat "$workdir/sources"); do
  ip neigh replace "$address" lladdr 02:00:00:00:00:04 dev eth0 nud permanent
done
/usr/bin/python3 "$workdir/connect.py" listen 10.224.0.5 10250 &
node_listener=$!
ip netns exec peer /usr/bin/python3 "$workdir/connect.py" listen 0.0.0.0 9000 &
peer_listener=$!
trap 'kill $node_listener $peer_listener' EXIT
set +e

# A command that ufw refuses is part of the experiment: whatever it then says is what counts.
/usr/bin/python3 "$workdir/ufw-all.py" < "$workdir/commands" > /dev/null 2> "$workdir/refused"
ip netns exec peer /usr/bin/python3 "$workdir/connect.py" connect "$timeout" "$attempts" \
  $(sed 's/$/-10.224.0.5:10250/' "$workdir/sources") > "$workdir/in" &
inbound=$!
/usr/bin/python3 "$workdir/connect.py" connect "$timeout" "$attempts" \
  $(sed -e 's/^/10.224.0.5-/' -e 's/$/:9000/' "$workdir/sources") > "$workdir/out" &
outbound=$!
printf '%s\n' '=== ufw status' 'status' '=== ufw status verbose' 'status verbose' \
  '=== ufw status numbered' 'status numbered' | /usr/bin/python3 "$workdir/ufw-all.py" 2>&1
wait $inbound $outbound
echo '=== in'
cat "$workdir/in"
echo '=== out'
cat "$workdir/out"
