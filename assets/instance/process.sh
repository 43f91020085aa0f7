#!/bin/sh
# What the scripts share that start processes and look after them; it stands
# before them in one text.

# begun PID: when that process began, in the kernel's count; "zombie" if it has
# ended already; nothing where the kernel does not say.
begun() {
	stat=
	[ -r "/proc/$1/stat" ] || return 0
	IFS= read -r stat <"/proc/$1/stat" || return 0
	# The second field, a name in brackets, may hold spaces and brackets.
	stat=${stat##*) }
	# shellcheck disable=SC2086
	set -- $stat
	case $1 in
	Z | X) printf 'zombie' ;;
	*) printf '%s' "${20}" ;;
	esac
}

# boot tells one start of this machine from the next. A container restarts
# without its host: then its first process is another.
boot() {
	id=
	if [ -r /proc/sys/kernel/random/boot_id ]; then
		IFS= read -r id </proc/sys/kernel/random/boot_id || :
	fi
	printf '%s/%s' "$id" "$(begun 1)"
}

# alive PID BEGUN: whether that very process lives.
alive() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
	now=$(begun "$1")
	[ "$now" != zombie ] || return 1
	[ -z "$now" ] || [ -z "$2" ] || [ "$now" = "$2" ]
}

# read_uptime sets up to how long the machine runs, in tenths of a second: a
# count that goes on whatever the clock is set to. It is false where the kernel
# does not say.
read_uptime() {
	up=
	tenth=
	if [ -r /proc/uptime ]; then
		IFS=' .' read -r up tenth _ </proc/uptime || :
	fi
	case $up$tenth in
	'' | *[!0-9]*)
		up=
		return 1
		;;
	esac
	up=$((up * 10 + ${tenth%"${tenth#?}"}))
}

# nap adds to napped the tenths of a second that it took. The clock may be set
# while we wait, so it is not asked.
nap() {
	if sleep 0.2 2>/dev/null; then
		napped=$((napped + 2))
	else
		sleep 1
		napped=$((napped + 10))
	fi
}

# apart COMMAND...: becomes the command in a session of its own.
apart() {
	if command -v setsid >/dev/null 2>&1; then
		exec setsid "$@"
	fi
	for python in python3 python; do
		if command -v "$python" >/dev/null 2>&1; then
			exec "$python" -c 'import os, sys
os.setsid()
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
		fi
	done
	if command -v nohup >/dev/null 2>&1; then
		exec nohup "$@"
	fi
	trap '' HUP
	exec "$@"
}

# save FILE TEXT: a small file, whole or not at all. On a full disk the old one
# is written over in place, which takes no room: the text ends with a line that
# says so, and what follows it is of the old one.
save() {
	if printf '%s\nend\n' "$2" 2>/dev/null >"$1.new" && mv "$1.new" "$1" 2>/dev/null; then
		return 0
	fi
	rm -f "$1.new"
	[ -e "$1" ] && printf '%s\nend\n' "$2" 2>/dev/null 1<>"$1"
}

fail() {
	printf '%s fail %s\n' "$mark" "$*"
	exit 3
}

# make_folder makes dir, or says what is in the way.
make_folder() {
	mkdir -p "$dir" && return
	above=$dir
	while [ ! -e "$above" ] && [ -n "$above" ]; do
		above=${above%/*}
	done
	[ -z "$above" ] || [ -d "$above" ] || fail not-folder "$above"
	fail write "$dir"
}
