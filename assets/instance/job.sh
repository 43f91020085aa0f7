#!/bin/sh
# A job that outlives the connection, in a folder of its own.
#
#   job.sh start FOLDER MARK ID COMMANDS   starts it once; this file on stdin
#   job.sh state FOLDER MARK               says where it stands
#   job.sh read FOLDER MARK OFFSET LIMIT   likewise, then bytes of its log
#   job.sh stop FOLDER MARK SECONDS        ends it: politely, then by force
#   job.sh run FOLDER ID                   (by start) the runner
#   job.sh child FOLDER                    (by run) becomes the command
#
# In the folder:
#   asked            when it was asked for (seconds of the clock)
#   pid              the runner: pid, start time, boot, clock. Linked into place
#                    with its content: whoever links it is the one runner
#   child            the command: pid, start time
#   cmd, log         what is run, and what it wrote
#   end.wait         an empty file made at the start, which becomes
#   end.CODE.CLOCK   when the command has ended: a rename works on a full disk
#   stop             someone asked for the end
#
# The runner and the command have a session each, so that stopping the command
# with all its children leaves the runner alive to write down the exit code.
verb=$1
dir=$2
shift 2

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

read_pid() {
	pid=
	pid_begun=
	pid_boot=
	started=
	if [ -e "$dir/pid" ]; then
		{
			IFS= read -r pid
			IFS= read -r pid_begun
			IFS= read -r pid_boot
			IFS= read -r started
		} <"$dir/pid"
	fi
}

read_child() {
	child=
	child_begun=
	if [ -e "$dir/child" ]; then
		{
			IFS= read -r child
			IFS= read -r child_begun
		} <"$dir/child"
	fi
}

# read_end sets code and ended, and is true, if the command's end is written down.
read_end() {
	for end in "$dir"/end.*; do
		end=${end##*/end.}
		case $end in
		wait | '*') ;;
		*.*)
			code=${end%%.*}
			ended=${end#*.}
			return 0
			;;
		esac
	done
	return 1
}

find_phase() {
	code=0
	ended=0
	rebooted=0
	phase=absent
	read_pid
	if [ -z "$pid" ]; then
		asked=
		if [ -e "$dir/asked" ]; then
			IFS= read -r asked <"$dir/asked" || :
		fi
		case $asked in
		'' | *[!0-9]*) ;;
		*)
			# A start that was cut short is no job: it may be asked for again.
			age=$(($(date +%s) - asked))
			if [ "$age" -ge -5 ] && [ "$age" -lt 60 ]; then
				phase=starting
			fi
			;;
		esac
		return
	fi
	if [ "$(boot)" != "$pid_boot" ]; then
		rebooted=1
	fi
	if read_end; then
		phase=exited
		return
	fi
	read_child
	if [ "$rebooted" = 0 ]; then
		if alive "$pid" "$pid_begun" || alive "$child" "$child_begun"; then
			phase=running
			return
		fi
	fi
	# It may have ended while we looked.
	phase=lost
	if read_end; then
		phase=exited
	fi
}

say_state() {
	find_phase
	size=0
	if [ -e "$dir/log" ]; then
		size=$(wc -c <"$dir/log")
		size=$((size))
	fi
	printf '%s job phase=%s exit=%s size=%s started=%s ended=%s rebooted=%s\n' \
		"$mark" "$phase" "$code" "$size" "${started:-0}" "${ended:-0}" "$rebooted"
}

fail() {
	printf '%s fail %s\n' "$mark" "$*"
	exit 3
}

own_locale() {
	if [ "$locale" = none ]; then
		unset LC_ALL
	else
		LC_ALL=$locale
	fi
}

