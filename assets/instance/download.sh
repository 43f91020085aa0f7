#!/bin/sh
# One file, to be read. sum.sh comes before this.
#
#   fact MARK PATH              says the file's size and SHA-256
#   read MARK PATH SEEK COUNT   writes COUNT blocks of 64 KiB from block SEEK on
# shellcheck disable=SC2154 # sum.sh comes before
LC_ALL=C
export LC_ALL
verb=$1
mark=$2
path=$3
seek=$4
count=$5

fail() {
	printf '%s fail %s\n' "$mark" "$*"
	exit 3
}

[ -e "$path" ] || fail missing
[ -f "$path" ] || fail not-file
[ -r "$path" ] || fail unreadable

case $verb in
fact)
	[ "$sum" != none ] || fail tool sha256sum
	# shellcheck disable=SC2119
	digest=$(sums <"$path" | head -n 1)
	size=$(wc -c <"$path")
	printf '%s fact %s %s\n' "$mark" "$((size))" "${digest%% *}"
	;;
read)
	dd if="$path" bs=65536 skip="$seek" count="$count" 2>/dev/null
	;;
esac
