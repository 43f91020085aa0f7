#!/bin/sh
# One file, to be read.
#
#   fact MARK PATH          says the file's size and SHA-256
#   read MARK PATH OFFSET   writes the file's bytes from OFFSET on
LC_ALL=C
export LC_ALL
verb=$1
mark=$2
path=$3
offset=$4

fail() {
	printf '%s fail %s\n' "$mark" "$*"
	exit 3
}

[ -e "$path" ] || fail missing
[ -f "$path" ] || fail not-file
[ -r "$path" ] || fail unreadable

case $verb in
fact)
	if command -v sha256sum >/dev/null 2>&1; then
		digest=$(sha256sum <"$path")
	elif command -v shasum >/dev/null 2>&1; then
		digest=$(shasum -a 256 <"$path")
	elif command -v openssl >/dev/null 2>&1; then
		digest=$(openssl dgst -sha256 -r <"$path")
	else
		fail tool sha256sum
	fi
	size=$(wc -c <"$path")
	printf '%s fact %s %s\n' "$mark" "$((size))" "${digest%% *}"
	;;
read)
	tail -c "+$((offset + 1))" "$path"
	;;
esac