start() {
	id=$1
	commands=$2
	mkdir -p "$dir" || {
		up=$dir
		while [ ! -e "$up" ] && [ -n "$up" ]; do
			up=${up%/*}
		done
		[ -z "$up" ] || [ -d "$up" ] || fail not-folder "$up"
		fail write "$dir"
	}
	if [ -e "$dir/pid" ]; then
		cat >/dev/null
		say_state
		return
	fi
	cat >"$dir/run.$id" || fail write "$dir"
	printf '%s\n' "$commands" >"$dir/cmd.$id" || fail write "$dir"
	: >"$dir/end.wait" || fail write "$dir"
	date +%s >"$dir/asked.$id" || fail write "$dir"
	mv "$dir/asked.$id" "$dir/asked" || fail write "$dir"
	(own_locale && apart sh "$dir/run.$id" run "$dir" "$id") </dev/null >/dev/null 2>&1 &
	napped=0
	while [ ! -e "$dir/pid" ] && [ "$napped" -lt 100 ]; do
		nap
	done
	say_state
}

# launch runs the command and sets code to its exit code.
launch() {
	signal=
	(apart sh "$dir/run.$id" child "$dir") </dev/null >>"$dir/log" 2>&1 &
	launched=$!
	code=
	while :; do
		signal=
		wait "$launched"
		got=$?
		# A signal ends the wait early; a second wait for a command that has
		# ended already says 127 in some shells.
		if [ -z "$code" ] || [ "$got" != 127 ]; then
			code=$got
		fi
		[ -n "$signal" ] || break
	done
}

run() {
	id=$1
	# A machine that shuts down asks every process to end: the command may still
	# end by itself, and its exit code is wanted. Not every shell can do this.
	trap 'signal=yes' HUP INT TERM 2>/dev/null || :
	printf '%s\n' "$$" "$(begun "$$")" "$(boot)" "$(date +%s)" >"$dir/pid.$id" || exit 1
	if ! ln "$dir/pid.$id" "$dir/pid" 2>/dev/null; then
		# Where there are no hard links, a folder is the lock.
		if [ -e "$dir/pid" ] || ! mkdir "$dir/claim" 2>/dev/null ||
			! mv "$dir/pid.$id" "$dir/pid"; then
			rm -f "$dir/pid.$id" "$dir/cmd.$id" "$dir/run.$id"
			exit 0
		fi
	fi
	rm -f "$dir/pid.$id"
	if [ -e "$dir/stop" ]; then
		code=143
	else
		mv "$dir/cmd.$id" "$dir/cmd"
		launch
	fi
	mv "$dir/end.wait" "$dir/end.$code.$(date +%s)"
}

child() {
	if printf '%s\n' "$$" "$(begun "$$")" >"$dir/child.new"; then
		mv "$dir/child.new" "$dir/child"
	fi
	# The commands end with exec: this process becomes the job's.
	# shellcheck disable=SC1091
	. "$dir/cmd"
}

# find_family sets family to the command and all that descends from it, for
# where it has no session of its own.
find_family() {
	family=" $child "
	before=
	while [ "$family" != "$before" ]; do
		before=$family
		for entry in /proc/[0-9]*; do
			stat=
			if [ -r "$entry/stat" ]; then
				IFS= read -r stat <"$entry/stat" || :
			fi
			stat=${stat##*) }
			# shellcheck disable=SC2086
			set -- $stat
			case $family in
			*" ${entry##*/} "*) ;;
			*" $2 "*) family="$family${entry##*/} " ;;
			esac
		done
	done 2>/dev/null
}

# tell SIGNAL: to the command and its children.
tell() {
	read_child
	alive "$child" "$child_begun" || return 0
	kill "-$1" "-$child" 2>/dev/null && return 0
	sent=$1
	find_family
	# shellcheck disable=SC2086
	kill "-$sent" $family 2>/dev/null || :
}

# await SECONDS: true once the job runs no more.
await() {
	napped=0
	find_phase
	while [ "$phase" = running ]; do
		[ "$napped" -lt $(($1 * 10)) ] || return 1
		nap
		find_phase
	done
}

stop() {
	seconds=$1
	find_phase
	case $phase in
	running | starting) ;;
	*)
		say_state
		return
		;;
	esac
	touch "$dir/stop" 2>/dev/null || :
	napped=0
	while [ ! -e "$dir/child" ] && [ "$napped" -lt 50 ]; do
		find_phase
		case $phase in
		running | starting) ;;
		*) break ;;
		esac
		nap
	done
	tell TERM
	if ! await "$seconds"; then
		tell KILL
		if ! await 5; then
			read_pid
			if alive "$pid" "$pid_begun"; then
				kill -KILL "$pid" 2>/dev/null || :
			fi
			await 2 || :
		fi
	fi
	say_state
}

case $verb in
run)
	run "$@"
	exit
	;;
child)
	child
	exit
	;;
esac

# Messages are read by a program; the job itself gets the locale that was.
locale=${LC_ALL-none}
LC_ALL=C
export LC_ALL
mark=$1
shift
case $verb in
start) start "$@" ;;
state) say_state ;;
stop) stop "$@" ;;
read)
	offset=$1
	limit=$2
	say_state
	count=$((size - offset))
	if [ "$count" -gt "$limit" ]; then
		count=$limit
	fi
	if [ "$count" -gt 0 ]; then
		tail -c "+$((offset + 1))" "$dir/log" | head -c "$count"
	fi
	;;
esac
